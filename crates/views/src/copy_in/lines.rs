//! Rows as the text that COPY takes, by the names of their columns: the counterpart of `jsonb_populate_recordset`, by which
//! single rows are written, so that both ways give the same values.

use serde::ser::{Error as _, Impossible, SerializeStruct};
use serde::{Serialize, Serializer};
use serde_json::{Error, Value};

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

/// Rows of one table, all of one struct.
#[derive(Debug, Default)]
pub(super) struct Lines {
    pub(super) text: Vec<u8>,
    pub(super) rows: u64,
    /// The fields of the struct, in the order in which the rows have them.
    pub(super) names: Vec<&'static str>,
    /// One value on its way, as JSON.
    json: Vec<u8>,
}

impl Lines {
    /// Adds a row; what it leaves out is null.
    pub(super) fn push(&mut self, columns: &[Column], row: &impl Serialize) {
        let is_first = self.rows == 0;
        let fields = Row { lines: self, columns, is_first, fields: 0 };
        row.serialize(fields).expect("a row of the read model is a struct of values that JSON can hold");
        self.text.push(b'\n');
        self.rows += 1;
    }

    fn push_value<T: Serialize + ?Sized>(&mut self, kind: ColumnKind, value: &T) -> Result<(), Error> {
        let mut json = std::mem::take(&mut self.json);
        json.clear();
        serde_json::to_writer(&mut json, value)?;
        match (kind, json.as_slice()) {
            (_, b"null") => self.text.extend_from_slice(b"\\N"),
            (ColumnKind::Array, array_json) => match serde_json::from_slice(array_json)? {
                Value::Array(items) => self.escape(array(&items).as_bytes()),
                other => self.escape(other.to_string().as_bytes()),
            },
            // Without a backslash JSON stands for itself, and nothing in it is a sign of COPY.
            (ColumnKind::Plain, [b'"', text @ .., b'"']) if !text.contains(&b'\\') => {
                self.text.extend_from_slice(text);
            }
            (ColumnKind::Plain, [b'"', ..]) => {
                let text: String = serde_json::from_slice(&json)?;
                self.escape(text.as_bytes());
            }
            (ColumnKind::Json | ColumnKind::Plain, json) => self.escape(json),
        }
        self.json = json;
        Ok(())
    }

    fn escape(&mut self, text: &[u8]) {
        let mut rest = text;
        while let Some(at) = rest.iter().position(|byte| matches!(byte, b'\\' | b'\n' | b'\r' | b'\t')) {
            self.text.extend_from_slice(&rest[..at]);
            self.text.extend_from_slice(match rest[at] {
                b'\n' => b"\\n",
                b'\r' => b"\\r",
                b'\t' => b"\\t",
                _ => b"\\\\",
            });
            rest = &rest[at + 1..];
        }
        self.text.extend_from_slice(rest);
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

/// One row on its way: takes a struct, field by field.
struct Row<'a> {
    lines: &'a mut Lines,
    columns: &'a [Column],
    is_first: bool,
    /// How many fields are written.
    fields: usize,
}

impl Row<'_> {
    /// Begins a field; `None` where the table has no such column.
    fn begin(&mut self, name: &'static str) -> Option<ColumnKind> {
        let kind = self.columns.iter().find(|column| column.name == name)?.kind;
        if self.fields > 0 {
            self.lines.text.push(b'\t');
        }
        if self.is_first {
            self.lines.names.push(name);
        }
        self.fields += 1;
        Some(kind)
    }
}

impl SerializeStruct for Row<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Error> {
        match self.begin(name) {
            Some(kind) => self.lines.push_value(kind, value),
            None => Ok(()),
        }
    }

    fn skip_field(&mut self, name: &'static str) -> Result<(), Error> {
        if self.begin(name).is_some() {
            self.lines.text.extend_from_slice(b"\\N");
        }
        Ok(())
    }

    fn end(self) -> Result<(), Error> {
        Ok(())
    }
}

/// What no row is.
macro_rules! no_row {
    ($($method:ident($($argument:ty),*);)+) => {
        $(fn $method(self, $(_: $argument),*) -> Result<(), Error> {
            Err(Error::custom("a row is a struct"))
        })+
    };
}

impl Serializer for Row<'_> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Impossible<(), Error>;
    type SerializeTuple = Impossible<(), Error>;
    type SerializeTupleStruct = Impossible<(), Error>;
    type SerializeTupleVariant = Impossible<(), Error>;
    type SerializeMap = Impossible<(), Error>;
    type SerializeStruct = Self;
    type SerializeStructVariant = Impossible<(), Error>;

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, Error> {
        Ok(self)
    }

    no_row! {
        serialize_bool(bool);
        serialize_i8(i8);
        serialize_i16(i16);
        serialize_i32(i32);
        serialize_i64(i64);
        serialize_u8(u8);
        serialize_u16(u16);
        serialize_u32(u32);
        serialize_u64(u64);
        serialize_f32(f32);
        serialize_f64(f64);
        serialize_char(char);
        serialize_str(&str);
        serialize_bytes(&[u8]);
        serialize_none();
        serialize_unit();
        serialize_unit_struct(&'static str);
        serialize_unit_variant(&'static str, u32, &'static str);
    }

    fn serialize_some<T: Serialize + ?Sized>(self, _: &T) -> Result<(), Error> {
        Err(Error::custom("a row is a struct"))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, _: &T) -> Result<(), Error> {
        Err(Error::custom("a row is a struct"))
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), Error> {
        Err(Error::custom("a row is a struct"))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, Error> {
        Err(Error::custom("a row is a struct"))
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, Error> {
        Err(Error::custom("a row is a struct"))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeTupleStruct, Error> {
        Err(Error::custom("a row is a struct"))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Error> {
        Err(Error::custom("a row is a struct"))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, Error> {
        Err(Error::custom("a row is a struct"))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Error> {
        Err(Error::custom("a row is a struct"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[derive(Serialize)]
    struct One {
        #[serde(skip_serializing_if = "Value::is_null")]
        skipped: Value,
        a: Value,
        unknown: u8,
    }

    fn line(kind: ColumnKind, value: Value) -> String {
        let column = |name: &str, kind| Column { name: name.to_owned(), kind };
        let columns = [column("a", kind), column("skipped", ColumnKind::Plain)];
        let mut lines = Lines::default();
        lines.push(&columns, &One { skipped: Value::Null, a: value, unknown: 1 });
        assert_eq!(lines.names, ["skipped", "a"]);
        String::from_utf8(lines.text).unwrap()
    }

    #[test]
    fn what_copy_would_take_for_its_own_signs_is_escaped() {
        assert_eq!(line(ColumnKind::Plain, json!("a\tb\\N\r\n")), "\\N\ta\\tb\\\\N\\r\\n\n");
        assert_eq!(line(ColumnKind::Json, json!({ "x": "a\nb" })), "\\N\t{\"x\":\"a\\\\nb\"}\n");
        assert_eq!(line(ColumnKind::Array, json!(["a", "b\"c"])), "\\N\t{\"a\",\"b\\\\\"c\"}\n");
        assert_eq!(line(ColumnKind::Plain, json!("卫健委 \"x\"")), "\\N\t卫健委 \"x\"\n");
    }

    #[test]
    fn what_is_absent_or_null_is_null_and_what_is_empty_is_not() {
        assert_eq!(line(ColumnKind::Plain, Value::Null), "\\N\t\\N\n");
        assert_eq!(line(ColumnKind::Json, Value::Null), "\\N\t\\N\n");
        assert_eq!(line(ColumnKind::Plain, json!("")), "\\N\t\n");
        assert_eq!(line(ColumnKind::Array, json!([])), "\\N\t{}\n");
        assert_eq!(line(ColumnKind::Plain, json!(7)), "\\N\t7\n");
    }
}
