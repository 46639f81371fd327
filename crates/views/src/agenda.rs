//! The agenda of a coordination meeting: open disputes, and everything in which a due moment has come.

use crate::rows::{self, PlannedAnew};
use crate::transfer::every_state;
use crate::visibility::Sight;
use crate::{DueCursor, Page, Views, ViewsError, Visibility};
use chrono::{DateTime, Utc};
use contract::clock::{ClockCode, LadderStep};
use contract::ids::{DepartmentId, TransferId};
use contract::kind::TransferKind;
use contract::state::TransferState;
use serde::{Deserialize, Serialize};

/// Why a transfer stands on the agenda.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgendaReason {
    /// Its parties do not agree, whether or not something is overdue as well.
    Dispute,
    /// A due moment has come.
    Overdue,
}

/// A transfer on the agenda.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgendaEntry {
    /// The transfer.
    pub transfer_id: TransferId,
    /// Its number as people write it.
    pub number: String,
    /// Kind.
    pub kind: TransferKind,
    /// What it is about.
    pub title: String,
    /// Sender.
    pub from_department: DepartmentId,
    /// Receiver.
    pub to_department: DepartmentId,
    /// Coordination office between them.
    pub office: DepartmentId,
    /// Who owes the next step.
    pub holder: Option<DepartmentId>,
    /// State.
    pub state: TransferState,
    /// Why it stands here.
    pub why: AgendaReason,
    /// The owed clock that is due first; `None` where none runs.
    pub code: Option<ClockCode>,
    /// First moment that is too late for it.
    pub due_at: Option<DateTime<Utc>>,
    /// The highest step of the ladder that was taken.
    pub ladder: Option<LadderStep>,
    /// Until then the office knows of the failure and it does not alarm.
    pub acknowledged_until: Option<DateTime<Utc>>,
}

/// Whether the parties do not agree.
const fn is_dispute(state: TransferState) -> bool {
    match state {
        TransferState::Objected
        | TransferState::DisputedNegotiating
        | TransferState::DisputedSubmitted
        | TransferState::Contested => true,
        TransferState::Delivered
        | TransferState::Signed
        | TransferState::Supplementing
        | TransferState::Returned
        | TransferState::Accepted
        | TransferState::Answered
        | TransferState::Rerouted
        | TransferState::Closed
        | TransferState::Withdrawn => false,
    }
}

impl Views {
    /// Open disputes and transfers in which a due moment has come at `now`, earliest due first.
    pub async fn agenda(
        &self,
        visibility: &Visibility,
        now: DateTime<Utc>,
        cursor: Option<DueCursor>,
        limit: i64,
    ) -> Result<Page<AgendaEntry, DueCursor>, ViewsError> {
        let sight = Sight::from(visibility);
        let disputes = TransferState::ALL.iter().copied().filter(|state| is_dispute(*state));
        let disputes: Vec<_> = disputes.map(|state| state.name().to_owned()).collect();
        // The clocks are looked up of those alone that are shown.
        let query = sqlx::query_scalar!(
            "select jsonb_build_object('transfer_id', t.id, 'number', t.number, 'kind', t.kind, 'title', t.title,
                 'from_department', t.from_department, 'to_department', t.to_department, 'office', t.office,
                 'holder', t.holder, 'state', t.state,
                 'why', case when t.state = any($5) then 'dispute' else 'overdue' end, 'code', d.code,
                 'due_at', t.due_at, 'ladder', t.facts -> 'ladder',
                 'acknowledged_until', case when t.due_at <= (t.facts ->> 'acknowledged_at')::timestamptz
                   then t.facts -> 'acknowledged_until' end) as row
               from (
                 select * from views_1.transfer t
                  where views_1.is_visible($1, $2, $3, t.from_department, t.to_department, t.holder, t.office, t.copies)
                    and t.holder is not null and (t.state = any($5) or t.state = any($9) and t.due_at <= $4)
                    and ($6::uuid is null
                      or (coalesce(t.due_at, 'infinity'), t.id) > (coalesce($7::timestamptz, 'infinity'), $6))
                  order by coalesce(t.due_at, 'infinity'), t.id limit $8) t
               left join lateral (
                 select c.code from views_1.clock c
                  where c.transfer_id = t.id and c.due_at = t.due_at and c.state in ('running', 'paused', 'missed')
                  order by c.code, c.run limit 1) d on true
              order by coalesce(t.due_at, 'infinity'), t.id",
            sight.all,
            sight.own,
            &sight.region,
            now,
            &disputes,
            cursor.map(|cursor| cursor.transfer.0),
            cursor.and_then(|cursor| cursor.due_at),
            limit.saturating_add(1),
            &every_state()
        );
        let entries = rows::fetch(&self.pool, PlannedAnew(query)).await?;
        let cursor = |last: &AgendaEntry| DueCursor { due_at: last.due_at, transfer: last.transfer_id };
        Ok(Page::of(entries, limit, cursor))
    }
}
