//! `POST /v1/transfers/{id}/feedback/{n}/contest`: contest final feedback 对反馈提出异议.

use super::{Act, ActCall, Context, FeedbackPath};
use crate::answers::problem::WriteProblems;
use crate::answers::transfer::TransferAnswer;
use crate::body::{ReadBody, Reading};
use crate::fields::Fields;
use crate::problem::Problem;
use crate::writing::WriteHeaders;
use axum::response::Response;
use contract::action::Action;
use contract::limits::REASON_MAX_CHARACTERS;
use domain::Command;
use domain::feedback::commands::ContestFeedback;
use utoipa::ToSchema;

/// Why the sender does not take the answer.
#[derive(ToSchema)]
pub(crate) struct FeedbackContestBody {
    /// Why.
    #[schema(min_length = 1, max_length = 2000)]
    pub(crate) reason: String,
}

impl ReadBody for FeedbackContestBody {
    fn read(fields: &Fields<'_>, _: &Reading<'_>) -> Option<Self> {
        Some(Self { reason: fields.text("reason", REASON_MAX_CHARACTERS)? })
    }
}

impl Act for FeedbackContestBody {
    const ACTION: Action = Action::FeedbackContest;

    fn command(self, context: &Context<'_>) -> Command {
        Command::ContestFeedback(ContestFeedback { feedback: context.feedback, reason: self.reason })
    }
}

/// Contest the final feedback 对反馈提出异议
///
/// The sender contests the answer, once; the coordination office rules.
#[utoipa::path(
    post,
    path = "/v1/transfers/{id}/feedback/{n}/contest",
    tag = "act",
    params(FeedbackPath, WriteHeaders),
    request_body = FeedbackContestBody,
    responses((status = 200, description = "The transfer after the act", body = TransferAnswer), WriteProblems)
)]
pub(crate) async fn contest_feedback(call: ActCall) -> Result<Response, Problem> {
    call.carry_out::<FeedbackContestBody>().await
}
