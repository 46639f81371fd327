//! `POST /v1/transfers/{id}/acceptance`: accept 受理.

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

/// Accept. It says nothing more.
pub(crate) struct Acceptance;

impl ReadBody for Acceptance {
    const MAY_BE_EMPTY: bool = true;

    fn read(_: &Fields<'_>, _: &Reading<'_>) -> Option<Self> {
        Some(Self)
    }
}

impl Act for Acceptance {
    const ACTION: Action = Action::Acceptance;

    fn command(self, _: &Context<'_>) -> Command {
        Command::Accept
    }
}

/// Accept 受理
///
/// The receiver accepts what it signed; its clocks of handling and feedback begin. The body is empty or `{}`.
#[utoipa::path(
    post,
    path = "/v1/transfers/{id}/acceptance",
    tag = "act",
    params(TransferPath, WriteHeaders),
    responses((status = 200, description = "The transfer after the act", body = TransferAnswer), WriteProblems)
)]
pub(crate) async fn accept(call: ActCall) -> Result<Response, Problem> {
    call.carry_out::<Acceptance>().await
}
