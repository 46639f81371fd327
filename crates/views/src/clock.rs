//! Each run of each clock of each transfer.

use crate::rows::{self, PlannedAnew, as_stored};
use crate::transfer::{self, Transfer};
use crate::{Event, Page, Views, ViewsError};
use chrono::{DateTime, Utc};
use contract::clock::{
    ClockChange, ClockCode, ClockMove, ClockState, LatenessReason, MissedCause, PauseReason, WarningMark,
};
use contract::event::{Body, TransferEvent};
use contract::ids::{DepartmentId, TransferId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};

/// One run of a clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    /// The transfer.
    pub transfer_id: TransferId,
    /// Which clock.
    pub code: ClockCode,
    /// Which run of it: 1, 2, 3, …
    pub run: u32,
    /// Who owes the duty.
    pub owner: DepartmentId,
    /// State; a running clock is not recorded as missed, whatever the time is now.
    pub state: ClockState,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// First moment that is too late; `None` while it is paused.
    pub due_at: Option<DateTime<Utc>>,
    /// The due moment lies beyond the last known holiday calendar and may move.
    pub provisional: bool,
    /// When the duty was met or fell away.
    pub stopped_at: Option<DateTime<Utc>>,
    /// Business time of the event that recorded that it ran out.
    pub missed_at: Option<DateTime<Utc>>,
    /// Why it ran out, as far as casebus can tell.
    pub cause: Option<MissedCause>,
    /// When it warns for the first time; `None` while it is paused or where it does not warn.
    pub warn_at: Option<DateTime<Utc>>,
    /// Holiday calendar by which the due moment was computed.
    pub calendar: Option<String>,
    /// Why it stands still.
    pub pause_reason: Option<PauseReason>,
    /// Since when it stands still.
    pub paused_at: Option<DateTime<Utc>>,
    /// When it warned that a share of its time was over.
    pub share_warned_at: Option<DateTime<Utc>>,
    /// When it warned on the day of its expiry.
    pub day_warned_at: Option<DateTime<Utc>>,
    /// When its owner was last urged because of it.
    pub urged_at: Option<DateTime<Utc>>,
    /// How many times its owner was urged because of it.
    pub urge_count: u32,
    /// When supervision was opened because of it.
    pub supervised_at: Option<DateTime<Utc>>,
    /// Why it was late, as its owner said.
    pub lateness: Option<LatenessReason>,
    /// How many extensions it was granted.
    pub extensions: u32,
}

/// A clock that ran out and is not recorded as missed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueClock {
    /// The clock.
    pub clock: Clock,
    /// Its transfer.
    pub transfer: Transfer,
}

/// A place in the list of clocks that ran out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DueClockCursor {
    /// Due moment of the last entry.
    pub due_at: DateTime<Utc>,
    /// Its transfer.
    pub transfer: TransferId,
    /// Its code.
    pub code: ClockCode,
    /// Its run.
    pub run: u32,
}

/// The clocks of one transfer.
pub(crate) type Clocks = BTreeMap<(ClockCode, u32), Clock>;

impl Clock {
    /// Whether the duty is still owed.
    pub const fn is_owed(&self) -> bool {
        match self.state {
            ClockState::Running | ClockState::Paused | ClockState::Missed => true,
            ClockState::Met | ClockState::MetLate | ClockState::Cancelled => false,
        }
    }

    /// A clock of which nothing is known but that it exists.
    fn of(change: &ClockChange, transfer_id: TransferId) -> Self {
        Self {
            transfer_id,
            code: change.code,
            run: change.run,
            owner: change.owner.clone(),
            state: ClockState::Running,
            started_at: as_stored(change.started_at),
            due_at: None,
            provisional: change.provisional,
            stopped_at: None,
            missed_at: None,
            cause: None,
            warn_at: None,
            calendar: None,
            pause_reason: None,
            paused_at: None,
            share_warned_at: None,
            day_warned_at: None,
            urged_at: None,
            urge_count: 0,
            supervised_at: None,
            lateness: None,
            extensions: 0,
        }
    }

    fn apply(&mut self, change: &ClockChange, occurred_at: DateTime<Utc>) {
        let due_at = change.due_at.map(as_stored);
        self.owner.clone_from(&change.owner);
        self.provisional = change.provisional;
        self.warn_at = change.warn_at.map(as_stored);
        if change.calendar.is_some() {
            self.calendar.clone_from(&change.calendar);
        }
        match change.movement {
            ClockMove::Started | ClockMove::Resumed => {
                self.due_at = due_at;
                self.state = if self.missed_at.is_some() { ClockState::Missed } else { ClockState::Running };
                self.stand_no_more();
            }
            ClockMove::Paused => {
                self.due_at = None;
                self.state = ClockState::Paused;
                // Events from before the reason was written down paused for a supplement only.
                self.pause_reason = Some(change.pause_reason.unwrap_or(PauseReason::Supplement));
                // It may stand still already, for another reason.
                self.paused_at = self.paused_at.or(Some(occurred_at));
            }
            ClockMove::Extended => {
                self.due_at = due_at;
                self.extensions += 1;
            }
            ClockMove::Recalculated => self.due_at = due_at,
            ClockMove::Stopped => {
                self.due_at = due_at.or(self.due_at);
                let is_late =
                    self.missed_at.is_some() || self.due_at.is_some_and(|due_at| occurred_at >= due_at);
                self.state = if is_late { ClockState::MetLate } else { ClockState::Met };
                self.stopped_at = Some(occurred_at);
                self.stand_no_more();
            }
            ClockMove::Cancelled => {
                self.state = ClockState::Cancelled;
                self.stopped_at = Some(occurred_at);
                self.stand_no_more();
            }
            ClockMove::Missed => self.miss(occurred_at),
        }
    }

    fn stand_no_more(&mut self) {
        self.pause_reason = None;
        self.paused_at = None;
    }

    fn miss(&mut self, occurred_at: DateTime<Utc>) {
        self.missed_at = self.missed_at.or(Some(occurred_at));
        if self.state == ClockState::Running {
            self.state = ClockState::Missed;
        }
    }

    fn warn(&mut self, mark: WarningMark, occurred_at: DateTime<Utc>) {
        let warned_at = match mark {
            WarningMark::Share => &mut self.share_warned_at,
            WarningMark::ExpiryDay => &mut self.day_warned_at,
        };
        // The last one: an earlier one was about a due moment that has moved since.
        *warned_at = Some(occurred_at);
    }
}

/// What an event does to the clocks of its transfer: its moves, then what it says about one of them.
pub(crate) fn fold(clocks: &mut Clocks, event: &Event, body: &Body) {
    let now = event.occurred_at;
    for change in &body.after.clocks {
        let clock = clocks.entry((change.code, change.run));
        clock.or_insert_with(|| Clock::of(change, body.transfer.id)).apply(change, now);
    }
    if let TransferEvent::TimeLimitMissed(missed) = &body.event
        && let Some(clock) = clocks.get_mut(&(missed.code, missed.run))
    {
        clock.miss(now);
        clock.cause = Some(missed.cause);
    }
    if let TransferEvent::TimeLimitWarned(warned) = &body.event
        && let Some(clock) = clocks.get_mut(&(warned.code, warned.run))
    {
        clock.warn(warned.mark, now);
    }
    if let TransferEvent::Urged(urged) = &body.event
        && let Some(clock) = urged.code.zip(urged.run).and_then(|of| clocks.get_mut(&of))
    {
        clock.urged_at = Some(now);
        clock.urge_count += 1;
    }
    if let TransferEvent::Supervised(supervised) = &body.event
        && let Some(clock) = supervised.code.zip(supervised.run).and_then(|of| clocks.get_mut(&of))
    {
        clock.supervised_at = Some(now);
    }
    if let TransferEvent::LatenessExplained(explained) = &body.event
        && let Some(clock) = clocks.get_mut(&(explained.code, explained.run))
    {
        clock.lateness = Some(explained.reason);
    }
}

/// Earliest due moment of the clocks whose duty is owed.
pub(crate) fn earliest_due(clocks: &Clocks) -> Option<DateTime<Utc>> {
    clocks.values().filter(|clock| clock.is_owed()).filter_map(|clock| clock.due_at).min()
}

/// Of the owed clocks of these codes, the one that is due first; one that stands still comes last.
pub(crate) fn most_urgent(clocks: &Clocks, among: impl Fn(ClockCode) -> bool) -> Option<&Clock> {
    clocks
        .values()
        .filter(|clock| clock.is_owed() && among(clock.code))
        .min_by_key(|clock| (clock.due_at.is_none(), clock.due_at))
}

impl Views {
    /// The clocks that ran out by `now` and are not recorded as missed, longest overdue first: what the watch
    /// turns into events.
    pub async fn due_clocks(
        &self,
        now: DateTime<Utc>,
        cursor: Option<DueClockCursor>,
        limit: i64,
    ) -> Result<Page<DueClock, DueClockCursor>, ViewsError> {
        let query = sqlx::query_scalar!(
            "select to_jsonb(c) as row from views_1.clock c
              where c.state = 'running' and c.due_at <= $1
                and ($2::timestamptz is null or (c.due_at, c.transfer_id, c.code, c.run) > ($2, $3, $4, $5))
              order by c.due_at, c.transfer_id, c.code, c.run limit $6",
            now,
            cursor.map(|cursor| cursor.due_at),
            cursor.map(|cursor| cursor.transfer.0),
            cursor.map(|cursor| cursor.code.name()),
            cursor.map(|cursor| i32::try_from(cursor.run).unwrap_or(i32::MAX)),
            limit.saturating_add(1)
        );
        let clocks: Vec<Clock> = rows::fetch(&self.pool, PlannedAnew(query)).await?;
        let page = Page::of(clocks, limit, |last| DueClockCursor {
            due_at: last.due_at.unwrap_or(now),
            transfer: last.transfer_id,
            code: last.code,
            run: last.run,
        });
        let ids: Vec<_> = page.entries.iter().map(|clock| clock.transfer_id.0).collect();
        let transfers = transfer::load(&self.pool, &ids).await?;
        let transfers: HashMap<_, _> =
            transfers.into_iter().map(|transfer| (transfer.id, transfer)).collect();
        let with_transfer = |clock: Clock| {
            let transfer = transfers.get(&clock.transfer_id)?.clone();
            Some(DueClock { clock, transfer })
        };
        Ok(Page { entries: page.entries.into_iter().filter_map(with_transfer).collect(), next: page.next })
    }
}
