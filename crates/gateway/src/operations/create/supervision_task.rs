//! `POST /v1/supervision-tasks`: send a supervision task 督办事项.

use super::{Create, CreateCall, NewTransfer};
use crate::answers::problem::WriteProblems;
use crate::answers::transfer::TransferAnswer;
use crate::body::{ReadBody, Reading};
use crate::fields::Fields;
use crate::problem::Problem;
use crate::writing::WriteHeaders;
use axum::response::Response;
use chrono::NaiveDate;
use contract::kind::TransferKind;
use serde::Serialize;
use utoipa::ToSchema;

/// A new supervision task.
#[derive(Serialize, ToSchema)]
pub(crate) struct NewSupervisionTask {
    /// What all transfers have.
    #[serde(flatten)]
    pub(crate) transfer: NewTransfer,
    /// The day by which it is to be done.
    pub(crate) deadline: Option<NaiveDate>,
}

impl ReadBody for NewSupervisionTask {
    fn read(fields: &Fields<'_>, reading: &Reading<'_>) -> Option<Self> {
        let transfer = NewTransfer::read(fields, reading);
        let deadline = fields.optional_day("deadline");
        Some(Self { transfer: transfer?, deadline })
    }
}

impl Create for NewSupervisionTask {
    const KIND: TransferKind = TransferKind::SupervisionTask;

    fn parts(self) -> (NewTransfer, Option<NaiveDate>) {
        (self.transfer, self.deadline)
    }
}

/// Send a supervision task 督办事项
///
/// A task that a superior watches; it cannot be refused, and is accepted with the signature.
#[utoipa::path(
    post,
    path = "/v1/supervision-tasks",
    tag = "create",
    params(WriteHeaders),
    request_body = NewSupervisionTask,
    responses((status = 201, description = "The task, delivered", body = TransferAnswer), WriteProblems)
)]
pub(crate) async fn send_supervision_task(call: CreateCall) -> Result<Response, Problem> {
    call.carry_out::<NewSupervisionTask>().await
}
