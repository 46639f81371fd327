//! Contest the final feedback, once; the office rules.

use crate::command::Act;
use crate::course::Decision;
use crate::refusal::Refusal;
use contract::event::{FeedbackContested, TransferEvent};

/// Contest the final feedback, once; the office rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContestFeedback {
    /// Which feedback.
    pub feedback: u32,
    /// Why.
    pub reason: String,
}

impl ContestFeedback {
    pub(crate) fn decide(&self, act: &Act<'_>) -> Result<Decision, Refusal> {
        super::is_waiting(act.transfer, self.feedback)?;
        let contested = FeedbackContested { feedback: self.feedback, reason: self.reason.clone() };
        Ok(act.course()?.happen(TransferEvent::FeedbackContested(contested)).decided())
    }
}
