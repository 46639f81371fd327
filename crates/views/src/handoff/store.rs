//! The table of handoffs, as the fold reads and writes it.

use super::Handoff;
use super::document::HandoffDocument;
use super::fold::HandoffLife;
use super::{document, lane};
use crate::ViewsError;
use crate::rows;
use sqlx::types::Json;
use sqlx::{PgConnection, PgPool};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Handoffs by id, whoever asks, each with its lanes.
pub(crate) async fn load(pool: &PgPool, ids: &[Uuid]) -> Result<BTreeMap<Uuid, HandoffLife>, ViewsError> {
    let query =
        sqlx::query_scalar!("select to_jsonb(h) as row from views_1.handoff h where h.id = any($1)", ids);
    let handoffs: Vec<Handoff> = rows::fetch(pool, query).await?;
    let mut lives: BTreeMap<Uuid, HandoffLife> = handoffs
        .into_iter()
        .map(|handoff| (handoff.id.0, HandoffLife { handoff, lanes: BTreeMap::new() }))
        .collect();
    for lane in lane::load(pool, ids).await? {
        if let Some(life) = lives.get_mut(&lane.handoff_id.0) {
            life.lanes.insert(lane.number, lane);
        }
    }
    Ok(lives)
}

/// Writes handoffs with their lanes and papers, sorted by id.
pub(crate) async fn upsert(
    connection: &mut PgConnection,
    lives: &[&HandoffLife],
    documents: &[HandoffDocument],
) -> Result<(), ViewsError> {
    if lives.is_empty() {
        return Ok(());
    }
    let handoffs: Vec<_> = lives.iter().map(|life| &life.handoff).collect();
    sqlx::query!(
        "insert into views_1.handoff select * from jsonb_populate_recordset(null::views_1.handoff, $1)
         on conflict (id) do update set (state, open, police, seen_by, holders, due_at, look_at, version, position, updated_at,
             stale, after)
           = (excluded.state, excluded.open, excluded.police, excluded.seen_by, excluded.holders, excluded.due_at, excluded.look_at,
              excluded.version, excluded.position, excluded.updated_at, excluded.stale, excluded.after)",
        Json(handoffs) as _
    )
    .execute(&mut *connection)
    .await?;
    let lanes: Vec<_> = lives.iter().flat_map(|life| life.lanes.values()).collect();
    lane::upsert(connection, &lanes).await?;
    document::insert(connection, documents).await
}
