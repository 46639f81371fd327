//! `POST /v1/transfers/{id}/supplement-request`: ask for a supplement 要求补正.

use super::{Act, ActCall, Context, TransferPath};
use crate::answers::problem::WriteProblems;
use crate::answers::transfer::TransferAnswer;
use crate::body::{ReadBody, Reading};
use crate::fields::Fields;
use crate::problem::Problem;
use crate::writing::WriteHeaders;
use axum::response::Response;
use contract::action::Action;
use contract::limits::{MATERIALS_MAX, REASON_MAX_CHARACTERS, TITLE_MAX_CHARACTERS};
use domain::Command;
use domain::transfer::commands::RequestSupplement;
use utoipa::ToSchema;

/// What is missing, and why it is needed.
#[derive(ToSchema)]
pub(crate) struct SupplementRequestBody {
    /// Why.
    #[schema(min_length = 1, max_length = 2000)]
    pub(crate) reason: String,
    /// What is missing, item by item.
    #[schema(max_items = 50, required = false)]
    pub(crate) missing: Vec<String>,
}

impl ReadBody for SupplementRequestBody {
    fn read(fields: &Fields<'_>, _: &Reading<'_>) -> Option<Self> {
        let reason = fields.text("reason", REASON_MAX_CHARACTERS);
        let missing = fields.texts("missing", MATERIALS_MAX, TITLE_MAX_CHARACTERS);
        Some(Self { reason: reason?, missing: missing? })
    }
}

impl Act for SupplementRequestBody {
    const ACTION: Action = Action::SupplementRequest;

    fn command(self, _: &Context<'_>) -> Command {
        Command::RequestSupplement(RequestSupplement { reason: self.reason, missing: self.missing })
    }
}

/// Ask for a supplement 要求补正
///
/// The receiver says what is missing; its clocks pause until the sender has answered.
#[utoipa::path(
    post,
    path = "/v1/transfers/{id}/supplement-request",
    tag = "act",
    params(TransferPath, WriteHeaders),
    request_body = SupplementRequestBody,
    responses((status = 200, description = "The transfer after the act", body = TransferAnswer), WriteProblems)
)]
pub(crate) async fn request_supplement(call: ActCall) -> Result<Response, Problem> {
    call.carry_out::<SupplementRequestBody>().await
}
