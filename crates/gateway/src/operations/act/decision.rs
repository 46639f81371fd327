//! `POST /v1/transfers/{id}/decision`: record the decision 处理决定.

use super::{Act, ActCall, Context, TransferPath};
use crate::answers::problem::WriteProblems;
use crate::answers::transfer::TransferAnswer;
use crate::body::{ReadBody, Reading};
use crate::fields::Fields;
use crate::problem::Problem;
use crate::writing::WriteHeaders;
use axum::response::Response;
use contract::action::Action;
use contract::event::OutcomeCode;
use contract::limits::TEXT_MAX_CHARACTERS;
use domain::Command;
use domain::transfer::commands::DecideCase;
use utoipa::ToSchema;

/// What was decided.
#[derive(ToSchema)]
pub(crate) struct DecisionBody {
    /// What came out.
    pub(crate) outcome: OutcomeCode,
    /// The decision in short.
    #[schema(min_length = 1, max_length = 4000)]
    pub(crate) summary: String,
}

impl ReadBody for DecisionBody {
    fn read(fields: &Fields<'_>, _: &Reading<'_>) -> Option<Self> {
        let outcome = fields.choice("outcome");
        let summary = fields.text("summary", TEXT_MAX_CHARACTERS);
        Some(Self { outcome: outcome?, summary: summary? })
    }
}

impl Act for DecisionBody {
    const ACTION: Action = Action::Decision;

    fn command(self, _: &Context<'_>) -> Command {
        Command::Decide(DecideCase { outcome: self.outcome, summary: self.summary })
    }
}

/// Record the decision of the case 处理决定
///
/// The receiver of a filed case records what was decided; the clock of the final feedback begins.
#[utoipa::path(
    post,
    path = "/v1/transfers/{id}/decision",
    tag = "act",
    params(TransferPath, WriteHeaders),
    request_body = DecisionBody,
    responses((status = 200, description = "The transfer after the act", body = TransferAnswer), WriteProblems)
)]
pub(crate) async fn decide(call: ActCall) -> Result<Response, Problem> {
    call.carry_out::<DecisionBody>().await
}
