//! `POST /v1/transfers/{id}/conversion`: make a clue of a notice 转为线索.

use super::{Act, ActCall, Context, TransferPath};
use crate::answers::problem::WriteProblems;
use crate::answers::transfer::TransferAnswer;
use crate::body::{ReadBody, Reading};
use crate::fields::Fields;
use crate::problem::Problem;
use crate::writing::WriteHeaders;
use axum::response::Response;
use contract::action::Action;
use contract::ids::TransferId;
use domain::Command;
use domain::transfer::commands::ConvertNotice;

/// Convert. It says nothing more.
pub(crate) struct Conversion;

impl ReadBody for Conversion {
    const MAY_BE_EMPTY: bool = true;

    fn read(_: &Fields<'_>, _: &Reading<'_>) -> Option<Self> {
        Some(Self)
    }
}

impl Act for Conversion {
    const ACTION: Action = Action::Conversion;

    fn command(self, _: &Context<'_>) -> Command {
        Command::Convert(ConvertNotice { id: TransferId::fresh() })
    }
}

/// Make a clue of a notice 转为线索
///
/// The receiver of a notice makes a clue of it, from the same sender to itself, already signed; the answer is the clue. The body is empty or `{}`.
#[utoipa::path(
    post,
    path = "/v1/transfers/{id}/conversion",
    tag = "act",
    params(TransferPath, WriteHeaders),
    responses((status = 200, description = "The transfer after the act", body = TransferAnswer), WriteProblems)
)]
pub(crate) async fn convert(call: ActCall) -> Result<Response, Problem> {
    call.carry_out::<Conversion>().await
}
