//! Open a supervision task again that was struck off 重新开启: its department owes an answer anew.

use crate::command::Act;
use crate::course::Decision;
use crate::refusal::Refusal;
use contract::event::{ReasonGiven, TransferEvent};

/// Open a supervision task again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReopenTask {
    /// Why.
    pub reason: String,
}

impl ReopenTask {
    pub(crate) fn decide(&self, act: &Act<'_>) -> Result<Decision, Refusal> {
        let reopened = ReasonGiven { reason: self.reason.clone() };
        Ok(act.course()?.happen(TransferEvent::Reopened(reopened)).decided())
    }
}
