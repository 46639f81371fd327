//! `POST /v1/transfers/{id}/feedback/{n}/confirmation`: confirm final feedback 确认反馈.

use super::{Act, ActCall, Context, FeedbackPath};
use crate::answers::problem::WriteProblems;
use crate::answers::transfer::TransferAnswer;
use crate::body::{ReadBody, Reading};
use crate::fields::Fields;
use crate::problem::Problem;
use crate::writing::WriteHeaders;
use axum::response::Response;
use contract::action::Action;
use domain::Command;
use domain::feedback::commands::ConfirmFeedback;

/// Confirm. It says nothing more.
pub(crate) struct FeedbackConfirmation;

impl ReadBody for FeedbackConfirmation {
    const MAY_BE_EMPTY: bool = true;

    fn read(_: &Fields<'_>, _: &Reading<'_>) -> Option<Self> {
        Some(Self)
    }
}

impl Act for FeedbackConfirmation {
    const ACTION: Action = Action::FeedbackConfirmation;

    fn command(self, context: &Context<'_>) -> Command {
        Command::ConfirmFeedback(ConfirmFeedback { feedback: context.feedback })
    }
}

/// Confirm the final feedback 确认反馈
///
/// The sender takes the answer as it is; the transfer closes. After the sender let T18 run out, a supervisor of the office may confirm. The body is empty or `{}`.
#[utoipa::path(
    post,
    path = "/v1/transfers/{id}/feedback/{n}/confirmation",
    tag = "act",
    params(FeedbackPath, WriteHeaders),
    responses((status = 200, description = "The transfer after the act", body = TransferAnswer), WriteProblems)
)]
pub(crate) async fn confirm_feedback(call: ActCall) -> Result<Response, Problem> {
    call.carry_out::<FeedbackConfirmation>().await
}
