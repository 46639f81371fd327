//! `POST /v1/transfers/{id}/joint-handling`: handle it jointly 联合办理.

use super::{Act, ActCall, Context, TransferPath};
use crate::answers::problem::WriteProblems;
use crate::answers::transfer::TransferAnswer;
use crate::body::{ReadBody, Reading};
use crate::fields::Fields;
use crate::problem::Named;
use crate::problem::Problem;
use crate::writing::WriteHeaders;
use axum::response::Response;
use contract::action::Action;
use contract::ids::{DepartmentId, TransferId};
use contract::limits::TEXT_MAX_CHARACTERS;
use contract::problem::ProblemCode;
use domain::Command;
use domain::assistance::commands::{HandleJointly, NewParticipant};
use utoipa::ToSchema;

/// How many take part beside the lead at most.
const PARTICIPANTS_MAX: usize = 20;

/// Who takes part beside the lead.
#[derive(ToSchema)]
pub(crate) struct JointHandlingBody {
    /// The participants, each department once.
    #[schema(min_items = 1, max_items = 20)]
    pub(crate) participants: Vec<ParticipantBody>,
}

impl ReadBody for JointHandlingBody {
    fn read(fields: &Fields<'_>, reading: &Reading<'_>) -> Option<Self> {
        fields.require("participants");
        let participants =
            fields.objects("participants", PARTICIPANTS_MAX, |one| ParticipantBody::read(one, reading))?;
        if participants.is_empty() && fields.has("participants") {
            fields.wrong("participants", ProblemCode::FieldEmpty, Named::new());
        }
        for (at, one) in participants.iter().enumerate() {
            if participants[..at].iter().any(|earlier| earlier.department == one.department) {
                fields.wrong_entry("participants", at, (ProblemCode::FieldRepeated, Named::new()));
            }
        }
        Some(Self { participants })
    }
}

impl Act for JointHandlingBody {
    const ACTION: Action = Action::JointHandling;

    fn command(self, context: &Context<'_>) -> Command {
        let lead = &context.transfer.reference.to;
        let participant = |one: ParticipantBody| NewParticipant {
            office: context.registry.office_between(lead, &one.department),
            department: one.department,
            request: one.request,
            id: TransferId::fresh(),
        };
        Command::HandleJointly(HandleJointly {
            participants: self.participants.into_iter().map(participant).collect(),
        })
    }
}

/// A department that shall take part.
#[derive(ToSchema)]
pub(crate) struct ParticipantBody {
    /// The department.
    pub(crate) department: DepartmentId,
    /// What it shall contribute.
    #[schema(min_length = 1, max_length = 4000)]
    pub(crate) request: String,
}

impl ReadBody for ParticipantBody {
    fn read(fields: &Fields<'_>, reading: &Reading<'_>) -> Option<Self> {
        let department = fields.receiver("department", reading.registry);
        let request = fields.text("request", TEXT_MAX_CHARACTERS);
        let lead = reading.transfer.map(|transfer| &transfer.reference.to);
        let department = department
            .filter(|id| fields.not_the_receiver("department", id, lead, reading.registry).is_some());
        Some(Self { department: department?, request: request? })
    }
}

/// Handle it jointly 联合办理
///
/// The receiver leads. Each participant gets a request for its part; the final feedback of the lead merges the parts.
#[utoipa::path(
    post,
    path = "/v1/transfers/{id}/joint-handling",
    tag = "act",
    params(TransferPath, WriteHeaders),
    request_body = JointHandlingBody,
    responses((status = 200, description = "The transfer after the act", body = TransferAnswer), WriteProblems)
)]
pub(crate) async fn handle_jointly(call: ActCall) -> Result<Response, Problem> {
    call.carry_out::<JointHandlingBody>().await
}
