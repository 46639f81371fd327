//! Let clocks stand still 中止, for a reason of the closed list, with what proves it and a last day.

use crate::civil;
use crate::command::Act;
use crate::course::Decision;
use crate::refusal::Refusal;
use crate::transfer::clocks::{Clock, Phase};
use chrono::{Days, NaiveDate};
use contract::clock::PauseReason;
use contract::event::{Suspended, TransferEvent};

/// Let clocks stand still.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuspendClocks {
    /// The reason. A supplement is asked for by an act of its own.
    pub reason: PauseReason,
    /// What proves it.
    pub evidence: String,
    /// The last day: then the clocks run on by themselves.
    pub until: NaiveDate,
}

impl SuspendClocks {
    pub(crate) fn decide(&self, act: &Act<'_>) -> Result<Decision, Refusal> {
        if self.until < civil::day_of(act.now) {
            return Err(Refusal::SuspensionOver { until: self.until });
        }
        let pack = act.rules.pack(&act.transfer.sent.rule_pack)?;
        let last = civil::day_of(act.now) + Days::new(pack.suspension_days.into());
        if self.until > last {
            return Err(Refusal::SuspensionTooLong { last });
        }
        let pauses = |clock: &&Clock| {
            let rule = pack.clock(clock.code);
            let may = rule.is_some_and(|rule| rule.pauses.contains(&self.reason));
            may && clock.phase == Phase::Running && !clock.ran_out(act.now)
        };
        let own = &act.transfer.reference.to;
        let has_one = act.transfer.clocks.iter().filter(pauses).any(|clock| clock.owner == *own);
        // Who waits for assistance has asked for it.
        let waits_for_nobody = self.reason == PauseReason::Assistance && act.transfer.requests.is_empty();
        if self.reason == PauseReason::Supplement || waits_for_nobody || !has_one {
            return Err(Refusal::NothingToSuspend { reason: self.reason });
        }
        let suspended = Suspended { reason: self.reason, evidence: self.evidence.clone(), until: self.until };
        Ok(act.course()?.happen(TransferEvent::Suspended(suspended)).decided())
    }
}
