//! `POST /v1/transfers/{id}/urge`: urge the holder 催办.

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
use domain::supervision::commands::Urge;
use utoipa::ToSchema;

/// What the holder is told.
#[derive(ToSchema)]
pub(crate) struct UrgeBody {
    /// What the holder is told.
    #[schema(min_length = 1, max_length = 2000)]
    pub(crate) reason: String,
}

impl ReadBody for UrgeBody {
    fn read(fields: &Fields<'_>, _: &Reading<'_>) -> Option<Self> {
        let reason = fields.text("reason", REASON_MAX_CHARACTERS);
        Some(Self { reason: reason? })
    }
}

impl Act for UrgeBody {
    const ACTION: Action = Action::Urge;

    fn command(self, _: &Context<'_>) -> Command {
        Command::Urge(Urge { reason: self.reason })
    }
}

/// Urge the holder 催办
///
/// The sender, or a supervisor of the coordination office, demands a reply from the one who owes the next step.
#[utoipa::path(
    post,
    path = "/v1/transfers/{id}/urge",
    tag = "act",
    params(TransferPath, WriteHeaders),
    request_body = UrgeBody,
    responses((status = 200, description = "The transfer after the act", body = TransferAnswer), WriteProblems)
)]
pub(crate) async fn urge(call: ActCall) -> Result<Response, Problem> {
    call.carry_out::<UrgeBody>().await
}
