//! Counting transfers.

use crate::rows::PlannedAnew;
use crate::summary::{HolderCount, StateCount};
use crate::unacknowledged::Count;
use crate::visibility::Sight;
use crate::{Views, ViewsError, Visibility};
use chrono::{DateTime, Utc};
use sqlx::postgres::PgRow;
use sqlx::types::Json;
use sqlx::{Executor, Row};

impl Views {
    /// Transfers per state, in the order of their names.
    pub(crate) async fn count_by_state(
        &self,
        visibility: &Visibility,
        now: DateTime<Utc>,
    ) -> Result<Vec<StateCount>, ViewsError> {
        let sight = Sight::from(visibility);
        let query = sqlx::query!(
            "select to_jsonb(t.state) as name, count(*) as all, count(*) filter (where t.due_at <= $4) as overdue
               from views_1.transfer t
              where views_1.is_visible($1, $2, $3, t.from_department, t.to_department, t.holder, t.office, t.copies)
              group by t.state order by t.state",
            sight.all,
            sight.own,
            &sight.region,
            now
        );
        let rows = self.pool.fetch_all(PlannedAnew(query)).await?;
        let counted = rows.iter().map(|row| Ok(StateCount { state: name(row)?, count: count(row)? }));
        Ok(counted.collect::<Result<_, sqlx::Error>>()?)
    }

    /// Open transfers per holder, most first.
    pub(crate) async fn count_by_holder(
        &self,
        visibility: &Visibility,
        now: DateTime<Utc>,
        most: i64,
    ) -> Result<Vec<HolderCount>, ViewsError> {
        let sight = Sight::from(visibility);
        let query = sqlx::query!(
            "select to_jsonb(t.holder) as name, count(*) as all, count(*) filter (where t.due_at <= $4) as overdue
               from views_1.transfer t
              where t.holder is not null
                and views_1.is_visible($1, $2, $3, t.from_department, t.to_department, t.holder, t.office, t.copies)
              group by t.holder order by count(*) desc, t.holder limit $5",
            sight.all,
            sight.own,
            &sight.region,
            now,
            most
        );
        let rows = self.pool.fetch_all(PlannedAnew(query)).await?;
        let counted = rows.iter().map(|row| Ok(HolderCount { department: name(row)?, count: count(row)? }));
        Ok(counted.collect::<Result<_, sqlx::Error>>()?)
    }
}

fn name<T: serde::de::DeserializeOwned + 'static>(row: &PgRow) -> Result<T, sqlx::Error> {
    row.try_get::<Json<T>, _>("name").map(|json| json.0)
}

fn count(row: &PgRow) -> Result<Count, sqlx::Error> {
    Ok(Count { all: row.try_get("all")?, overdue: row.try_get("overdue")? })
}
