//! Keep what was returned and handle it oneself 自行处理; the transfer closes.

use crate::command::Act;
use crate::course::Decision;
use crate::refusal::Refusal;
use contract::event::{CloseReason, Closed, ReasonGiven, TransferEvent};

/// Keep what was returned and handle it oneself 自行处理; the transfer closes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeepTransfer {
    /// Why.
    pub reason: String,
}

impl KeepTransfer {
    pub(crate) fn decide(&self, act: &Act<'_>) -> Result<Decision, Refusal> {
        let kept = ReasonGiven { reason: self.reason.clone() };
        let closed = Closed { reason: CloseReason::Kept };
        Ok(act.course()?.happen(TransferEvent::Kept(kept)).happen(TransferEvent::Closed(closed)).decided())
    }
}
