//! `POST /v1/transfers/{id}/designation`: designate the jurisdiction 指定管辖.

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
use domain::dispute::commands::DesignateJurisdiction;
use utoipa::ToSchema;

/// Who must handle it, and why.
#[derive(ToSchema)]
pub(crate) struct DesignationBody {
    /// The department that must handle it: one of the parties, or of the superior's region.
    pub(crate) department: DepartmentId,
    /// Why.
    #[schema(min_length = 1, max_length = 2000)]
    pub(crate) reason: String,
}

impl ReadBody for DesignationBody {
    fn read(fields: &Fields<'_>, reading: &Reading<'_>) -> Option<Self> {
        let department = fields.receiver("department", reading.registry);
        let sender = reading.transfer.map(|transfer| &transfer.reference.from);
        // Designated itself, the sender gets it back; a body that only counts as the sender cannot receive it.
        let department = department.filter(|id| {
            sender == Some(id) || fields.not_the_sender("department", id, sender, reading.registry).is_some()
        });
        if let Some(department) = &department {
            overseen::check(fields, "department", department, reading);
        }
        let reason = fields.text("reason", REASON_MAX_CHARACTERS);
        Some(Self { department: department?, reason: reason? })
    }
}

impl Act for DesignationBody {
    const ACTION: Action = Action::Designation;

    fn command(self, context: &Context<'_>) -> Command {
        let office = context.registry.office_between(&context.transfer.reference.from, &self.department);
        Command::Designate(DesignateJurisdiction {
            department: self.department,
            reason: self.reason,
            id: TransferId::fresh(),
            office,
        })
    }
}

/// Designate the jurisdiction 指定管辖
///
/// A supervisor of the common superior decides; binding. The department has it signed and accepted at once and may not
/// object; designated to its sender, it is returned.
#[utoipa::path(
    post,
    path = "/v1/transfers/{id}/designation",
    tag = "act",
    params(TransferPath, WriteHeaders),
    request_body = DesignationBody,
    responses((status = 200, description = "The transfer after the act", body = TransferAnswer), WriteProblems)
)]
pub(crate) async fn designate(call: ActCall) -> Result<Response, Problem> {
    call.carry_out::<DesignationBody>().await
}
