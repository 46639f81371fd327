//! The table of transfers, as the fold reads and writes it.

use super::Transfer;
use crate::ViewsError;
use crate::matter::Matter;
use crate::rows;
use contract::state::TransferState;
use sqlx::types::Json;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

/// Transfers by id, whoever asks.
pub(crate) async fn load(pool: &PgPool, ids: &[Uuid]) -> Result<Vec<Transfer>, ViewsError> {
    let query =
        sqlx::query_scalar!("select to_jsonb(t) as row from views_1.transfer t where t.id = any($1)", ids);
    Ok(rows::fetch(pool, query).await?)
}

/// Writes transfers, sorted by id.
pub(crate) async fn upsert(connection: &mut PgConnection, transfers: &[&Transfer]) -> Result<(), ViewsError> {
    if transfers.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "insert into views_1.transfer select * from jsonb_populate_recordset(null::views_1.transfer, $1)
         on conflict (id) do update set (state, handling, holder, objection_raised, contest_raised, converted,
             feedback_count, final_feedback, accepted_at, last_feedback_at, due_at, version, position, updated_at, stale, facts,
             ended_at, plan_filed_at, reports, last_report_at, decided_outcome, standard, amount_fen, earlier_penalties,
             meets_standard)
           = (excluded.state, excluded.handling, excluded.holder, excluded.objection_raised, excluded.contest_raised,
             excluded.converted, excluded.feedback_count, excluded.final_feedback, excluded.accepted_at,
             excluded.last_feedback_at, excluded.due_at, excluded.version, excluded.position, excluded.updated_at,
             excluded.stale, excluded.facts, excluded.ended_at, excluded.plan_filed_at, excluded.reports,
             excluded.last_report_at, excluded.decided_outcome, excluded.standard, excluded.amount_fen,
             excluded.earlier_penalties, excluded.meets_standard)",
        Json(transfers) as _
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Counts the transfers of these matters anew, sorted by id.
pub(crate) async fn tally_matters(
    connection: &mut PgConnection,
    matters: &[Uuid],
) -> Result<Vec<Matter>, ViewsError> {
    if matters.is_empty() {
        return Ok(Vec::new());
    }
    let ended: Vec<_> = TransferState::ALL
        .iter()
        .filter(|state| state.is_ended())
        .map(|state| state.name().to_owned())
        .collect();
    let tallied = sqlx::query_as!(
        Matter,
        r#"select matter as id, count(*) as "transfers!", count(*) filter (where not state = any($2)) as "open!",
             min(sent_at) as "first_sent_at!", max(position) as "last_position!"
           from views_1.transfer where matter = any($1) group by matter order by matter"#,
        matters,
        &ended
    )
    .fetch_all(connection)
    .await?;
    Ok(tallied)
}
