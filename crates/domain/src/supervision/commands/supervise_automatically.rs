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
        if clock.supervised_at.is_some() || act.now < civil::end_of(patience) {
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
