//! `POST /v1/transfers/{id}/reopening`: open a task again 重新开启.

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
use domain::supervision::commands::ReopenTask;
use utoipa::ToSchema;

/// Why it is opened again.
#[derive(ToSchema)]
pub(crate) struct ReopeningBody {
    /// Why.
    #[schema(min_length = 1, max_length = 2000)]
    pub(crate) reason: String,
}

impl ReadBody for ReopeningBody {
    fn read(fields: &Fields<'_>, _: &Reading<'_>) -> Option<Self> {
        let reason = fields.text("reason", REASON_MAX_CHARACTERS);
        Some(Self { reason: reason? })
    }
}

impl Act for ReopeningBody {
    const ACTION: Action = Action::Reopening;

    fn command(self, _: &Context<'_>) -> Command {
        Command::Reopen(ReopenTask { reason: self.reason })
    }
}

/// Open a task again 重新开启
///
/// Who struck the task off opens it again; its department owes an answer anew.
#[utoipa::path(
    post,
    path = "/v1/transfers/{id}/reopening",
    tag = "act",
    params(TransferPath, WriteHeaders),
    request_body = ReopeningBody,
    responses((status = 200, description = "The transfer after the act", body = TransferAnswer), WriteProblems)
)]
pub(crate) async fn reopen(call: ActCall) -> Result<Response, Problem> {
    call.carry_out::<ReopeningBody>().await
}
