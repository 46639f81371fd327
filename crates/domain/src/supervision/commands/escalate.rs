//! Go beyond supervision: notice of criticism 通报, talk 约谈, listed supervision 挂牌督办, proposal of accountability
//! 问责建议. Acts of the office with reasons, never automatic.

use super::working_days_after;
use crate::civil;
use crate::command::Act;
use crate::course::Decision;
use crate::refusal::Refusal;
use contract::action::Action;
use contract::clock::LadderStep;
use contract::event::{Escalated, TransferEvent};

/// Go beyond supervision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Escalate {
    /// Which step.
    pub step: LadderStep,
    /// Why.
    pub reason: String,
}

impl Escalate {
    /// The steps that are acts of the office.
    pub const STEPS: [LadderStep; 4] = [
        LadderStep::Criticised,
        LadderStep::TalkHeld,
        LadderStep::SupervisionListed,
        LadderStep::AccountabilityProposed,
    ];

    pub(crate) fn decide(&self, act: &Act<'_>) -> Result<Decision, Refusal> {
        let transfer = act.transfer;
        let open = transfer.facts.supervision.as_ref().filter(|_| Self::STEPS.contains(&self.step));
        let Some(supervision) = open else {
            let holder = transfer.holder().cloned();
            return Err(Refusal::OutOfTurn {
                action: Action::Escalation,
                state: transfer.state.name(),
                holder,
            });
        };
        // Each is an act of its own; the same one is not done twice.
        if transfer.escalations.contains(&(supervision.department.clone(), self.step)) {
            return Err(Refusal::AlreadyDone { action: Action::Escalation });
        }
        let after = act.rules.pack(&transfer.sent.rule_pack)?.ladder.criticise_after;
        let first_day = working_days_after(supervision.at, after, act);
        if civil::day_of(act.now) < first_day {
            return Err(Refusal::EscalationTooEarly { first_day });
        }
        let escalated = Escalated {
            step: self.step,
            department: supervision.department.clone(),
            reason: self.reason.clone(),
        };
        Ok(act.course()?.happen(TransferEvent::Escalated(escalated)).decided())
    }
}
