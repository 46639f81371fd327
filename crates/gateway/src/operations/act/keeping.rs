//! `POST /v1/transfers/{id}/keeping`: keep a returned transfer 自行处理.

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
use domain::transfer::commands::KeepTransfer;
use utoipa::ToSchema;

/// Why the sender keeps it.
#[derive(ToSchema)]
pub(crate) struct KeepingBody {
    /// Why.
    #[schema(min_length = 1, max_length = 2000)]
    pub(crate) reason: String,
}

impl ReadBody for KeepingBody {
    fn read(fields: &Fields<'_>, _: &Reading<'_>) -> Option<Self> {
        Some(Self { reason: fields.text("reason", REASON_MAX_CHARACTERS)? })
    }
}

impl Act for KeepingBody {
    const ACTION: Action = Action::Keeping;

    fn command(self, _: &Context<'_>) -> Command {
        Command::Keep(KeepTransfer { reason: self.reason })
    }
}

/// Keep a returned transfer 自行处理
///
/// The sender handles it itself; the transfer closes.
#[utoipa::path(
    post,
    path = "/v1/transfers/{id}/keeping",
    tag = "act",
    params(TransferPath, WriteHeaders),
    request_body = KeepingBody,
    responses((status = 200, description = "The transfer after the act", body = TransferAnswer), WriteProblems)
)]
pub(crate) async fn keep(call: ActCall) -> Result<Response, Problem> {
    call.carry_out::<KeepingBody>().await
}
