//! Rows of one table as one argument of a statement.

use super::array_head;
use super::columns::{Columns, Table};
use super::row::Row;
use serde::Serialize;
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgArgumentBuffer, PgTypeInfo};
use sqlx::{Encode, Postgres, Type};

/// Rows of one table, as an array of the type of its rows; null without any.
pub(crate) struct RowArray {
    row_type: u32,
    rows: Vec<u8>,
    count: usize,
}

impl RowArray {
    /// These rows; columns that they do not have are null.
    pub(crate) fn of(columns: &Columns, table: &str, rows: &[impl Serialize]) -> Self {
        let Table { row_type, columns } = columns.of(table);
        let mut array = Self { row_type: *row_type, rows: Vec::new(), count: rows.len() };
        let mut values = Row::default();
        for row in rows {
            values.read(columns, row);
            values.write_composite(columns, &mut array.rows);
        }
        array
    }
}

/// Which type it is the statement says: the types of a schema that takes another name keep their numbers.
impl Type<Postgres> for RowArray {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(Oid(0))
    }
}

impl Encode<'_, Postgres> for RowArray {
    fn encode_by_ref(&self, out: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        if self.count == 0 {
            return Ok(IsNull::Yes);
        }
        let mut head = Vec::with_capacity(20);
        array_head(&mut head, self.row_type, self.count);
        out.extend_from_slice(&head);
        out.extend_from_slice(&self.rows);
        Ok(IsNull::No)
    }

    fn size_hint(&self) -> usize {
        20 + self.rows.len()
    }
}
