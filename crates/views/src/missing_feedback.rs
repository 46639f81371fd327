//! Transfers whose receiver has accepted them and owes feedback, and requests for assistance, which are owed an answer
//! from their delivery on.

use crate::clock::{Clock, Clocks, most_urgent};
use crate::rows::{self, PlannedAnew, as_stored, null_as_empty};
use crate::transfer::Transfer;
use crate::unacknowledged::WatchFilter;
use crate::visibility::Sight;
use crate::{DueCursor, Page, Views, ViewsError, Visibility, civil};
use chrono::{DateTime, Utc};
use contract::clock::{ClockCode, MissedCause};
use contract::ids::{DepartmentId, TransferId};
use contract::kind::{TransferKind, Urgency};
use contract::state::TransferState;
use serde::{Deserialize, Serialize};

/// A transfer that waits for feedback.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissingFeedback {
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
    /// Receiver, who owes the feedback.
    pub to_department: DepartmentId,
    /// Coordination office between them.
    pub office: DepartmentId,
    /// How urgent it is.
    pub urgency: Urgency,
    /// When it was sent.
    pub sent_at: DateTime<Utc>,
    /// When it was accepted; `None` for a request for assistance that is not signed yet.
    pub accepted_at: Option<DateTime<Utc>>,
    /// When the last interim feedback was given.
    pub last_feedback_at: Option<DateTime<Utc>>,
    /// The feedback clock that is due first; `None` where none runs, as in a supervision task of an older rule pack.
    pub code: Option<ClockCode>,
    /// First moment that is too late: of that clock, or after the deadline of a supervision task.
    pub due_at: Option<DateTime<Utc>>,
    /// The due moment may move.
    pub provisional: bool,
    /// When it was recorded that the clock ran out.
    pub missed_at: Option<DateTime<Utc>>,
    /// Why it ran out, as far as casebus can tell.
    pub cause: Option<MissedCause>,
    /// Departments that get a copy, and so see it.
    #[serde(skip_serializing_if = "Vec::is_empty", default, deserialize_with = "null_as_empty")]
    pub copies: Vec<DepartmentId>,
    /// Until then the office knows of the failure and it does not alarm.
    pub acknowledged_until: Option<DateTime<Utc>>,
}

/// A feedback that is owed.
pub(crate) struct OwedFeedback<'a> {
    /// The clock that is due first; `None` where none runs.
    pub(crate) clock: Option<&'a Clock>,
    /// First moment that is too late: of that clock, or after the deadline of a supervision task.
    pub(crate) due_at: Option<DateTime<Utc>>,
}

impl OwedFeedback<'_> {
    /// When it was recorded that the clock ran out.
    pub(crate) fn missed_at(&self) -> Option<DateTime<Utc>> {
        self.clock.and_then(|clock| clock.missed_at)
    }
}

/// The feedback that is owed.
pub(crate) fn owed<'a>(transfer: &Transfer, clocks: &'a Clocks) -> Option<OwedFeedback<'a>> {
    let clock = most_urgent(clocks, ClockCode::is_feedback);
    let is_request = transfer.kind == TransferKind::AssistanceRequest;
    if transfer.state != TransferState::Accepted && !(is_request && clock.is_some()) {
        return None;
    }
    let due_at = clock.map_or_else(|| transfer.deadline.and_then(civil::end_of), |clock| clock.due_at);
    Some(OwedFeedback { clock, due_at })
}

/// The transfer's place on the list, while its feedback is owed.
pub(crate) fn of(transfer: &Transfer, clocks: &Clocks) -> Option<MissingFeedback> {
    let OwedFeedback { clock, due_at } = owed(transfer, clocks)?;
    Some(MissingFeedback {
        transfer_id: transfer.id,
        number: transfer.number.clone(),
        kind: transfer.kind,
        title: transfer.title.clone(),
        from_department: transfer.from_department.clone(),
        to_department: transfer.to_department.clone(),
        office: transfer.office.clone(),
        urgency: transfer.urgency,
        sent_at: transfer.sent_at,
        accepted_at: transfer.accepted_at,
        last_feedback_at: transfer.last_feedback_at,
        code: clock.map(|clock| clock.code),
        due_at,
        provisional: clock.is_some_and(|clock| clock.provisional),
        missed_at: clock.and_then(|clock| clock.missed_at),
        cause: clock.and_then(|clock| clock.cause),
        copies: transfer.copies.clone(),
        acknowledged_until: transfer.facts.acknowledged_for(due_at).map(as_stored),
    })
}

impl Views {
    /// Transfers that wait for feedback, longest overdue first.
    pub async fn missing_feedback(
        &self,
        visibility: &Visibility,
        now: DateTime<Utc>,
        filter: WatchFilter,
        cursor: Option<DueCursor>,
        limit: i64,
    ) -> Result<Page<MissingFeedback, DueCursor>, ViewsError> {
        let sight = Sight::from(visibility);
        let query = sqlx::query_scalar!(
            "select to_jsonb(m) as row from views_1.missing_feedback m
              where views_1.is_visible($1, $2, $3, m.from_department, m.to_department, null, m.office, m.copies)
                and (not $4 or m.due_at <= $5)
                and (not $9 or coalesce(m.acknowledged_until <= $5, true))
                and ($6::uuid is null
                  or (coalesce(m.due_at, 'infinity'), m.transfer_id) > (coalesce($7::timestamptz, 'infinity'), $6))
              order by coalesce(m.due_at, 'infinity'), m.transfer_id limit $8",
            sight.all,
            sight.own,
            &sight.region,
            filter.overdue_only,
            now,
            cursor.map(|cursor| cursor.transfer.0),
            cursor.and_then(|cursor| cursor.due_at),
            limit.saturating_add(1),
            filter.alarming_only
        );
        let entries = rows::fetch(&self.pool, PlannedAnew(query)).await?;
        let cursor = |last: &MissingFeedback| DueCursor { due_at: last.due_at, transfer: last.transfer_id };
        Ok(Page::of(entries, limit, cursor))
    }
}
