//! JSON in which no name stands twice in one object: with two receivers in one request, neither is meant. And JSON of which
//! there is not too much: a value may take a hundred times as much memory as its text.

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;
use serde_json::{Map, Number, Value};
use std::cell::Cell;
use std::fmt;

/// How many values a body has at most: each text, number, list and object in it, and itself.
pub(crate) const VALUES_MAX: usize = 20_000;

/// Why a text is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotRead {
    /// It is no JSON from here on.
    Malformed { line: usize, column: usize },
    /// A name stands twice in an object that ends here or later.
    NameTwice { line: usize },
    /// It has more than [`VALUES_MAX`] values.
    TooMany,
}

/// Reads a JSON text.
pub(crate) fn read(text: &[u8]) -> Result<Value, NotRead> {
    let room = Cell::new(Some(VALUES_MAX));
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let value = Strict { room: &room }.deserialize(&mut deserializer);
    value.and_then(|value| deserializer.end().map(|()| value)).map_err(|error| match error.classify() {
        Category::Data if room.get().is_none() => NotRead::TooMany,
        Category::Data => NotRead::NameTwice { line: error.line() },
        Category::Io | Category::Syntax | Category::Eof => {
            NotRead::Malformed { line: error.line(), column: error.column() }
        }
    })
}

/// Reads one value, while there is room for it.
#[derive(Clone, Copy)]
struct Strict<'a> {
    /// For how many more values there is room; `None` once there was none for one.
    room: &'a Cell<Option<usize>>,
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.room.set(self.room.get().and_then(|room| room.checked_sub(1)));
        if self.room.get().is_none() {
            return Err(D::Error::custom("there are too many values"));
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element_seed(self)? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Value, A::Error> {
        let mut values = Map::new();
        while let Some(name) = object.next_key::<String>()? {
            let value = object.next_value_seed(self)?;
            if values.insert(name, value).is_some() {
                return Err(A::Error::custom("a name stands twice"));
            }
        }
        Ok(Value::Object(values))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_reads_as_ever_unless_a_name_stands_twice() {
        let text = r#"{"a":[1,-2,2.5,"x",null,true,{"b":{}}],"c":18446744073709551615}"#;
        assert_eq!(read(text.as_bytes()).unwrap(), serde_json::from_str::<Value>(text).unwrap());
        for doubled in [r#"{"to":"a","to":"b"}"#, r#"{"x":[{"to":1,"to":1}]}"#] {
            assert_eq!(read(doubled.as_bytes()), Err(NotRead::NameTwice { line: 1 }), "{doubled}");
        }
        for (broken, column) in [("", 0), ("{", 1), ("nul", 3), ("{}x", 3)] {
            let expected = NotRead::Malformed { line: 1, column };
            assert_eq!(read(broken.as_bytes()), Err(expected), "{broken}");
        }
    }

    #[test]
    fn json_of_more_values_than_there_is_room_for_is_not_read() {
        let list = |length: usize| format!("[{}]", vec!["0"; length].join(","));
        assert!(read(list(VALUES_MAX - 1).as_bytes()).is_ok(), "the list itself is one");
        assert_eq!(read(list(VALUES_MAX).as_bytes()), Err(NotRead::TooMany));
        let objects = format!("[{}]", vec![r#"{"":0}"#; VALUES_MAX / 2].join(","));
        assert_eq!(read(objects.as_bytes()), Err(NotRead::TooMany), "a member and its object are two");
        let many_and_broken = format!("{}]", list(VALUES_MAX));
        assert_eq!(read(many_and_broken.as_bytes()), Err(NotRead::TooMany));
    }
}
