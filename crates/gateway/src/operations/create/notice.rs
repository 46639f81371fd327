//! `POST /v1/notices`: send a notice 情况通报.

use super::{Create, CreateCall, NewTransfer, Parts};
use crate::answers::problem::WriteProblems;
use crate::answers::transfer::TransferAnswer;
use crate::body::{ReadBody, Reading};
use crate::fields::Fields;
use crate::problem::Problem;
use crate::writing::WriteHeaders;
use axum::response::Response;
use contract::kind::TransferKind;

/// What is sent.
struct Body(NewTransfer);

impl ReadBody for Body {
    fn read(fields: &Fields<'_>, reading: &Reading<'_>) -> Option<Self> {
        NewTransfer::read(fields, reading).map(Self)
    }
}

impl Create for Body {
    const KIND: TransferKind = TransferKind::Notice;

    fn parts(self) -> Parts {
        Parts::of(self.0)
    }
}

/// Send a notice 情况通报
///
/// To be read; nothing else is owed.
#[utoipa::path(
    post,
    path = "/v1/notices",
    tag = "create",
    params(WriteHeaders),
    request_body = NewTransfer,
    responses((status = 201, description = "The transfer, delivered", body = TransferAnswer), WriteProblems)
)]
pub(crate) async fn send_notice(call: CreateCall) -> Result<Response, Problem> {
    call.carry_out::<Body>().await
}
