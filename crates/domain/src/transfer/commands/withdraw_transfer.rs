//! Withdraw before acceptance 撤回.

use crate::assistance::commands::end_request;
use crate::command::Act;
use crate::course::Decision;
use crate::refusal::Refusal;
use contract::event::{ReasonGiven, TransferEvent};

/// Withdraw before acceptance 撤回.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WithdrawTransfer {
    /// Why.
    pub reason: String,
}

impl WithdrawTransfer {
    pub(crate) fn decide(&self, act: &Act<'_>) -> Result<Decision, Refusal> {
        let withdrawn = ReasonGiven { reason: self.reason.clone() };
        end_request(act, act.course()?.happen(TransferEvent::Withdrawn(withdrawn)).decided())
    }
}
