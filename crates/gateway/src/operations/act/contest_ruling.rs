//! `POST /v1/transfers/{id}/contest/ruling`: rule on a contest 裁定.

use super::{Act, ActCall, Context, TransferPath};
use crate::answers::problem::WriteProblems;
use crate::answers::transfer::TransferAnswer;
use crate::body::{ReadBody, Reading};
use crate::fields::Fields;
use crate::problem::Problem;
use crate::writing::WriteHeaders;
use axum::response::Response;
use contract::action::Action;
use contract::event::Ruling;
use contract::limits::REASON_MAX_CHARACTERS;
use domain::Command;
use domain::feedback::commands::RuleContest;
use utoipa::ToSchema;

/// The ruling.
#[derive(ToSchema)]
pub(crate) struct ContestRulingBody {
    /// Whether the feedback stands or the receiver must answer again.
    pub(crate) ruling: Ruling,
    /// Why.
    #[schema(min_length = 1, max_length = 2000)]
    pub(crate) reason: String,
}

impl ReadBody for ContestRulingBody {
    fn read(fields: &Fields<'_>, _: &Reading<'_>) -> Option<Self> {
        let ruling = fields.choice("ruling");
        let reason = fields.text("reason", REASON_MAX_CHARACTERS);
        Some(Self { ruling: ruling?, reason: reason? })
    }
}

impl Act for ContestRulingBody {
    const ACTION: Action = Action::ContestRuling;

    fn command(self, _: &Context<'_>) -> Command {
        Command::RuleContest(RuleContest { ruling: self.ruling, reason: self.reason })
    }
}

/// Rule on a contest 裁定
///
/// A supervisor of the coordination office rules: the feedback stands and the transfer closes, or the receiver must answer again.
#[utoipa::path(
    post,
    path = "/v1/transfers/{id}/contest/ruling",
    tag = "act",
    params(TransferPath, WriteHeaders),
    request_body = ContestRulingBody,
    responses((status = 200, description = "The transfer after the act", body = TransferAnswer), WriteProblems)
)]
pub(crate) async fn rule_contest(call: ActCall) -> Result<Response, Problem> {
    call.carry_out::<ContestRulingBody>().await
}
