//! Transfers that nobody has signed, and notices that nobody has read.

use crate::clock::{Clock, Clocks, most_urgent};
use crate::rows::{self, PlannedAnew, as_stored, null_as_empty};
use crate::transfer::Transfer;
use crate::visibility::Sight;
use crate::{DueCursor, Page, Views, ViewsError, Visibility};
use chrono::{DateTime, Utc};
use contract::clock::{ClockCode, MissedCause};
use contract::ids::{DepartmentId, TransferId};
use contract::kind::{TransferKind, Urgency};
use serde::{Deserialize, Serialize};

/// A transfer that waits for its acknowledgement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unacknowledged {
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
    /// Receiver, who owes the acknowledgement.
    pub to_department: DepartmentId,
    /// Coordination office between them.
    pub office: DepartmentId,
    /// How urgent it is.
    pub urgency: Urgency,
    /// When it was sent.
    pub sent_at: DateTime<Utc>,
    /// The clock: T02, or T15 of a notice.
    pub code: ClockCode,
    /// First moment that is too late.
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

/// Which entries of a list of the watch are shown; the default filters nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WatchFilter {
    /// Only those whose due moment has come.
    pub overdue_only: bool,
    /// Only those of which the office has not said that it knows, or not until now.
    pub alarming_only: bool,
}

/// How many transfers stand on a list, and how many of them are overdue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Count {
    /// All.
    pub all: i64,
    /// Those whose due moment has come.
    pub overdue: i64,
}

impl std::ops::AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.all += other.all;
        self.overdue += other.overdue;
    }
}

/// The clock of the acknowledgement that is owed.
pub(crate) fn owed(clocks: &Clocks) -> Option<&Clock> {
    most_urgent(clocks, ClockCode::is_acknowledgement)
}

/// The transfer's place on the list, while its acknowledgement is owed.
pub(crate) fn of(transfer: &Transfer, clocks: &Clocks) -> Option<Unacknowledged> {
    let clock = owed(clocks)?;
    Some(Unacknowledged {
        transfer_id: transfer.id,
        number: transfer.number.clone(),
        kind: transfer.kind,
        title: transfer.title.clone(),
        from_department: transfer.from_department.clone(),
        to_department: transfer.to_department.clone(),
        office: transfer.office.clone(),
        urgency: transfer.urgency,
        sent_at: transfer.sent_at,
        code: clock.code,
        due_at: clock.due_at,
        provisional: clock.provisional,
        missed_at: clock.missed_at,
        cause: clock.cause,
        copies: transfer.copies.clone(),
        acknowledged_until: transfer.facts.acknowledged_for(clock.due_at).map(as_stored),
    })
}

impl Views {
    /// Transfers that wait for their acknowledgement, longest overdue first.
    pub async fn unacknowledged(
        &self,
        visibility: &Visibility,
        now: DateTime<Utc>,
        filter: WatchFilter,
        cursor: Option<DueCursor>,
        limit: i64,
    ) -> Result<Page<Unacknowledged, DueCursor>, ViewsError> {
        let sight = Sight::from(visibility);
        let query = sqlx::query_scalar!(
            "select to_jsonb(u) as row from views_1.unacknowledged u
              where views_1.is_visible($1, $2, $3, u.from_department, u.to_department, null, u.office, u.copies)
                and (not $4 or u.due_at <= $5)
                and (not $9 or coalesce(u.acknowledged_until <= $5, true))
                and ($6::uuid is null
                  or (coalesce(u.due_at, 'infinity'), u.transfer_id) > (coalesce($7::timestamptz, 'infinity'), $6))
              order by coalesce(u.due_at, 'infinity'), u.transfer_id limit $8",
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
        let cursor = |last: &Unacknowledged| DueCursor { due_at: last.due_at, transfer: last.transfer_id };
        Ok(Page::of(entries, limit, cursor))
    }
}
