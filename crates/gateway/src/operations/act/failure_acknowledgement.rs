//! `POST /v1/transfers/{id}/failure-acknowledgement`: acknowledge a known failure 确认已知情况.

use super::{Act, ActCall, Context, TransferPath};
use crate::answers::problem::WriteProblems;
use crate::answers::transfer::TransferAnswer;
use crate::body::{ReadBody, Reading};
use crate::fields::Fields;
use crate::problem::Problem;
use crate::writing::WriteHeaders;
use axum::response::Response;
use chrono::{DateTime, Utc};
use contract::action::Action;
use contract::limits::REASON_MAX_CHARACTERS;
use domain::Command;
use domain::supervision::commands::AcknowledgeFailure;
use utoipa::ToSchema;

/// What is known of the failure, and until when it does not alarm.
#[derive(ToSchema)]
pub(crate) struct FailureAcknowledgementBody {
    /// What is known of it.
    #[schema(min_length = 1, max_length = 2000)]
    pub(crate) note: String,
    /// Until when it does not alarm.
    pub(crate) until: DateTime<Utc>,
}

impl ReadBody for FailureAcknowledgementBody {
    fn read(fields: &Fields<'_>, _: &Reading<'_>) -> Option<Self> {
        let note = fields.text("note", REASON_MAX_CHARACTERS);
        let until = fields.moment("until");
        Some(Self { note: note?, until: until? })
    }
}

impl Act for FailureAcknowledgementBody {
    const ACTION: Action = Action::FailureAcknowledgement;

    fn command(self, _: &Context<'_>) -> Command {
        Command::AcknowledgeFailure(AcknowledgeFailure { note: self.note, until: self.until })
    }
}

/// Acknowledge a known failure 确认已知情况
///
/// A supervisor of the coordination office says that it knows; until then the watch neither urges nor supervises, and the lists
/// can leave it out.
#[utoipa::path(
    post,
    path = "/v1/transfers/{id}/failure-acknowledgement",
    tag = "act",
    params(TransferPath, WriteHeaders),
    request_body = FailureAcknowledgementBody,
    responses((status = 200, description = "The transfer after the act", body = TransferAnswer), WriteProblems)
)]
pub(crate) async fn acknowledge_failure(call: ActCall) -> Result<Response, Problem> {
    call.carry_out::<FailureAcknowledgementBody>().await
}
