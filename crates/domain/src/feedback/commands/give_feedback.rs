//! Give feedback 结果反馈: interim, or final with an outcome.

use crate::assistance::commands::reply;
use crate::command::Act;
use crate::course::Decision;
use crate::refusal::Refusal;
use contract::event::{FeedbackGiven, OutcomeCode, TransferEvent};
use contract::kind::TransferKind;

/// Give feedback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GiveFeedback {
    /// What the receiver reports.
    pub text: String,
    /// What came out; with it the feedback is final.
    pub outcome: Option<OutcomeCode>,
    /// Why the lead of a joint handling answers without the parts that are outstanding.
    pub without_parts: Option<String>,
}

impl GiveFeedback {
    pub(crate) fn decide(&self, act: &Act<'_>) -> Result<Decision, Refusal> {
        let outstanding = &act.transfer.facts.parts_outstanding;
        if self.outcome.is_some() && self.without_parts.is_none() && !outstanding.is_empty() {
            return Err(Refusal::PartsOutstanding { departments: outstanding.clone() });
        }
        let earlier = act.transfer.feedback.iter().map(|given| given.feedback.feedback).max().unwrap_or(0);
        let mut given = FeedbackGiven {
            feedback: earlier + 1,
            text: self.text.clone(),
            outcome: self.outcome,
            parts: Vec::new(),
            without_parts: None,
        };
        let Some(outcome) = self.outcome else {
            return Ok(act.course()?.happen(TransferEvent::InterimFeedbackGiven(given)).decided());
        };
        given.parts.clone_from(&act.transfer.parts);
        given.without_parts = self.without_parts.clone().filter(|_| !outstanding.is_empty());
        if act.transfer.reference.kind == TransferKind::AssistanceRequest {
            return reply(act, given, outcome);
        }
        Ok(act.course()?.happen(TransferEvent::FinalFeedbackGiven(given)).decided())
    }
}
