//! `POST /v1/transfers/{id}/dispute/agreement`: agree in a dispute 协商一致.

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
use domain::dispute::commands::AgreeInDispute;
use utoipa::ToSchema;

/// To which department one side would agree.
#[derive(ToSchema)]
pub(crate) struct DisputeAgreementBody {
    /// The department that this side would agree to; the sender itself takes the transfer back.
    pub(crate) department: DepartmentId,
}

impl ReadBody for DisputeAgreementBody {
    fn read(fields: &Fields<'_>, reading: &Reading<'_>) -> Option<Self> {
        let department = fields.receiver("department", reading.registry)?;
        let sender = reading.transfer.map(|transfer| &transfer.reference.from);
        if sender != Some(&department) {
            fields.not_the_sender("department", &department, sender, reading.registry)?;
        }
        Some(Self { department })
    }
}

impl Act for DisputeAgreementBody {
    const ACTION: Action = Action::DisputeAgreement;

    fn command(self, context: &Context<'_>) -> Command {
        let office = context.registry.office_between(&context.transfer.reference.from, &self.department);
        Command::AgreeInDispute(AgreeInDispute {
            department: self.department,
            id: TransferId::fresh(),
            office,
        })
    }
}

/// Agree in a dispute 协商一致
///
/// Each side names a department; once both name the same, the dispute is over and a linked transfer goes to it.
#[utoipa::path(
    post,
    path = "/v1/transfers/{id}/dispute/agreement",
    tag = "act",
    params(TransferPath, WriteHeaders),
    request_body = DisputeAgreementBody,
    responses((status = 200, description = "The transfer after the act", body = TransferAnswer), WriteProblems)
)]
pub(crate) async fn agree_in_dispute(call: ActCall) -> Result<Response, Problem> {
    call.carry_out::<DisputeAgreementBody>().await
}
