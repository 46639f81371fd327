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
use contract::limits::{NAME_MAX_CHARACTERS, TEXT_MAX_CHARACTERS};
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
    /// The transfer standard 移送标准 that the case touches; `GET /v1/transfer-standards` lists them. A case that meets it
    /// and does not go to the police stands on the list of the procuratorate.
    #[schema(min_length = 1, max_length = 120)]
    pub(crate) standard: Option<String>,
    /// The amount involved in fen 分.
    pub(crate) amount_fen: Option<i64>,
    /// Earlier penalties of the same kind.
    #[schema(minimum = 1, maximum = 1000)]
    pub(crate) earlier_penalties: Option<u32>,
}

impl ReadBody for DecisionBody {
    fn read(fields: &Fields<'_>, _: &Reading<'_>) -> Option<Self> {
        let outcome = fields.choice("outcome");
        let summary = fields.text("summary", TEXT_MAX_CHARACTERS);
        let standard = fields.optional_text("standard", NAME_MAX_CHARACTERS);
        let amount_fen = fields.optional_fen("amount_fen");
        let earlier_penalties = fields.optional_count("earlier_penalties", 1000);
        Some(Self { outcome: outcome?, summary: summary?, standard, amount_fen, earlier_penalties })
    }
}

impl Act for DecisionBody {
    const ACTION: Action = Action::Decision;

    fn command(self, _: &Context<'_>) -> Command {
        Command::Decide(DecideCase {
            outcome: self.outcome,
            summary: self.summary,
            standard: self.standard,
            amount_fen: self.amount_fen,
            earlier_penalties: self.earlier_penalties,
        })
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
