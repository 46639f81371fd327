//! Urge whoever let a clock run out: with its expiry, and then every few working days until the duty is met.

use super::{overdue_clock, working_days_after};
use crate::civil;
use crate::command::Act;
use crate::course::Decision;
use crate::refusal::Refusal;
use contract::clock::ClockCode;
use contract::event::{TransferEvent, Urged};

/// Urge whoever let a clock run out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UrgeAutomatically {
    /// Which clock.
    pub code: ClockCode,
    /// Which run of it.
    pub run: u32,
}

impl UrgeAutomatically {
    pub(crate) fn decide(&self, act: &Act<'_>) -> Result<Decision, Refusal> {
        let (clock, _) = overdue_clock(act, self.code, self.run)?;
        let every = act.rules.pack(&act.transfer.sent.rule_pack)?.ladder.urge_every;
        // One urging a day: a department with two late duties in a transfer is not urged twice.
        let today = civil::day_of(act.now);
        let was_urged_today = act.transfer.clocks.iter().any(|other| {
            other.owner == clock.owner && other.urged_at.is_some_and(|at| civil::day_of(at) == today)
        });
        if was_urged_today {
            return Err(Refusal::StepNotDue);
        }
        let next = clock.urged_at.map(|urged_at| working_days_after(urged_at, every, act));
        if next.is_some_and(|next| today < next) {
            return Err(Refusal::StepNotDue);
        }
        let urged = Urged {
            department: clock.owner.clone(),
            code: Some(clock.code),
            run: Some(clock.run),
            reason: None,
        };
        Ok(act.course()?.happen(TransferEvent::Urged(urged)).decided())
    }
}
