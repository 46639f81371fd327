//! Events that were not folded: one that could not be, and all later ones of its stream.

use crate::{Views, ViewsError};
use serde::Serialize;
use sqlx::PgPool;
use uuid::Uuid;

/// An event that was not folded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Parked {
    /// Its stream: a transfer, a handoff, or what stands beside one.
    pub stream_id: Uuid,
    /// Its position.
    pub position: i64,
    /// Why it was not folded.
    pub reason: String,
}

impl Views {
    /// The events that were not folded, oldest first, after a position.
    pub async fn parked(&self, after: i64, limit: i64) -> Result<Vec<Parked>, ViewsError> {
        let parked = sqlx::query_as!(
            Parked,
            "select stream_id, position, reason from views_1.parked where position > $1 order by position limit $2",
            after,
            limit
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(parked)
    }
}

impl Views {
    /// How many events were not folded.
    pub async fn parked_count(&self) -> Result<i64, ViewsError> {
        let count = sqlx::query_scalar!(r#"select count(*) as "count!" from views_1.parked"#);
        Ok(count.fetch_one(&self.pool).await?)
    }
}

/// All streams that are parked, in order.
pub async fn all_streams(pool: &PgPool) -> Result<Vec<Uuid>, ViewsError> {
    let streams = sqlx::query_scalar!("select distinct stream_id from views_1.parked order by stream_id");
    Ok(streams.fetch_all(pool).await?)
}
