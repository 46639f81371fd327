//! Give feedback 结果反馈: interim, or final with an outcome.

use crate::command::Act;
use crate::course::Decision;
use crate::refusal::Refusal;
use contract::event::{FeedbackGiven, OutcomeCode, TransferEvent};

/// Give feedback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GiveFeedback {
    /// What the receiver reports.
    pub text: String,
    /// What came out; with it the feedback is final.
    pub outcome: Option<OutcomeCode>,
}

impl GiveFeedback {
    pub(crate) fn decide(&self, act: &Act<'_>) -> Result<Decision, Refusal> {
        let earlier = act.transfer.feedback.iter().map(|given| given.feedback.feedback).max().unwrap_or(0);
        let given = FeedbackGiven { feedback: earlier + 1, text: self.text.clone(), outcome: self.outcome };
        let event = if self.outcome.is_some() {
            TransferEvent::FinalFeedbackGiven(given)
        } else {
            TransferEvent::InterimFeedbackGiven(given)
        };
        Ok(act.course()?.happen(event).decided())
    }
}
