//! Feedback in an answer.

use contract::event::{OutcomeCode, Part};
use serde::Serialize;
use utoipa::ToSchema;

/// One feedback 结果反馈.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = Feedback)]
pub(crate) struct FeedbackAnswer {
    /// Its number within the transfer: 1, 2, 3, …
    pub(crate) number: u32,
    /// Interim or final.
    pub(crate) kind: FeedbackKind,
    /// What the receiver reports.
    pub(crate) text: String,
    /// What came out; `null` in interim feedback.
    pub(crate) outcome: Option<OutcomeCode>,
    /// What each participant of a joint handling contributed; in its final feedback.
    pub(crate) parts: Vec<Part>,
    /// Why parts are missing in it; `null` where none is.
    pub(crate) without_parts: Option<String>,
    /// When it was given.
    #[schema(format = DateTime)]
    pub(crate) given_at: String,
    /// What became of it.
    pub(crate) state: FeedbackState,
}

/// Whether more is to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FeedbackKind {
    /// 阶段反馈: how far it is.
    Interim,
    /// 最终反馈: the answer.
    Final,
}

impl crate::fields::Choice for FeedbackKind {
    fn names() -> Vec<&'static str> {
        vec!["interim", "final"]
    }

    fn choose(name: &str) -> Option<Self> {
        match name {
            "interim" => Some(Self::Interim),
            "final" => Some(Self::Final),
            _ => None,
        }
    }
}

/// What became of a feedback.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FeedbackState {
    /// Given.
    Given,
    /// Confirmed by the sender, or after its silence by the office.
    Confirmed,
    /// Contested by the sender.
    Contested,
    /// Ruled upon by the office after a contest.
    Ruled,
}
