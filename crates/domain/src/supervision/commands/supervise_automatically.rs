//! Open the supervision of whoever let a clock run out and did not move for some working days.

use super::{overdue_clock, working_days_after};
use crate::civil;
use crate::command::Act;
use crate::course::Decision;
use crate::refusal::Refusal;
use chrono::TimeDelta;
use contract::clock::ClockCode;
use contract::event::{Supervised, TransferEvent};

/// Open the supervision of whoever let a clock run out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuperviseAutomatically {
    /// Which clock.
    pub code: ClockCode,
    /// Which run of it.
    pub run: u32,
}

impl SuperviseAutomatically {
    pub(crate) fn decide(&self, act: &Act<'_>) -> Result<Decision, Refusal> {
        let (clock, due_at) = overdue_clock(act, self.code, self.run)?;
        let after = act.rules.pack(&act.transfer.sent.rule_pack)?.ladder.supervise_after;
        let patience = working_days_after(due_at - TimeDelta::milliseconds(1), after, act);
        // Who is supervised was urged on an earlier day, is not supervised already, and is not the office itself.
        let was_urged =
            clock.first_urged_at.is_some_and(|urged_at| civil::day_of(urged_at) < civil::day_of(act.now));
        let supervision = act.transfer.facts.supervision.as_ref();
        let is_supervised = supervision.is_some_and(|open| open.department == clock.owner);
        let is_office = clock.owner == act.transfer.sent.office;
        let is_due = clock.supervised_at.is_none() && act.now >= civil::end_of(patience);
        if !is_due || !was_urged || is_supervised || is_office {
            return Err(Refusal::StepNotDue);
        }
        let supervised = Supervised {
            department: clock.owner.clone(),
            code: Some(clock.code),
            run: Some(clock.run),
            reason: None,
        };
        Ok(act.course()?.happen(TransferEvent::Supervised(supervised)).decided())
    }
}
