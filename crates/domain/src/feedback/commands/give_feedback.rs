//! Give feedback 结果反馈: interim, or final with an outcome.

use crate::assistance::commands::reply;
use crate::command::Act;
use crate::course::Decision;
use crate::refusal::Refusal;
use crate::transfer::has_room;
use contract::clock::ClockCode;
use contract::event::{FeedbackGiven, OutcomeCode, Part, TransferEvent};
use contract::kind::TransferKind;
use contract::limits::RECEIVER_EVENTS_MAX;

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

/// How many characters of all parts together the merged feedback holds, so that it fits into one event.
const MERGED_CHARACTERS: usize = 20_000;

/// The parts as they stand in the merged feedback: of a long one the beginning, for the whole stands in its reply.
fn merged(parts: &[Part]) -> Vec<Part> {
    let most = MERGED_CHARACTERS / parts.len().max(1);
    let shortened = |part: &Part| {
        let mut text: String = part.text.chars().take(most).collect();
        if text.len() < part.text.len() {
            text.push('…');
        }
        Part { text, ..part.clone() }
    };
    parts.iter().map(shortened).collect()
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
            // What is due finds room.
            let is_due = |code| act.transfer.open_clock(code).is_some();
            if !is_due(ClockCode::T08) && !is_due(ClockCode::T08b) {
                has_room(act.transfer.version, RECEIVER_EVENTS_MAX)?;
            }
            return Ok(act.course()?.happen(TransferEvent::InterimFeedbackGiven(given)).decided());
        };
        given.parts = merged(&act.transfer.parts);
        given.without_parts = self.without_parts.clone().filter(|_| !outstanding.is_empty());
        if act.transfer.reference.kind == TransferKind::AssistanceRequest {
            return reply(act, given, outcome);
        }
        Ok(act.course()?.happen(TransferEvent::FinalFeedbackGiven(given)).decided())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::ids::{DepartmentId, TransferId};

    #[test]
    fn the_parts_of_a_merged_feedback_fit_into_one_event_however_many_and_long_they_are() {
        let part = |text: &str| Part {
            department: DepartmentId::new("320100-wjw").unwrap(),
            request: TransferId(uuid::Uuid::nil()),
            text: text.to_owned(),
            outcome: OutcomeCode::Other,
        };
        let long = "查".repeat(4_000);
        assert_eq!(merged(&[part("已查清"), part(&long)])[0].text, "已查清");
        let parts = merged(&vec![part(&long); 50]);
        assert_eq!(parts[0].text.chars().count(), 401, "400 characters and the sign that there is more");
        let bytes: usize = parts.iter().map(|part| part.text.len()).sum();
        assert!(bytes < contract::limits::EVENT_BODY_MAX_BYTES / 2, "{bytes}");
    }
}
