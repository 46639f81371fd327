//! `POST /v1/transfers/{id}/internal-assignment`: assign it internally 内部交办.

use super::{Act, ActCall, Context, TransferPath};
use crate::answers::problem::WriteProblems;
use crate::answers::transfer::TransferAnswer;
use crate::body::{ReadBody, Reading};
use crate::fields::Fields;
use crate::problem::Problem;
use crate::writing::WriteHeaders;
use axum::response::Response;
use chrono::NaiveDate;
use contract::action::Action;
use contract::limits::{NAME_MAX_CHARACTERS, REASON_MAX_CHARACTERS};
use domain::Command;
use domain::transfer::commands::AssignInternally;
use utoipa::ToSchema;

/// Who in the department works on it, and by when.
#[derive(ToSchema)]
pub(crate) struct InternalAssignmentBody {
    /// The section or brigade.
    #[schema(min_length = 1, max_length = 120)]
    pub(crate) unit: String,
    /// By when: inside the outer clock.
    pub(crate) due_on: NaiveDate,
    /// What it shall do.
    #[schema(min_length = 1, max_length = 2000)]
    pub(crate) note: Option<String>,
}

impl ReadBody for InternalAssignmentBody {
    fn read(fields: &Fields<'_>, _: &Reading<'_>) -> Option<Self> {
        let unit = fields.text("unit", NAME_MAX_CHARACTERS);
        let due_on = fields.day("due_on");
        let note = fields.optional_text("note", REASON_MAX_CHARACTERS);
        Some(Self { unit: unit?, due_on: due_on?, note })
    }
}

impl Act for InternalAssignmentBody {
    const ACTION: Action = Action::InternalAssignment;

    fn command(self, _: &Context<'_>) -> Command {
        let Self { unit, due_on, note } = self;
        Command::AssignInternally(AssignInternally { unit, due_on, note })
    }
}

/// Assign it internally 内部交办
///
/// The receiver gives it to a section or brigade of its own; nobody else sees that. A later assignment takes the place of the
/// earlier one.
#[utoipa::path(
    post,
    path = "/v1/transfers/{id}/internal-assignment",
    tag = "act",
    params(TransferPath, WriteHeaders),
    request_body = InternalAssignmentBody,
    responses((status = 200, description = "The transfer after the act", body = TransferAnswer), WriteProblems)
)]
pub(crate) async fn assign_internally(call: ActCall) -> Result<Response, Problem> {
    call.carry_out::<InternalAssignmentBody>().await
}
