//! A clock in an answer.

use crate::civil_time::civil_text;
use chrono::{DateTime, NaiveDate, Utc};
use contract::clock::{ClockCode, ClockState, LatenessReason, MissedCause, PauseReason};
use contract::ids::DepartmentId;
use domain::civil;
use domain::rule_pack::RulePack;
use serde::Serialize;
use utoipa::ToSchema;

/// One run of a clock 时限.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = Clock)]
pub(crate) struct ClockAnswer {
    /// Which clock.
    pub(crate) code: ClockCode,
    /// Which run of it: 1, 2, 3, …
    pub(crate) run: u32,
    /// What the rule pack calls it.
    pub(crate) name: Option<String>,
    /// Who owes the duty.
    pub(crate) owner: DepartmentId,
    /// When it began.
    #[schema(format = DateTime)]
    pub(crate) started_at: String,
    /// The first moment that is too late; `null` while the clock is paused.
    #[schema(format = DateTime)]
    pub(crate) due_at: Option<String>,
    /// The last civil day on which the duty can be met in time.
    pub(crate) due_on: Option<NaiveDate>,
    /// The due moment lies beyond the last known holiday calendar and may move.
    pub(crate) provisional: bool,
    /// State, as recorded.
    pub(crate) state: ClockState,
    /// The duty is owed and its due moment has come, whether that was recorded or not.
    pub(crate) overdue: bool,
    /// When it was recorded that the clock ran out.
    #[schema(format = DateTime)]
    pub(crate) missed_at: Option<String>,
    /// When the duty was met or fell away.
    #[schema(format = DateTime)]
    pub(crate) stopped_at: Option<String>,
    /// Why it ran out, as far as casebus can tell.
    pub(crate) cause: Option<MissedCause>,
    /// When it warns for the first time; `null` while it is paused or where it does not warn.
    #[schema(format = DateTime)]
    pub(crate) warn_at: Option<String>,
    /// Why it stands still; `null` while it runs.
    pub(crate) pause_reason: Option<PauseReason>,
    /// When its owner was last urged because of it.
    #[schema(format = DateTime)]
    pub(crate) urged_at: Option<String>,
    /// When supervision was opened because of it.
    #[schema(format = DateTime)]
    pub(crate) supervised_at: Option<String>,
    /// Why it was late, once somebody has said so.
    pub(crate) lateness: Option<LatenessReason>,
}

/// What is known of a clock, from the log or from the read model.
#[derive(Clone, Debug)]
pub(crate) struct ClockFacts {
    pub(crate) code: ClockCode,
    pub(crate) run: u32,
    pub(crate) owner: DepartmentId,
    pub(crate) started_at: DateTime<Utc>,
    pub(crate) due_at: Option<DateTime<Utc>>,
    pub(crate) provisional: bool,
    pub(crate) state: ClockState,
    pub(crate) missed_at: Option<DateTime<Utc>>,
    pub(crate) stopped_at: Option<DateTime<Utc>>,
    pub(crate) cause: Option<MissedCause>,
    pub(crate) warn_at: Option<DateTime<Utc>>,
    pub(crate) pause_reason: Option<PauseReason>,
    pub(crate) urged_at: Option<DateTime<Utc>>,
    pub(crate) supervised_at: Option<DateTime<Utc>>,
    pub(crate) lateness: Option<LatenessReason>,
}

/// Whether a duty is owed whose due moment has come.
pub(crate) fn is_overdue(state: ClockState, due_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    let is_owed = match state {
        ClockState::Running | ClockState::Missed | ClockState::Paused => true,
        ClockState::Met | ClockState::MetLate | ClockState::Cancelled => false,
    };
    is_owed && due_at.is_some_and(|due_at| due_at <= now)
}

/// Clocks as they are shown now, in the order in which they began.
pub(crate) fn show(
    mut clocks: Vec<ClockFacts>,
    pack: Option<&RulePack>,
    now: DateTime<Utc>,
) -> Vec<ClockAnswer> {
    clocks.sort_by_key(|clock| (clock.started_at, clock.code, clock.run));
    let answer = |clock: ClockFacts| ClockAnswer {
        code: clock.code,
        run: clock.run,
        name: pack.and_then(|pack| pack.clock(clock.code)).map(|rule| rule.name.clone()),
        owner: clock.owner,
        started_at: civil_text(clock.started_at),
        due_at: clock.due_at.map(civil_text),
        due_on: clock.due_at.map(civil::last_day_before),
        provisional: clock.provisional,
        state: clock.state,
        overdue: is_overdue(clock.state, clock.due_at, now),
        missed_at: clock.missed_at.map(civil_text),
        stopped_at: clock.stopped_at.map(civil_text),
        cause: clock.cause,
        warn_at: clock.warn_at.map(civil_text),
        pause_reason: clock.pause_reason,
        urged_at: clock.urged_at.map(civil_text),
        supervised_at: clock.supervised_at.map(civil_text),
        lateness: clock.lateness,
    };
    clocks.into_iter().map(answer).collect()
}
