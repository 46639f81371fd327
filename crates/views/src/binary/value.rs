//! One value of a row in Postgres' binary format, without its length.

use super::columns::ColumnKind;
use super::{array_head, length};
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use serde::ser::{Error as _, Impossible, SerializeSeq};
use serde::{Serialize, Serializer};
use serde_json::Error;
use std::fmt::{Display, Write};
use uuid::Uuid;

/// From 1970, where chrono begins, to 2000, where Postgres begins, in microseconds.
const EPOCH_MICROSECONDS: i64 = 946_684_800_000_000;
/// The first day of Postgres, as chrono counts days of the common era.
const EPOCH_DAY: i32 = 730_120;
/// The version of the binary format of `jsonb`; what follows is the JSON.
const JSONB_VERSION: u8 = 1;
/// The type `text`.
const TEXT: u32 = 25;

/// Writes a value; answers whether there is one, or null.
pub(super) fn write<T: Serialize + ?Sized>(
    kind: ColumnKind,
    value: &T,
    out: &mut Vec<u8>,
    text: &mut String,
) -> Result<bool, Error> {
    if kind != ColumnKind::Json {
        return value.serialize(Value { kind, out, text });
    }
    let begins = out.len();
    out.push(JSONB_VERSION);
    serde_json::to_writer(&mut *out, value)?;
    let is_null = &out[begins + 1..] == b"null";
    if is_null {
        out.truncate(begins);
    }
    Ok(!is_null)
}

/// A value on its way.
struct Value<'a> {
    kind: ColumnKind,
    out: &'a mut Vec<u8>,
    /// For what is written as text and read again.
    text: &'a mut String,
}

impl Value<'_> {
    /// A number that is too large for its column is written as wide as it is: Postgres refuses it by its length, and its
    /// event is parked.
    fn integer(self, value: i128) -> Result<bool, Error> {
        match (self.kind, i16::try_from(value), i32::try_from(value), i64::try_from(value)) {
            (ColumnKind::Int2, Ok(value), ..) => self.out.extend(value.to_be_bytes()),
            (ColumnKind::Int4, _, Ok(value), _) => self.out.extend(value.to_be_bytes()),
            (ColumnKind::Int8, .., Ok(value)) => self.out.extend(value.to_be_bytes()),
            (ColumnKind::Int2 | ColumnKind::Int4 | ColumnKind::Int8, ..) => {
                self.out.extend(value.to_be_bytes());
            }
            (kind, ..) => return no(kind, "a number"),
        }
        Ok(true)
    }
}

fn no<T>(kind: ColumnKind, what: &str) -> Result<T, Error> {
    Err(Error::custom(format!("{what} is no value of a column {kind:?}")))
}

/// A moment as chrono writes it, in microseconds since the epoch of Postgres.
fn moment(text: &str) -> Option<i64> {
    usual_moment(text.as_bytes()).or_else(|| {
        let moment: DateTime<Utc> = text.parse().ok()?;
        is_usual(moment.date_naive()).then(|| moment.timestamp_micros() - EPOCH_MICROSECONDS)
    })
}

/// A moment of a year of four digits in UTC, to the microsecond: a tenth of the time that chrono's own reading takes.
fn usual_moment(text: &[u8]) -> Option<i64> {
    let (head, fraction) = text.strip_suffix(b"Z")?.split_at_checked(19)?;
    let &[_, _, _, _, b'-', _, _, b'-', _, _, b'T', _, _, b':', _, _, b':', _, _] = head else { return None };
    let at = |place: std::ops::Range<usize>| number(&head[place]);
    let (month, day) = (u32::try_from(at(5..7)?).ok()?, u32::try_from(at(8..10)?).ok()?);
    let day = NaiveDate::from_ymd_opt(i32::try_from(at(0..4)?).ok()?, month, day)?;
    if !is_usual(day) {
        return None;
    }
    let days = i64::from(day.num_days_from_ce() - EPOCH_DAY);
    let seconds = ((days * 24 + at(11..13)?) * 60 + at(14..16)?) * 60 + at(17..19)?;
    let microseconds = match fraction {
        [] => 0,
        [b'.', digits @ ..] if digits.len() == 3 => number(digits)? * 1_000,
        [b'.', digits @ ..] if digits.len() == 6 => number(digits)?,
        _ => return None,
    };
    Some(seconds * 1_000_000 + microseconds)
}

fn number(digits: &[u8]) -> Option<i64> {
    digits
        .iter()
        .try_fold(0, |number, digit| digit.is_ascii_digit().then(|| number * 10 + i64::from(digit - b'0')))
}

fn day(text: &str) -> Option<i32> {
    let day: NaiveDate = text.parse().ok()?;
    is_usual(day).then(|| day.num_days_from_ce() - EPOCH_DAY)
}

/// Whether Postgres writes the year as chrono does: with four digits, and not before Christ.
fn is_usual(day: NaiveDate) -> bool {
    (1..=9_999).contains(&day.year())
}

impl<'a> Serializer for Value<'a> {
    type Ok = bool;
    type Error = Error;
    type SerializeSeq = Texts<'a>;
    type SerializeTuple = Impossible<bool, Error>;
    type SerializeTupleStruct = Impossible<bool, Error>;
    type SerializeTupleVariant = Impossible<bool, Error>;
    type SerializeMap = Impossible<bool, Error>;
    type SerializeStruct = Impossible<bool, Error>;
    type SerializeStructVariant = Impossible<bool, Error>;

    /// Ids and bytes then come as bytes.
    fn is_human_readable(&self) -> bool {
        false
    }

    fn serialize_bool(self, value: bool) -> Result<bool, Error> {
        if self.kind != ColumnKind::Bool {
            return no(self.kind, "a truth value");
        }
        self.out.push(u8::from(value));
        Ok(true)
    }

    fn serialize_i8(self, value: i8) -> Result<bool, Error> {
        self.integer(value.into())
    }

    fn serialize_i16(self, value: i16) -> Result<bool, Error> {
        self.integer(value.into())
    }

    fn serialize_i32(self, value: i32) -> Result<bool, Error> {
        self.integer(value.into())
    }

    fn serialize_i64(self, value: i64) -> Result<bool, Error> {
        self.integer(value.into())
    }

    fn serialize_u8(self, value: u8) -> Result<bool, Error> {
        self.integer(value.into())
    }

    fn serialize_u16(self, value: u16) -> Result<bool, Error> {
        self.integer(value.into())
    }

    fn serialize_u32(self, value: u32) -> Result<bool, Error> {
        self.integer(value.into())
    }

    fn serialize_u64(self, value: u64) -> Result<bool, Error> {
        self.integer(value.into())
    }

    fn serialize_f32(self, _: f32) -> Result<bool, Error> {
        no(self.kind, "a fraction")
    }

    fn serialize_f64(self, _: f64) -> Result<bool, Error> {
        no(self.kind, "a fraction")
    }

    fn serialize_char(self, value: char) -> Result<bool, Error> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<bool, Error> {
        match self.kind {
            ColumnKind::Text => self.out.extend(value.as_bytes()),
            ColumnKind::Uuid => self.out.extend(Uuid::parse_str(value).map_err(Error::custom)?.as_bytes()),
            // What is no moment, or none of a year that is read again as it was written, goes as it is: Postgres refuses it
            // by its length, and its event is parked.
            ColumnKind::Timestamp => match moment(value) {
                Some(moment) => self.out.extend(moment.to_be_bytes()),
                None => self.out.extend(value.as_bytes()),
            },
            ColumnKind::Date => match day(value) {
                Some(day) => self.out.extend(day.to_be_bytes()),
                None => self.out.extend(value.as_bytes()),
            },
            kind => return no(kind, "a text"),
        }
        Ok(true)
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<bool, Error> {
        match self.kind {
            ColumnKind::Bytes => self.out.extend(value),
            ColumnKind::Uuid if value.len() == 16 => self.out.extend(value),
            kind => return no(kind, "a row of bytes"),
        }
        Ok(true)
    }

    fn serialize_none(self) -> Result<bool, Error> {
        Ok(false)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<bool, Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<bool, Error> {
        Ok(false)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<bool, Error> {
        Ok(false)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<bool, Error> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<bool, Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<bool, Error> {
        no(self.kind, "a variant with content")
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Texts<'a>, Error> {
        if self.kind != ColumnKind::TextArray {
            return no(self.kind, "a list");
        }
        Ok(Texts::begin(self.out, self.text))
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, Error> {
        no(self.kind, "a tuple")
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeTupleStruct, Error> {
        no(self.kind, "a tuple")
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Error> {
        no(self.kind, "a tuple")
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, Error> {
        no(self.kind, "a map")
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeStruct, Error> {
        no(self.kind, "a struct")
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Error> {
        no(self.kind, "a variant with content")
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<bool, Error> {
        let Self { kind, out, text } = self;
        let mut written = std::mem::take(text);
        written.clear();
        write!(written, "{value}").map_err(Error::custom)?;
        let done = Value { kind, out, text: &mut *text }.serialize_str(&written);
        *text = written;
        done
    }
}

/// An array of texts on its way.
struct Texts<'a> {
    out: &'a mut Vec<u8>,
    text: &'a mut String,
    begins: usize,
    items: usize,
}

impl<'a> Texts<'a> {
    /// Leaves room for the head of an array.
    fn begin(out: &'a mut Vec<u8>, text: &'a mut String) -> Self {
        let begins = out.len();
        out.extend([0; 20]);
        Self { out, text, begins, items: 0 }
    }
}

impl SerializeSeq for Texts<'_> {
    type Ok = bool;
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), Error> {
        let begins = self.out.len();
        self.out.extend([0; 4]);
        if !item.serialize(Value { kind: ColumnKind::Text, out: &mut *self.out, text: &mut *self.text })? {
            return Err(Error::custom("a list holds a null"));
        }
        let written = length(self.out.len() - begins - 4);
        self.out[begins..begins + 4].copy_from_slice(&written);
        self.items += 1;
        Ok(())
    }

    fn end(self) -> Result<bool, Error> {
        let mut head = Vec::with_capacity(20);
        array_head(&mut head, TEXT, self.items);
        if self.items == 0 {
            self.out.truncate(self.begins + head.len());
        }
        self.out[self.begins..self.begins + head.len()].copy_from_slice(&head);
        Ok(true)
    }
}
