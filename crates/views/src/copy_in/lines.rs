//! Rows as the text that COPY takes, by the names of their columns: the counterpart of `jsonb_populate_recordset`, which
//! the live fold uses, so that both ways give the same values.

use serde::Serialize;
use serde_json::{Map, Value};

/// A column of a table.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: ColumnKind,
}

/// How a JSON value becomes the text of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ColumnKind {
    /// `jsonb`: the JSON itself.
    Json,
    /// An array of texts, as Postgres writes one.
    Array,
    /// Anything else: what stands in the JSON string, or the number or truth value.
    Plain,
}

/// Rows of one table.
#[derive(Debug, Default)]
pub(super) struct Lines {
    pub(super) text: Vec<u8>,
    pub(super) rows: u64,
}

impl Lines {
    /// Adds a row; what it does not name is null.
    pub(super) fn push(&mut self, columns: &[Column], row: &impl Serialize) {
        let Ok(Value::Object(fields)) = serde_json::to_value(row) else {
            unreachable!("a row of the read model is a struct with named fields")
        };
        for (place, column) in columns.iter().enumerate() {
            if place > 0 {
                self.text.push(b'\t');
            }
            self.push_field(column, &fields);
        }
        self.text.push(b'\n');
        self.rows += 1;
    }

    fn push_field(&mut self, column: &Column, fields: &Map<String, Value>) {
        match (column.kind, fields.get(&column.name)) {
            (_, None | Some(Value::Null)) => self.text.extend_from_slice(b"\\N"),
            (ColumnKind::Array, Some(Value::Array(items))) => self.escape(&array(items)),
            (ColumnKind::Plain, Some(Value::String(text))) => self.escape(text),
            (ColumnKind::Json | ColumnKind::Array | ColumnKind::Plain, Some(value)) => {
                self.escape(&value.to_string());
            }
        }
    }

    fn escape(&mut self, text: &str) {
        for byte in text.bytes() {
            let escaped: &[u8] = match byte {
                b'\\' => b"\\\\",
                b'\n' => b"\\n",
                b'\r' => b"\\r",
                b'\t' => b"\\t",
                _ => {
                    self.text.push(byte);
                    continue;
                }
            };
            self.text.extend_from_slice(escaped);
        }
    }
}

/// `{"a","b"}`
fn array(items: &[Value]) -> String {
    let mut text = String::from("{");
    for (place, item) in items.iter().enumerate() {
        if place > 0 {
            text.push(',');
        }
        match item {
            Value::Null => text.push_str("NULL"),
            Value::String(item) => push_quoted(&mut text, item),
            other => push_quoted(&mut text, &other.to_string()),
        }
    }
    text.push('}');
    text
}

fn push_quoted(text: &mut String, item: &str) {
    text.push('"');
    for character in item.chars() {
        if matches!(character, '"' | '\\') {
            text.push('\\');
        }
        text.push(character);
    }
    text.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn line(kind: ColumnKind, value: &Value) -> String {
        let mut lines = Lines::default();
        lines.push(&[Column { name: "a".to_owned(), kind }], &json!({ "a": value }));
        String::from_utf8(lines.text).unwrap()
    }

    #[test]
    fn what_copy_would_take_for_its_own_signs_is_escaped() {
        assert_eq!(line(ColumnKind::Plain, &json!("a\tb\\N\r\n")), "a\\tb\\\\N\\r\\n\n");
        assert_eq!(line(ColumnKind::Json, &json!({ "x": "a\nb" })), "{\"x\":\"a\\\\nb\"}\n");
        assert_eq!(line(ColumnKind::Array, &json!(["a", "b\"c"])), "{\"a\",\"b\\\\\"c\"}\n");
    }

    #[test]
    fn what_is_absent_or_null_is_null_and_what_is_empty_is_not() {
        assert_eq!(line(ColumnKind::Plain, &Value::Null), "\\N\n");
        assert_eq!(line(ColumnKind::Plain, &json!("")), "\n");
        assert_eq!(line(ColumnKind::Array, &json!([])), "{}\n");
        let mut lines = Lines::default();
        let column = Column { name: "b".to_owned(), kind: ColumnKind::Plain };
        lines.push(&[column], &json!({ "a": 1 }));
        assert_eq!(lines.text, b"\\N\n");
    }
}
