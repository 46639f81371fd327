//! The columns of the tables.

use crate::ViewsError;
use sqlx::PgConnection;
use std::collections::BTreeMap;

/// The tables of a schema.
#[derive(Clone, Debug)]
pub(crate) struct Columns(BTreeMap<String, Table>);

/// A table.
#[derive(Clone, Debug)]
pub(super) struct Table {
    /// The type of its rows.
    pub(super) row_type: u32,
    /// Its columns, in order.
    pub(super) columns: Vec<Column>,
}

/// A column of a table.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) name: String,
    /// Its type.
    pub(super) oid: u32,
    pub(super) kind: ColumnKind,
}

/// How a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ColumnKind {
    Bool,
    Int2,
    Int4,
    Int8,
    Text,
    TextArray,
    Uuid,
    Timestamp,
    Date,
    Bytes,
    Json,
}

impl ColumnKind {
    /// By the name of the type.
    fn of(name: &str) -> Option<Self> {
        Some(match name {
            "boolean" => Self::Bool,
            "smallint" => Self::Int2,
            "integer" => Self::Int4,
            "bigint" => Self::Int8,
            "text" => Self::Text,
            "text[]" => Self::TextArray,
            "uuid" => Self::Uuid,
            "timestamp with time zone" => Self::Timestamp,
            "date" => Self::Date,
            "bytea" => Self::Bytes,
            "jsonb" => Self::Json,
            _ => return None,
        })
    }
}

impl Columns {
    /// Those of a schema.
    pub(crate) async fn load(connection: &mut PgConnection, schema: &str) -> Result<Self, ViewsError> {
        let rows = sqlx::query!(
            r#"select c.relname::text as "table!", c.reltype as "row_type!", a.attname::text as "column!",
                 a.atttypid as "oid!", format_type(a.atttypid, null) as "kind!"
                 from pg_class c join pg_namespace n on n.oid = c.relnamespace
                 join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
                where n.nspname = $1 and c.relkind = 'r' and c.relname not like '\_%'
                order by c.relname, a.attnum"#,
            schema
        )
        .fetch_all(connection)
        .await?;
        let mut tables: BTreeMap<String, Table> = BTreeMap::new();
        for row in rows {
            let kind = ColumnKind::of(&row.kind).ok_or(sqlx::Error::TypeNotFound { type_name: row.kind })?;
            let empty = || Table { row_type: row.row_type.0, columns: Vec::new() };
            let table = tables.entry(row.table).or_insert_with(empty);
            table.columns.push(Column { name: row.column, oid: row.oid.0, kind });
        }
        Ok(Self(tables))
    }

    /// The names of the tables.
    pub(crate) fn tables(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The type of the rows of a table.
    pub(crate) fn row_type(&self, table: &str) -> u32 {
        self.of(table).row_type
    }

    /// A table, which the migrations of this program have made.
    pub(super) fn of(&self, table: &str) -> &Table {
        self.0.get(table).expect("a table of the read model")
    }
}
