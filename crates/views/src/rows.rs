//! Rows as JSON: a wide row is read as one value, by the names of its columns.
//!
//! `to_jsonb(row)` does the mapping, and `binary` writes by the same names, so a row's struct is written down once and holds
//! the words of `contract`. A column that a newer version adds disturbs neither side.

use chrono::{DateTime, SubsecRound, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArguments, PgStatement};
use sqlx::types::Json;
use sqlx::{Execute, Executor, Postgres, Row, SqlStr};

/// The rows of a query whose first column is a row as JSON.
pub(crate) async fn fetch<'e, 'q: 'e, T, E, Q>(executor: E, query: Q) -> Result<Vec<T>, sqlx::Error>
where
    T: DeserializeOwned + 'static,
    E: Executor<'e, Database = Postgres>,
    Q: Execute<'q, Postgres> + 'q,
{
    let rows = executor.fetch_all(query).await?;
    rows.iter().map(|row| row.try_get::<Json<T>, _>(0).map(|json| json.0)).collect()
}

/// A query that Postgres plans with its arguments at hand, every time: with filters that may be absent, one plan for
/// all arguments would scan the table.
pub(crate) struct PlannedAnew<Q>(pub(crate) Q);

impl<'q, Q: Execute<'q, Postgres>> Execute<'q, Postgres> for PlannedAnew<Q> {
    fn sql(self) -> SqlStr {
        self.0.sql()
    }

    fn statement(&self) -> Option<&PgStatement> {
        self.0.statement()
    }

    fn take_arguments(&mut self) -> Result<Option<PgArguments>, BoxDynError> {
        self.0.take_arguments()
    }

    fn persistent(&self) -> bool {
        false
    }
}

/// A moment as Postgres keeps it, in microseconds: what is compared before it was stored is then what is compared after.
pub(crate) fn as_stored(moment: DateTime<Utc>) -> DateTime<Utc> {
    moment.trunc_subsecs(6)
}

/// A list that is null in its column while it is empty, so that an index holds only rows that have one.
pub(crate) fn null_as_empty<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    column: D,
) -> Result<Vec<T>, D::Error> {
    Ok(Option::<Vec<T>>::deserialize(column)?.unwrap_or_default())
}
