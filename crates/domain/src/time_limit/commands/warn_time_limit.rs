//! Warn that a clock will run out 预警: at the share of its time that the pack names, and on the day of its expiry.

use crate::civil;
use crate::command::Act;
use crate::course::Decision;
use crate::refusal::Refusal;
use crate::transfer::clocks::{Clock, Phase};
use chrono::{DateTime, TimeDelta, Utc};
use contract::clock::{ClockCode, WarningMark};
use contract::event::{TimeLimitWarned, TransferEvent};

/// Warn that a clock will run out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WarnTimeLimit {
    /// Which clock.
    pub code: ClockCode,
    /// Which run of it.
    pub run: u32,
    /// Which warning.
    pub mark: WarningMark,
}

/// When a clock gives a warning.
pub fn warns_at(clock: &Clock, mark: WarningMark) -> Option<DateTime<Utc>> {
    let warn_at = clock.warn_at?;
    match mark {
        WarningMark::Share => Some(warn_at),
        WarningMark::ExpiryDay => {
            let last = civil::last_day_before(clock.due_at?);
            Some(civil::end_of(last) - TimeDelta::days(1))
        }
    }
}

impl WarnTimeLimit {
    pub(crate) fn decide(&self, act: &Act<'_>) -> Result<Decision, Refusal> {
        let clocks = &act.transfer.clocks;
        let clock = clocks.iter().find(|clock| clock.code == self.code && clock.run == self.run);
        let is_due = |clock: &&Clock| {
            clock.phase == Phase::Running
                && !clock.ran_out(act.now)
                && warns_at(clock, self.mark).is_some_and(|at| at <= act.now && !self.was_given(clock, at))
        };
        let clock = clock.filter(is_due).ok_or(Refusal::StepNotDue)?;
        let warned = TimeLimitWarned {
            code: clock.code,
            run: clock.run,
            owner: clock.owner.clone(),
            due_at: clock.due_at.ok_or(Refusal::StepNotDue)?,
            mark: self.mark,
        };
        Ok(act.course()?.happen(TransferEvent::TimeLimitWarned(warned)).decided())
    }

    /// Whether the warning was given since its moment: one from before was about a due moment that has moved since.
    fn was_given(&self, clock: &Clock, at: DateTime<Utc>) -> bool {
        clock.warned.iter().any(|(mark, given)| *mark == self.mark && *given >= at)
    }
}
