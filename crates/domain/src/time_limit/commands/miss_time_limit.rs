//! Record that a clock ran out: once per run, and only when it really did.

use crate::command::Act;
use crate::course::Decision;
use crate::refusal::Refusal;
use crate::transfer::clocks::{Clock, Phase};
use contract::clock::{ClockCode, MissedCause};
use contract::event::{TimeLimitMissed, TransferEvent};

/// Record that a clock ran out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissTimeLimit {
    /// Which clock.
    pub code: ClockCode,
    /// Which run of it.
    pub run: u32,
    /// Why, as far as casebus can tell.
    pub cause: MissedCause,
}

impl MissTimeLimit {
    pub(crate) fn decide(&self, act: &Act<'_>) -> Result<Decision, Refusal> {
        let ran_out = |clock: &&Clock| {
            clock.code == self.code && clock.run == self.run && clock.phase == Phase::Running && !clock.missed
        };
        let clock = act.transfer.clocks.iter().find(ran_out).ok_or(Refusal::ClockNotMissed)?;
        let due_at = clock.due_at.filter(|due_at| *due_at <= act.now).ok_or(Refusal::ClockNotMissed)?;
        let missed = TimeLimitMissed {
            code: self.code,
            run: self.run,
            owner: clock.owner.clone(),
            due_at,
            cause: self.cause,
        };
        Ok(act.course()?.happen(TransferEvent::TimeLimitMissed(missed)).decided())
    }
}
