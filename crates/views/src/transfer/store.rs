//! The table of transfers, as the fold reads and writes it.

use super::Transfer;
use crate::ViewsError;
use crate::rows;
use chrono::{DateTime, Utc};
use contract::event::{Facts, OutcomeCode};
use contract::ids::{DepartmentId, TransferId};
use contract::state::{Handling, TransferState};
use serde::Serialize;
use sqlx::PgPool;
use uuid::Uuid;

/// Transfers by id, whoever asks.
pub(crate) async fn load(pool: &PgPool, ids: &[Uuid]) -> Result<Vec<Transfer>, ViewsError> {
    let query =
        sqlx::query_scalar!("select to_jsonb(t) as row from views_1.transfer t where t.id = any($1)", ids);
    Ok(rows::fetch(pool, query).await?)
}

/// The columns of a transfer that its events change, for a row that stands already.
#[derive(Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "a row: each says by itself what has happened")]
pub(crate) struct Moved<'a> {
    id: TransferId,
    state: TransferState,
    handling: Option<Handling>,
    holder: Option<&'a DepartmentId>,
    objection_raised: bool,
    contest_raised: bool,
    converted: bool,
    feedback_count: u32,
    final_feedback: Option<u32>,
    accepted_at: Option<DateTime<Utc>>,
    last_feedback_at: Option<DateTime<Utc>>,
    due_at: Option<DateTime<Utc>>,
    version: i64,
    position: i64,
    updated_at: DateTime<Utc>,
    stale: bool,
    facts: &'a Facts,
    ended_at: Option<DateTime<Utc>>,
    plan_filed_at: Option<DateTime<Utc>>,
    reports: u32,
    last_report_at: Option<DateTime<Utc>>,
    decided_outcome: Option<OutcomeCode>,
    standard: Option<&'a str>,
    amount_fen: Option<i64>,
    earlier_penalties: Option<u32>,
    meets_standard: bool,
}

impl<'a> From<&'a Transfer> for Moved<'a> {
    fn from(transfer: &'a Transfer) -> Self {
        Self {
            id: transfer.id,
            state: transfer.state,
            handling: transfer.handling,
            holder: transfer.holder.as_ref(),
            objection_raised: transfer.objection_raised,
            contest_raised: transfer.contest_raised,
            converted: transfer.converted,
            feedback_count: transfer.feedback_count,
            final_feedback: transfer.final_feedback,
            accepted_at: transfer.accepted_at,
            last_feedback_at: transfer.last_feedback_at,
            due_at: transfer.due_at,
            version: transfer.version,
            position: transfer.position,
            updated_at: transfer.updated_at,
            stale: transfer.stale,
            facts: &transfer.facts,
            ended_at: transfer.ended_at,
            plan_filed_at: transfer.plan_filed_at,
            reports: transfer.reports,
            last_report_at: transfer.last_report_at,
            decided_outcome: transfer.decided_outcome,
            standard: transfer.standard.as_deref(),
            amount_fen: transfer.amount_fen,
            earlier_penalties: transfer.earlier_penalties,
            meets_standard: transfer.meets_standard,
        }
    }
}
