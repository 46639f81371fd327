//! Confirm the final feedback 确认反馈; the transfer closes.

use crate::command::Act;
use crate::course::Decision;
use crate::refusal::Refusal;
use contract::event::{CloseReason, Closed, FeedbackReference, TransferEvent};

/// Confirm the final feedback 确认反馈; the transfer closes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfirmFeedback {
    /// Which feedback.
    pub feedback: u32,
}

impl ConfirmFeedback {
    pub(crate) fn decide(&self, act: &Act<'_>) -> Result<Decision, Refusal> {
        super::is_waiting(act.transfer, self.feedback)?;
        let by_sender = *act.by == act.transfer.reference.from;
        let reason = if by_sender { CloseReason::Confirmed } else { CloseReason::ConfirmedByOffice };
        let confirmed = TransferEvent::FeedbackConfirmed(FeedbackReference { feedback: self.feedback });
        Ok(act.course()?.happen(confirmed).happen(TransferEvent::Closed(Closed { reason })).decided())
    }
}
