//! `POST /v1/transfers/{id}/supplement`: supply a supplement 补正.

use super::{Act, ActCall, Context, TransferPath};
use crate::answers::problem::WriteProblems;
use crate::answers::transfer::TransferAnswer;
use crate::body::{ReadBody, Reading};
use crate::fields::Fields;
use crate::problem::Problem;
use crate::writing::WriteHeaders;
use axum::response::Response;
use contract::action::Action;
use contract::limits::TEXT_MAX_CHARACTERS;
use domain::Command;
use domain::transfer::commands::SupplySupplement;
use utoipa::ToSchema;

/// What was supplied.
#[derive(ToSchema)]
pub(crate) struct SupplementBody {
    /// What was supplied, or why it cannot be.
    #[schema(min_length = 1, max_length = 4000)]
    pub(crate) note: String,
    /// Whether the materials came; otherwise `note` is the explanation.
    pub(crate) supplied: bool,
}

impl ReadBody for SupplementBody {
    fn read(fields: &Fields<'_>, _: &Reading<'_>) -> Option<Self> {
        let note = fields.text("note", TEXT_MAX_CHARACTERS);
        let supplied = fields.boolean("supplied");
        Some(Self { note: note?, supplied: supplied? })
    }
}

impl Act for SupplementBody {
    const ACTION: Action = Action::Supplement;

    fn command(self, _: &Context<'_>) -> Command {
        Command::SupplySupplement(SupplySupplement { note: self.note, supplied: self.supplied })
    }
}

/// Supply what was missing 补正
///
/// The sender answers the request for a supplement; the receiver's clocks run on.
#[utoipa::path(
    post,
    path = "/v1/transfers/{id}/supplement",
    tag = "act",
    params(TransferPath, WriteHeaders),
    request_body = SupplementBody,
    responses((status = 200, description = "The transfer after the act", body = TransferAnswer), WriteProblems)
)]
pub(crate) async fn supplement(call: ActCall) -> Result<Response, Problem> {
    call.carry_out::<SupplementBody>().await
}
