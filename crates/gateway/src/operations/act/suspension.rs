//! `POST /v1/transfers/{id}/suspension`: suspend the clocks 中止.

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
use contract::clock::PauseReason;
use contract::limits::REASON_MAX_CHARACTERS;
use domain::Command;
use domain::time_limit::commands::SuspendClocks;
use utoipa::ToSchema;

/// Why the clocks stand still, what proves it, and until when at most.
#[derive(ToSchema)]
pub(crate) struct SuspensionBody {
    /// Why, from the closed list; a supplement is asked for by an act of its own.
    pub(crate) reason: PauseReason,
    /// What proves it: the number of the commission, the notice, the request.
    #[schema(min_length = 1, max_length = 2000)]
    pub(crate) evidence: String,
    /// The last day of it; then the clocks run on by themselves.
    pub(crate) until: NaiveDate,
}

impl ReadBody for SuspensionBody {
    fn read(fields: &Fields<'_>, _: &Reading<'_>) -> Option<Self> {
        let reason = fields.choice("reason");
        let evidence = fields.text("evidence", REASON_MAX_CHARACTERS);
        let until = fields.day("until");
        Some(Self { reason: reason?, evidence: evidence?, until: until? })
    }
}

impl Act for SuspensionBody {
    const ACTION: Action = Action::Suspension;

    fn command(self, _: &Context<'_>) -> Command {
        let Self { reason, evidence, until } = self;
        Command::Suspend(SuspendClocks { reason, evidence, until })
    }
}

/// Suspend the clocks 中止
///
/// The receiver lets those of its clocks stand still that the rule pack allows to for that reason. The days of the pause do
/// not count.
#[utoipa::path(
    post,
    path = "/v1/transfers/{id}/suspension",
    tag = "act",
    params(TransferPath, WriteHeaders),
    request_body = SuspensionBody,
    responses((status = 200, description = "The transfer after the act", body = TransferAnswer), WriteProblems)
)]
pub(crate) async fn suspend(call: ActCall) -> Result<Response, Problem> {
    call.carry_out::<SuspensionBody>().await
}
