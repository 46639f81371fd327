//! Contest the final feedback, once; the office rules.

use crate::command::Act;
use crate::course::Decision;
use crate::refusal::Refusal;
use contract::event::{ContestRuled, FeedbackContested, Ruling, TransferEvent};

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
        let course = act.course()?.happen(TransferEvent::FeedbackContested(contested));
        // An office that approves the task itself would rule on its own contest: it sends it back at once.
        if act.transfer.sent.office == *act.transfer.approver() {
            let (ruling, reason) = (Ruling::AnswerAgain, self.reason.clone());
            let ruled = ContestRuled { feedback: self.feedback, ruling, reason };
            return Ok(course.happen(TransferEvent::ContestRuled(ruled)).decided());
        }
        Ok(course.decided())
    }
}
