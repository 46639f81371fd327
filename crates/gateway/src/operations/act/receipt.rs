//! `POST /v1/transfers/{id}/receipt`: sign 签收.

use super::{Act, ActCall, Context, TransferPath};
use crate::answers::problem::WriteProblems;
use crate::answers::transfer::TransferAnswer;
use crate::body::{ReadBody, Reading};
use crate::fields::Fields;
use crate::problem::Problem;
use crate::writing::WriteHeaders;
use axum::response::Response;
use contract::action::Action;
use domain::Command;

/// Sign. It says nothing more.
pub(crate) struct Receipt;

impl ReadBody for Receipt {
    const MAY_BE_EMPTY: bool = true;

    fn read(_: &Fields<'_>, _: &Reading<'_>) -> Option<Self> {
        Some(Self)
    }
}

impl Act for Receipt {
    const ACTION: Action = Action::Receipt;

    fn command(self, _: &Context<'_>) -> Command {
        Command::Sign
    }
}

/// Sign 签收
///
/// The receiver signs. A notice is read and closes with that; a supervision task is accepted with it. The body is empty or `{}`.
#[utoipa::path(
    post,
    path = "/v1/transfers/{id}/receipt",
    tag = "act",
    params(TransferPath, WriteHeaders),
    responses((status = 200, description = "The transfer after the act", body = TransferAnswer), WriteProblems)
)]
pub(crate) async fn sign(call: ActCall) -> Result<Response, Problem> {
    call.carry_out::<Receipt>().await
}
