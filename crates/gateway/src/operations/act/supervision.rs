//! `POST /v1/transfers/{id}/supervision`: supervise the holder 督办.

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
use domain::supervision::commands::Supervise;
use utoipa::ToSchema;

/// What the office says.
#[derive(ToSchema)]
pub(crate) struct SupervisionBody {
    /// What the office says.
    #[schema(min_length = 1, max_length = 2000)]
    pub(crate) reason: String,
}

impl ReadBody for SupervisionBody {
    fn read(fields: &Fields<'_>, _: &Reading<'_>) -> Option<Self> {
        let reason = fields.text("reason", REASON_MAX_CHARACTERS);
        Some(Self { reason: reason? })
    }
}

impl Act for SupervisionBody {
    const ACTION: Action = Action::Supervision;

    fn command(self, _: &Context<'_>) -> Command {
        Command::Supervise(Supervise { reason: self.reason })
    }
}

/// Supervise the holder 督办
///
/// A supervisor of the coordination office demands reasons and a date from the one who owes the next step.
#[utoipa::path(
    post,
    path = "/v1/transfers/{id}/supervision",
    tag = "act",
    params(TransferPath, WriteHeaders),
    request_body = SupervisionBody,
    responses((status = 200, description = "The transfer after the act", body = TransferAnswer), WriteProblems)
)]
pub(crate) async fn supervise(call: ActCall) -> Result<Response, Problem> {
    call.carry_out::<SupervisionBody>().await
}
