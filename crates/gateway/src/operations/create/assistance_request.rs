//! `POST /v1/assistance-requests`: ask another department for assistance 协查.

use super::addressee::Addressing;
use super::{Create, CreateCall, NewTransfer, Parts};
use crate::answers::problem::WriteProblems;
use crate::answers::transfer::TransferAnswer;
use crate::body::{ReadBody, Reading};
use crate::fields::Fields;
use crate::problem::Problem;
use crate::writing::WriteHeaders;
use axum::response::Response;
use contract::kind::TransferKind;

/// What is asked; `origin` is the case for which.
pub(crate) struct NewAssistanceRequest(NewTransfer);

impl ReadBody for NewAssistanceRequest {
    fn read(fields: &Fields<'_>, reading: &Reading<'_>) -> Option<Self> {
        fields.require("origin");
        NewTransfer::read_as(fields, reading, Addressing::Assistance).map(Self)
    }
}

impl Create for NewAssistanceRequest {
    const KIND: TransferKind = TransferKind::AssistanceRequest;

    fn parts(self) -> Parts {
        Parts::of(self.0)
    }
}

/// Ask for assistance 协查
///
/// By the receiver of a case that it has accepted, which `origin` names and which stays where it is. The department asked
/// signs, and owes a reply: its final feedback closes the request and is written on the case.
#[utoipa::path(
    post,
    path = "/v1/assistance-requests",
    tag = "create",
    params(WriteHeaders),
    request_body = NewTransfer,
    responses((status = 201, description = "The request, delivered", body = TransferAnswer), WriteProblems)
)]
pub(crate) async fn send_assistance_request(call: CreateCall) -> Result<Response, Problem> {
    call.carry_out::<NewAssistanceRequest>().await
}
