//! What the read model holds, for a comparison with the log.

use crate::{Views, ViewsError};
use uuid::Uuid;

/// An event that the read model holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldEvent {
    /// Its position.
    pub position: i64,
    /// Its id and the SHA-256 of its bytes, in hexadecimal; `None` where it is parked.
    pub folded: Option<(Uuid, String)>,
}

impl Views {
    /// The events that the read model holds, folded or parked, after a position, in order.
    pub async fn held(&self, after: i64, limit: i64) -> Result<Vec<HeldEvent>, ViewsError> {
        let rows = sqlx::query!(
            r#"select h.position as "position!", h.event_id as "event_id?", h.hash as "hash?" from (
                 (select position, event_id, encode(sha256(body), 'hex') as hash from views_1.timeline
                   where position > $1 order by position limit $2)
                 union all
                 (select position, null::uuid, null::text from views_1.parked
                   where position > $1 order by position limit $2)) h
               order by 1 limit $2"#,
            after,
            limit
        )
        .fetch_all(&self.pool)
        .await?;
        let held = |position, event_id: Option<_>, hash| HeldEvent { position, folded: event_id.zip(hash) };
        Ok(rows.into_iter().map(|row| held(row.position, row.event_id, row.hash)).collect())
    }

    /// A transfer or handoff whose row does not stand where its last folded event left it. What stands beside a
    /// handoff (UUID version 8) has no row.
    pub async fn row_apart(&self) -> Result<Option<Uuid>, ViewsError> {
        let apart = sqlx::query_scalar!(
            r#"select coalesce(r.id, e.transfer_id) as "id!" from
                 (select transfer_id, max(version) as version, max(position) as position from views_1.timeline
                   where get_byte(uuid_send(transfer_id), 6) >> 4 <> 8 group by 1) e
               full join
                 (select id, version, position from views_1.transfer
                  union all select id, version, position from views_1.handoff) r on r.id = e.transfer_id
               where (r.version, r.position) is distinct from (e.version, e.position) limit 1"#
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(apart)
    }
}
