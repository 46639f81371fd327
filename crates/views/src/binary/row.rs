//! One row in Postgres' binary format, from a struct whose fields are named like the columns.

use super::columns::Column;
use super::{length, value};
use serde::ser::{Error as _, Impossible, SerializeStruct};
use serde::{Serialize, Serializer};
use serde_json::Error;

/// The values of a row, and room for those of the next one.
#[derive(Debug, Default)]
pub(super) struct Row {
    values: Vec<u8>,
    /// Where the value of each column stands; `None`: null.
    places: Vec<Option<(usize, usize)>>,
    text: String,
}

impl Row {
    /// Takes the values of a row. What it leaves out is null; what the table does not have is left out.
    pub(super) fn read(&mut self, columns: &[Column], row: &impl Serialize) {
        self.values.clear();
        self.places.clear();
        self.places.resize(columns.len(), None);
        let fields = Fields { row: self, columns, next: 0 };
        row.serialize(fields).expect("a row of the read model is a struct of values of its columns");
    }

    /// Writes it as COPY takes it.
    pub(super) fn write_tuple(&self, out: &mut Vec<u8>) {
        let columns = u16::try_from(self.places.len()).expect("Postgres allows 1,600 columns");
        out.extend(columns.to_be_bytes());
        for place in &self.places {
            self.write_value(*place, out);
        }
    }

    /// Writes it as an item of an array.
    pub(super) fn write_composite(&self, columns: &[Column], out: &mut Vec<u8>) {
        let begins = out.len();
        out.extend([0; 4]);
        out.extend(length(self.places.len()));
        for (column, place) in columns.iter().zip(&self.places) {
            out.extend(column.oid.to_be_bytes());
            self.write_value(*place, out);
        }
        let written = length(out.len() - begins - 4);
        out[begins..begins + 4].copy_from_slice(&written);
    }

    fn write_value(&self, place: Option<(usize, usize)>, out: &mut Vec<u8>) {
        let Some((begins, ends)) = place else {
            out.extend((-1_i32).to_be_bytes());
            return;
        };
        out.extend(length(ends - begins));
        out.extend_from_slice(&self.values[begins..ends]);
    }
}

/// A row on its way: takes a struct, field by field.
struct Fields<'a> {
    row: &'a mut Row,
    columns: &'a [Column],
    /// Structs have their fields in the order of the columns, nearly always.
    next: usize,
}

impl Fields<'_> {
    /// The column of a field; `None` where the table has no such column.
    fn column_of(&mut self, name: &str) -> Option<usize> {
        let (before, after) = self.columns.split_at(self.next.min(self.columns.len()));
        let is_it = |column: &Column| column.name == name;
        let found = after.iter().position(is_it).map(|place| before.len() + place);
        let found = found.or_else(|| before.iter().position(is_it))?;
        self.next = found + 1;
        Some(found)
    }
}

impl SerializeStruct for Fields<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Error> {
        let Some(column) = self.column_of(name) else { return Ok(()) };
        let Row { values, places, text } = &mut *self.row;
        let begins = values.len();
        if value::write(self.columns[column].kind, value, values, text)? {
            places[column] = Some((begins, values.len()));
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

impl Serializer for Fields<'_> {
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
    use super::super::columns::ColumnKind;
    use super::*;
    use serde_json::{Value, json};

    #[derive(Serialize)]
    struct One {
        #[serde(skip_serializing_if = "Value::is_null")]
        skipped: Value,
        a: Value,
        unknown: u8,
    }

    /// The value of a column, in a table that has another one.
    fn value(kind: ColumnKind, value: Value) -> Option<Vec<u8>> {
        let column = |name: &str, kind| Column { name: name.to_owned(), oid: 7, kind };
        let columns = [column("a", kind), column("skipped", ColumnKind::Text)];
        let mut row = Row::default();
        row.read(&columns, &One { skipped: Value::Null, a: value, unknown: 1 });
        assert_eq!(row.places[1], None);
        row.places[0].map(|(begins, ends)| row.values[begins..ends].to_vec())
    }

    #[test]
    fn what_is_absent_or_null_is_null_and_what_is_empty_is_not() {
        for kind in [ColumnKind::Text, ColumnKind::Json, ColumnKind::TextArray, ColumnKind::Int8] {
            assert_eq!(value(kind, Value::Null), None);
        }
        assert_eq!(value(ColumnKind::Text, json!("")), Some(vec![]));
        assert_eq!(
            value(ColumnKind::TextArray, json!([])),
            Some([0, 0, 25_u32].map(u32::to_be_bytes).concat())
        );
        assert_eq!(value(ColumnKind::Json, json!({})), Some(b"\x01{}".to_vec()));
    }

    #[test]
    fn moments_and_days_count_from_the_year_2000() {
        let moment = |text| value(ColumnKind::Timestamp, json!(text)).unwrap();
        assert_eq!(moment("2000-01-01T00:00:00Z"), 0_i64.to_be_bytes());
        assert_eq!(moment("1999-12-31T23:59:59.999Z"), (-1_000_i64).to_be_bytes());
        assert_eq!(
            moment("2000-03-01T01:02:03.000004Z"),
            (60_i64 * 86_400_000_000 + 3_723_000_004).to_be_bytes()
        );
        assert_eq!(moment("2000-01-01T08:00:01+08:00"), 1_000_000_i64.to_be_bytes());
        assert_eq!(value(ColumnKind::Date, json!("1999-12-30")), Some((-2_i32).to_be_bytes().to_vec()));
    }

    #[test]
    fn a_year_that_would_be_read_as_another_one_is_left_to_postgres_to_refuse() {
        for year in ["0000", "-0044", "+12345", "-9999"] {
            let (day, moment) = (format!("{year}-01-01"), format!("{year}-01-01T00:00:00Z"));
            assert_eq!(value(ColumnKind::Date, json!(day)), Some(day.into_bytes()));
            assert_eq!(value(ColumnKind::Timestamp, json!(moment)), Some(moment.into_bytes()));
        }
        assert_eq!(value(ColumnKind::Date, json!("9999-12-31")).map(|bytes| bytes.len()), Some(4));
    }

    #[test]
    fn a_number_is_as_wide_as_its_column_and_one_that_is_too_large_is_left_to_postgres_to_refuse() {
        assert_eq!(value(ColumnKind::Int2, json!(-2)), Some((-2_i16).to_be_bytes().to_vec()));
        assert_eq!(value(ColumnKind::Int4, json!(7)), Some(7_i32.to_be_bytes().to_vec()));
        assert_eq!(value(ColumnKind::Int8, json!(i64::MAX)), Some(i64::MAX.to_be_bytes().to_vec()));
        assert_eq!(value(ColumnKind::Int4, json!(u32::MAX)).map(|bytes| bytes.len()), Some(16));
    }

    #[test]
    fn a_row_is_framed_for_copy_and_for_an_array() {
        let column = |name: &str| Column { name: name.to_owned(), oid: 7, kind: ColumnKind::Text };
        let columns = [column("a"), column("b")];
        let mut row = Row::default();
        row.read(&columns, &One { skipped: Value::Null, a: json!("x"), unknown: 1 });
        let (mut tuple, mut item) = (Vec::new(), Vec::new());
        row.write_tuple(&mut tuple);
        assert_eq!(tuple, b"\0\x02\0\0\0\x01x\xff\xff\xff\xff");
        row.write_composite(&columns, &mut item);
        assert_eq!(item, b"\0\0\0\x15\0\0\0\x02\0\0\0\x07\0\0\0\x01x\0\0\0\x07\xff\xff\xff\xff");
    }
}
