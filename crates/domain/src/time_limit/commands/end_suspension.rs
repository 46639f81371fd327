//! The last day of a suspension is over: the clocks run on from then, whenever that is noticed.

use crate::civil;
use crate::command::Act;
use crate::course::{Course, Decision};
use crate::refusal::Refusal;
use crate::rules::Rules;
use crate::transfer::Transfer;
use chrono::{DateTime, TimeDelta, Utc};
use contract::event::{Resumed, Suspension, TransferEvent};

/// The end of a suspension whose last day is over, and the transfer after it; `None` where none is over.
pub(crate) fn settle(
    transfer: &Transfer,
    now: DateTime<Utc>,
    rules: &Rules,
) -> Result<Option<(Decision, Transfer)>, Refusal> {
    let over = transfer.facts.suspension.filter(|suspension| now >= civil::end_of(suspension.until));
    let Some(suspension) = over else { return Ok(None) };
    let resumed = Resumed { ended_at: ended_at(&suspension, now), evidence: None };
    let course = Course::of(transfer, now, rules)?.happen(TransferEvent::Resumed(resumed));
    let settled = course.transfer().clone();
    Ok(Some((course.decided(), settled)))
}

pub(crate) fn decide(act: &Act<'_>) -> Result<Decision, Refusal> {
    let ended = settle(act.transfer, act.now, act.rules)?;
    ended.map(|(decision, _)| decision).ok_or(Refusal::NotSuspended)
}

/// When a suspension that is ended now has ended: not after its last day.
pub(crate) fn ended_at(suspension: &Suspension, now: DateTime<Utc>) -> DateTime<Utc> {
    let last_moment = civil::end_of(suspension.until) - TimeDelta::milliseconds(1);
    now.min(last_moment).max(suspension.since)
}
