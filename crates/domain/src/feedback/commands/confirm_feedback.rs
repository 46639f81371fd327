//! Confirm the final feedback 确认反馈; the transfer closes. A supervision task is struck off 销号 with it.

use crate::command::Act;
use crate::course::Decision;
use crate::refusal::Refusal;
use contract::event::{CloseReason, Closed, FeedbackReference, TransferEvent};
use contract::kind::TransferKind;

/// Confirm the final feedback 确认反馈; the transfer closes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfirmFeedback {
    /// Which feedback.
    pub feedback: u32,
}

impl ConfirmFeedback {
    pub(crate) fn decide(&self, act: &Act<'_>) -> Result<Decision, Refusal> {
        super::is_waiting(act.transfer, self.feedback)?;
        let reason = if act.transfer.reference.kind == TransferKind::SupervisionTask {
            CloseReason::StruckOff
        } else if act.by == act.transfer.approver() {
            CloseReason::Confirmed
        } else {
            CloseReason::ConfirmedByOffice
        };
        let confirmed = TransferEvent::FeedbackConfirmed(FeedbackReference { feedback: self.feedback });
        Ok(act.course()?.happen(confirmed).happen(TransferEvent::Closed(Closed { reason })).decided())
    }
}
