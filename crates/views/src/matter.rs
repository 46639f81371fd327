//! Matters: the transfers that grew from one origin, counted anew whenever one of them moves.

use crate::{Views, ViewsError, Visibility};
use chrono::{DateTime, Utc};
use contract::ids::MatterId;
use sqlx::PgConnection;
use uuid::Uuid;

/// A matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matter {
    /// Id.
    pub id: Uuid,
    /// How many transfers it has, those included that the caller may not see.
    pub transfers: i64,
    /// How many of them are open: somebody owes the next step.
    pub open: i64,
    /// When the first of them was sent.
    pub first_sent_at: DateTime<Utc>,
    /// Position of the last event of any of them.
    pub last_position: i64,
}

impl Views {
    /// A matter, if the caller may see one of its transfers. The transfers: [`Views::matter_transfers`].
    pub async fn matter(&self, visibility: &Visibility, id: MatterId) -> Result<Option<Matter>, ViewsError> {
        if self.matter_transfers(visibility, id).await?.is_empty() {
            return Ok(None);
        }
        let matter = sqlx::query_as!(
            Matter,
            "select id, transfers, open, first_sent_at, last_position from views_1.matter where id = $1",
            id.0
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(matter)
    }
}

/// Writes matters, sorted by id.
pub(crate) async fn upsert(connection: &mut PgConnection, matters: &[Matter]) -> Result<(), ViewsError> {
    if matters.is_empty() {
        return Ok(());
    }
    let ids: Vec<_> = matters.iter().map(|matter| matter.id).collect();
    let transfers: Vec<_> = matters.iter().map(|matter| matter.transfers).collect();
    let open: Vec<_> = matters.iter().map(|matter| matter.open).collect();
    let first_sent_at: Vec<_> = matters.iter().map(|matter| matter.first_sent_at).collect();
    let last_positions: Vec<_> = matters.iter().map(|matter| matter.last_position).collect();
    sqlx::query!(
        "insert into views_1.matter (id, transfers, open, first_sent_at, last_position)
         select * from unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::timestamptz[], $5::bigint[])
         on conflict (id) do update set (transfers, open, first_sent_at, last_position)
           = (excluded.transfers, excluded.open, excluded.first_sent_at, excluded.last_position)",
        &ids,
        &transfers,
        &open,
        &first_sent_at,
        &last_positions
    )
    .execute(connection)
    .await?;
    Ok(())
}
