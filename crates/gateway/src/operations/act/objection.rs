//! `POST /v1/transfers/{id}/objection`: object to the jurisdiction 管辖异议.

use super::{Act, ActCall, Context, TransferPath};
use crate::answers::problem::WriteProblems;
use crate::answers::transfer::TransferAnswer;
use crate::body::{ReadBody, Reading};
use crate::fields::Fields;
use crate::problem::Problem;
use crate::writing::WriteHeaders;
use axum::response::Response;
use contract::action::Action;
use contract::event::ObjectionGround;
use contract::ids::DepartmentId;
use contract::limits::REASON_MAX_CHARACTERS;
use domain::Command;
use domain::dispute::commands::ObjectToTransfer;
use utoipa::ToSchema;

/// Why it is not the receiver's jurisdiction, and whose it is.
#[derive(ToSchema)]
pub(crate) struct ObjectionBody {
    /// Why.
    #[schema(min_length = 1, max_length = 2000)]
    pub(crate) reason: String,
    /// Which department it is instead.
    pub(crate) proposed_department: DepartmentId,
    /// Why, in one word.
    pub(crate) ground: Option<ObjectionGround>,
}

impl ReadBody for ObjectionBody {
    fn read(fields: &Fields<'_>, reading: &Reading<'_>) -> Option<Self> {
        let reason = fields.text("reason", REASON_MAX_CHARACTERS);
        let proposed_department = fields.receiver("proposed_department", reading.registry);
        let receiver = reading.transfer.map(|transfer| &transfer.reference.to);
        let proposed_department = proposed_department.filter(|id| {
            fields.not_the_receiver("proposed_department", id, receiver, reading.registry).is_some()
        });
        let ground = fields.optional_choice("ground");
        Some(Self { reason: reason?, proposed_department: proposed_department?, ground })
    }
}

impl Act for ObjectionBody {
    const ACTION: Action = Action::Objection;

    fn command(self, _: &Context<'_>) -> Command {
        let Self { reason, proposed_department, ground } = self;
        Command::Object(ObjectToTransfer { reason, proposed_department, ground })
    }
}

/// Object to the jurisdiction 管辖异议
///
/// The receiver objects, once, and proposes another department.
#[utoipa::path(
    post,
    path = "/v1/transfers/{id}/objection",
    tag = "act",
    params(TransferPath, WriteHeaders),
    request_body = ObjectionBody,
    responses((status = 200, description = "The transfer after the act", body = TransferAnswer), WriteProblems)
)]
pub(crate) async fn object(call: ActCall) -> Result<Response, Problem> {
    call.carry_out::<ObjectionBody>().await
}
