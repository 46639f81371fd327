//! Each feedback that a receiver gave.

use crate::Event;
use chrono::{DateTime, Utc};
use contract::event::{Body, FeedbackGiven, OutcomeCode, Part, TransferEvent};
use contract::ids::TransferId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Whether more is to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeedbackKind {
    /// 阶段反馈: how far it is.
    Interim,
    /// 最终反馈: the answer.
    Final,
}

/// What became of a feedback.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeedbackState {
    /// Given.
    Given,
    /// Confirmed by the sender, or after its silence by the office.
    Confirmed,
    /// Contested by the sender.
    Contested,
    /// Ruled upon by the office after a contest.
    Ruled,
}

/// One feedback.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feedback {
    /// The transfer.
    pub transfer_id: TransferId,
    /// Its number within the transfer: 1, 2, 3, …
    pub feedback: u32,
    /// Interim or final.
    pub kind: FeedbackKind,
    /// What the receiver reported.
    pub text: String,
    /// What came out; `None` in interim feedback.
    pub outcome: Option<OutcomeCode>,
    /// What the participants of a joint handling contributed; in its final feedback.
    pub parts: Vec<Part>,
    /// Why parts are missing in it.
    pub without_parts: Option<String>,
    /// When it was given.
    pub given_at: DateTime<Utc>,
    /// What became of it.
    pub state: FeedbackState,
}

/// The feedback of one transfer.
pub(crate) type Feedbacks = BTreeMap<u32, Feedback>;

/// What an event does to the feedback of its transfer.
pub(crate) fn fold(feedbacks: &mut Feedbacks, event: &Event, body: &Body) {
    let transfer_id = body.transfer.id;
    let mut give = |kind, given: &FeedbackGiven| {
        let feedback = Feedback {
            transfer_id,
            feedback: given.feedback,
            kind,
            text: given.text.clone(),
            outcome: given.outcome,
            parts: given.parts.clone(),
            without_parts: given.without_parts.clone(),
            given_at: event.occurred_at,
            state: FeedbackState::Given,
        };
        feedbacks.insert(given.feedback, feedback);
    };
    match &body.event {
        TransferEvent::InterimFeedbackGiven(given) => give(FeedbackKind::Interim, given),
        TransferEvent::FinalFeedbackGiven(given) => give(FeedbackKind::Final, given),
        TransferEvent::FeedbackConfirmed(of) => mark(feedbacks, of.feedback, FeedbackState::Confirmed),
        TransferEvent::FeedbackContested(of) => mark(feedbacks, of.feedback, FeedbackState::Contested),
        TransferEvent::ContestRuled(of) => mark(feedbacks, of.feedback, FeedbackState::Ruled),
        TransferEvent::Sent(_)
        | TransferEvent::Signed
        | TransferEvent::Read
        | TransferEvent::Accepted
        | TransferEvent::SupplementRequested(_)
        | TransferEvent::SupplementSupplied(_)
        | TransferEvent::Objected(_)
        | TransferEvent::ObjectionAgreed(_)
        | TransferEvent::Disputed(_)
        | TransferEvent::DisputePositionTaken(_)
        | TransferEvent::DisputeAgreed(_)
        | TransferEvent::DisputeSubmitted(_)
        | TransferEvent::JurisdictionDesignated(_)
        | TransferEvent::CaseFiled(_)
        | TransferEvent::CaseNotFiled(_)
        | TransferEvent::CaseDecided(_)
        | TransferEvent::Resent(_)
        | TransferEvent::Kept(_)
        | TransferEvent::Converted(_)
        | TransferEvent::Withdrawn(_)
        | TransferEvent::Closed(_)
        | TransferEvent::TimeLimitMissed(_)
        | TransferEvent::TimeLimitWarned(_)
        | TransferEvent::ClocksRecalculated(_)
        | TransferEvent::Suspended(_)
        | TransferEvent::Resumed(_)
        | TransferEvent::ExtensionRequested(_)
        | TransferEvent::ExtensionGranted(_)
        | TransferEvent::ExtensionRefused(_)
        | TransferEvent::LatenessExplained(_)
        | TransferEvent::Urged(_)
        | TransferEvent::UrgeReplied(_)
        | TransferEvent::Supervised(_)
        | TransferEvent::Escalated(_)
        | TransferEvent::MeetingDecided(_)
        | TransferEvent::FailureAcknowledged(_)
        | TransferEvent::RoutingConfirmed(_)
        | TransferEvent::PlanFiled(_)
        | TransferEvent::ProgressReported(_)
        | TransferEvent::Reopened(_)
        | TransferEvent::AssistanceRequested(_)
        | TransferEvent::AssistanceReplied(_)
        | TransferEvent::AssistanceEnded(_)
        | TransferEvent::CrimeFound(_)
        | TransferEvent::CriminalOutcomeArrived(_)
        | TransferEvent::JointHandlingOpened(_)
        | TransferEvent::AssignedInternally(_) => {}
    }
}

fn mark(feedbacks: &mut Feedbacks, feedback: u32, state: FeedbackState) {
    if let Some(feedback) = feedbacks.get_mut(&feedback) {
        feedback.state = state;
    }
}
