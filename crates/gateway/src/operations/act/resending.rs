//! `POST /v1/transfers/{id}/resending`: send a returned transfer anew 重新移送.

use super::{Act, ActCall, Context, TransferPath};
use crate::answers::problem::WriteProblems;
use crate::answers::transfer::TransferAnswer;
use crate::body::{ReadBody, Reading};
use crate::fields::Fields;
use crate::problem::Problem;
use crate::writing::WriteHeaders;
use axum::response::Response;
use contract::action::Action;
use contract::ids::{DepartmentId, TransferId};
use domain::Command;
use domain::transfer::commands::ResendTransfer;
use utoipa::ToSchema;

/// To whom it goes now.
#[derive(ToSchema)]
pub(crate) struct ResendingBody {
    /// The new receiver.
    pub(crate) to: DepartmentId,
}

impl ReadBody for ResendingBody {
    fn read(fields: &Fields<'_>, reading: &Reading<'_>) -> Option<Self> {
        let to = fields.receiver("to", reading.registry)?;
        let sender = reading.transfer.map(|transfer| &transfer.reference.from);
        fields.not_the_sender("to", &to, sender, reading.registry)?;
        Some(Self { to })
    }
}

impl Act for ResendingBody {
    const ACTION: Action = Action::Resending;

    fn command(self, context: &Context<'_>) -> Command {
        let office = context.registry.office_between(&context.transfer.reference.from, &self.to);
        Command::Resend(ResendTransfer { id: TransferId::fresh(), to: self.to, office })
    }
}

/// Send a returned transfer anew 重新移送
///
/// The sender sends what was returned to another department; the answer is the new, linked transfer.
#[utoipa::path(
    post,
    path = "/v1/transfers/{id}/resending",
    tag = "act",
    params(TransferPath, WriteHeaders),
    request_body = ResendingBody,
    responses((status = 200, description = "The transfer after the act", body = TransferAnswer), WriteProblems)
)]
pub(crate) async fn resend(call: ActCall) -> Result<Response, Problem> {
    call.carry_out::<ResendingBody>().await
}
