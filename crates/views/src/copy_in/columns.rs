//! The columns of the tables.

use super::lines::{Column, ColumnKind};
use crate::ViewsError;
use sqlx::PgConnection;
use std::collections::BTreeMap;
use tokio::sync::OnceCell;

/// The columns of each table of a schema, in order.
#[derive(Clone, Debug)]
pub(crate) struct Columns(BTreeMap<String, Vec<Column>>);

/// Those of the serving schema: its shape is this program's, so they are the same in every database.
static SERVING: OnceCell<Columns> = OnceCell::const_new();

impl Columns {
    /// Those of the serving schema.
    pub(crate) async fn serving(connection: &mut PgConnection) -> Result<&'static Self, ViewsError> {
        SERVING.get_or_try_init(|| Self::load(connection, "views_1")).await
    }

    /// Those of a schema.
    pub(crate) async fn load(connection: &mut PgConnection, schema: &str) -> Result<Self, ViewsError> {
        let rows = sqlx::query!(
            r#"select c.relname::text as "table!", a.attname::text as "column!", format_type(a.atttypid, null) as "kind!"
                 from pg_class c join pg_namespace n on n.oid = c.relnamespace
                 join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
                where n.nspname = $1 and c.relkind = 'r' and c.relname not like '\_%'
                order by c.relname, a.attnum"#,
            schema
        )
        .fetch_all(connection)
        .await?;
        let mut tables: BTreeMap<String, Vec<Column>> = BTreeMap::new();
        for row in rows {
            let kind = match row.kind.as_str() {
                "jsonb" => ColumnKind::Json,
                kind if kind.ends_with("[]") => ColumnKind::Array,
                _ => ColumnKind::Plain,
            };
            tables.entry(row.table).or_default().push(Column { name: row.column, kind });
        }
        Ok(Self(tables))
    }

    /// The names of the tables.
    pub(crate) fn tables(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The columns of a table.
    pub(super) fn of(&self, table: &str) -> &[Column] {
        self.0.get(table).map_or(&[], Vec::as_slice)
    }
}
