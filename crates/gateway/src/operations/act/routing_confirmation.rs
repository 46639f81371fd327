//! `POST /v1/transfers/{id}/routing-confirmation`: confirm the department 确认承办部门.

use super::{Act, ActCall, Context, TransferPath, overseen};
use crate::answers::problem::WriteProblems;
use crate::answers::transfer::TransferAnswer;
use crate::body::{ReadBody, Reading};
use crate::fields::Fields;
use crate::problem::Problem;
use crate::writing::WriteHeaders;
use axum::response::Response;
use contract::action::Action;
use contract::ids::{DepartmentId, TransferId};
use contract::limits::REASON_MAX_CHARACTERS;
use domain::Command;
use domain::transfer::commands::ConfirmRouting;
use utoipa::ToSchema;

/// Who is responsible.
#[derive(ToSchema)]
pub(crate) struct RoutingConfirmationBody {
    /// The department that is responsible, of the office's region; the receiver itself, to confirm it.
    pub(crate) department: DepartmentId,
    /// Why.
    #[schema(min_length = 1, max_length = 2000)]
    pub(crate) reason: Option<String>,
}

impl ReadBody for RoutingConfirmationBody {
    fn read(fields: &Fields<'_>, reading: &Reading<'_>) -> Option<Self> {
        let department = fields.receiver("department", reading.registry);
        let reason = fields.optional_text("reason", REASON_MAX_CHARACTERS);
        let sender = reading.transfer.map(|transfer| &transfer.reference.from);
        let department = department
            .filter(|id| fields.not_the_sender("department", id, sender, reading.registry).is_some());
        if let Some(department) = &department {
            overseen::check(fields, "department", department, reading);
        }
        Some(Self { department: department?, reason })
    }
}

impl Act for RoutingConfirmationBody {
    const ACTION: Action = Action::RoutingConfirmation;

    fn command(self, context: &Context<'_>) -> Command {
        let office = context.registry.office_between(&context.transfer.reference.from, &self.department);
        Command::ConfirmRouting(ConfirmRouting {
            department: self.department,
            reason: self.reason,
            id: TransferId::fresh(),
            office,
        })
    }
}

/// Confirm the department 确认承办部门
///
/// A supervisor of the office confirms the lead that the matrix only assumes, or names the department that the transfer belongs
/// to; then a linked transfer goes there.
#[utoipa::path(
    post,
    path = "/v1/transfers/{id}/routing-confirmation",
    tag = "act",
    params(TransferPath, WriteHeaders),
    request_body = RoutingConfirmationBody,
    responses((status = 200, description = "The transfer after the act", body = TransferAnswer), WriteProblems)
)]
pub(crate) async fn confirm_routing(call: ActCall) -> Result<Response, Problem> {
    call.carry_out::<RoutingConfirmationBody>().await
}
