//! Each run of each clock of each transfer.

use crate::rows::{self, PlannedAnew, as_stored};
use crate::transfer::{self, Transfer};
use crate::{Event, Page, Views, ViewsError, Visibility};
use chrono::{DateTime, Utc};
use contract::clock::{ClockChange, ClockCode, ClockMove, ClockState, MissedCause};
use contract::event::{Body, TransferEvent};
use contract::ids::{DepartmentId, TransferId};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use sqlx::{PgConnection, PgPool};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

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

    fn apply(&mut self, change: &ClockChange, occurred_at: DateTime<Utc>) {
        let due_at = change.due_at.map(as_stored);
        self.owner.clone_from(&change.owner);
        self.provisional = change.provisional;
        match change.movement {
            ClockMove::Started | ClockMove::Resumed => {
                self.due_at = due_at;
                self.state = if self.missed_at.is_some() { ClockState::Missed } else { ClockState::Running };
            }
            ClockMove::Paused => {
                self.due_at = None;
                self.state = ClockState::Paused;
            }
            ClockMove::Stopped => {
                self.due_at = due_at.or(self.due_at);
                let is_late =
                    self.missed_at.is_some() || self.due_at.is_some_and(|due_at| occurred_at >= due_at);
                self.state = if is_late { ClockState::MetLate } else { ClockState::Met };
                self.stopped_at = Some(occurred_at);
            }
            ClockMove::Cancelled => {
                self.state = ClockState::Cancelled;
                self.stopped_at = Some(occurred_at);
            }
            ClockMove::Missed => self.miss(occurred_at),
        }
    }

    fn miss(&mut self, occurred_at: DateTime<Utc>) {
        self.missed_at = self.missed_at.or(Some(occurred_at));
        if self.state == ClockState::Running {
            self.state = ClockState::Missed;
        }
    }
}

/// What an event does to the clocks of its transfer.
pub(crate) fn fold(clocks: &mut Clocks, event: &Event, body: &Body) {
    for change in &body.after.clocks {
        let clock = clocks.entry((change.code, change.run)).or_insert_with(|| Clock {
            transfer_id: body.transfer.id,
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
        });
        clock.apply(change, event.occurred_at);
    }
    if let TransferEvent::TimeLimitMissed(missed) = &body.event
        && let Some(clock) = clocks.get_mut(&(missed.code, missed.run))
    {
        clock.miss(event.occurred_at);
        clock.cause = Some(missed.cause);
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

/// The clocks of these transfers.
pub(crate) async fn load(pool: &PgPool, transfers: &[Uuid]) -> Result<Vec<Clock>, ViewsError> {
    let query = sqlx::query_scalar!(
        "select to_jsonb(c) as row from views_1.clock c where c.transfer_id = any($1)",
        transfers
    );
    Ok(rows::fetch(pool, query).await?)
}

/// Writes clocks, sorted by transfer, code and run.
pub(crate) async fn upsert(connection: &mut PgConnection, clocks: &[&Clock]) -> Result<(), ViewsError> {
    if clocks.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "insert into views_1.clock select * from jsonb_populate_recordset(null::views_1.clock, $1)
         on conflict (transfer_id, code, run) do update
           set (owner, state, due_at, provisional, stopped_at, missed_at, cause)
             = (excluded.owner, excluded.state, excluded.due_at, excluded.provisional, excluded.stopped_at,
               excluded.missed_at, excluded.cause)",
        Json(clocks) as _
    )
    .execute(connection)
    .await?;
    Ok(())
}

impl Views {
    /// The clocks of a transfer, in the order in which they began.
    pub async fn clocks_of(
        &self,
        visibility: &Visibility,
        transfer: TransferId,
    ) -> Result<Vec<Clock>, ViewsError> {
        if self.transfer_by_id(visibility, transfer).await?.is_none() {
            return Ok(Vec::new());
        }
        let mut clocks = load(&self.pool, &[transfer.0]).await?;
        clocks.sort_by_key(|clock| (clock.started_at, clock.code, clock.run));
        Ok(clocks)
    }

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
