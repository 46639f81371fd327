//! `POST /v1/transfers/{id}/withdrawal`: withdraw before acceptance 撤回.

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
use domain::transfer::commands::WithdrawTransfer;
use utoipa::ToSchema;

/// Why the sender withdraws.
#[derive(ToSchema)]
pub(crate) struct WithdrawalBody {
    /// Why.
    #[schema(min_length = 1, max_length = 2000)]
    pub(crate) reason: String,
}

impl ReadBody for WithdrawalBody {
    fn read(fields: &Fields<'_>, _: &Reading<'_>) -> Option<Self> {
        Some(Self { reason: fields.text("reason", REASON_MAX_CHARACTERS)? })
    }
}

impl Act for WithdrawalBody {
    const ACTION: Action = Action::Withdrawal;

    fn command(self, _: &Context<'_>) -> Command {
        Command::Withdraw(WithdrawTransfer { reason: self.reason })
    }
}

/// Withdraw before acceptance 撤回
///
/// The sender takes the transfer back before it was accepted.
#[utoipa::path(
    post,
    path = "/v1/transfers/{id}/withdrawal",
    tag = "act",
    params(TransferPath, WriteHeaders),
    request_body = WithdrawalBody,
    responses((status = 200, description = "The transfer after the act", body = TransferAnswer), WriteProblems)
)]
pub(crate) async fn withdraw(call: ActCall) -> Result<Response, Problem> {
    call.carry_out::<WithdrawalBody>().await
}
