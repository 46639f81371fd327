//! `POST /v1/transfers/{id}/dispute/submission`: submit a dispute to the common superior 报请共同上级.

use super::{Act, ActCall, Context, TransferPath};
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
use domain::dispute::commands::SubmitDispute;
use utoipa::ToSchema;

/// What the superior should know.
#[derive(ToSchema)]
pub(crate) struct DisputeSubmissionBody {
    /// What the superior should know.
    #[schema(min_length = 1, max_length = 2000)]
    pub(crate) reason: String,
}

impl ReadBody for DisputeSubmissionBody {
    fn read(fields: &Fields<'_>, _: &Reading<'_>) -> Option<Self> {
        Some(Self { reason: fields.text("reason", REASON_MAX_CHARACTERS)? })
    }
}

impl Act for DisputeSubmissionBody {
    const ACTION: Action = Action::DisputeSubmission;

    fn command(self, context: &Context<'_>) -> Command {
        let parties = &context.transfer.reference;
        let superior = context.registry.common_superior(&parties.from, &parties.to);
        Command::SubmitDispute(SubmitDispute { superior, reason: self.reason })
    }
}

/// Submit a dispute to the common superior 报请共同上级
///
/// Either side asks the common superior to designate.
#[utoipa::path(
    post,
    path = "/v1/transfers/{id}/dispute/submission",
    tag = "act",
    params(TransferPath, WriteHeaders),
    request_body = DisputeSubmissionBody,
    responses((status = 200, description = "The transfer after the act", body = TransferAnswer), WriteProblems)
)]
pub(crate) async fn submit_dispute(call: ActCall) -> Result<Response, Problem> {
    call.carry_out::<DisputeSubmissionBody>().await
}
