//! `POST /v1/transfers/{id}/resumption`: resume the clocks 恢复.

use super::{Act, ActCall, Context, TransferPath};
use crate::answers::problem::WriteProblems;
use crate::answers::transfer::TransferAnswer;
use crate::body::{ReadBody, Reading};
use crate::fields::Fields;
use crate::problem::Problem;
use crate::writing::WriteHeaders;
use axum::response::Response;
use contract::action::Action;
use contract::limits::REASON_MAX_CHARACTERS;
use domain::Command;
use domain::time_limit::commands::ResumeClocks;
use utoipa::ToSchema;

/// What came of it.
#[derive(ToSchema)]
pub(crate) struct ResumptionBody {
    /// What came of it: the report, the minutes, the answer.
    #[schema(min_length = 1, max_length = 2000)]
    pub(crate) evidence: String,
}

impl ReadBody for ResumptionBody {
    fn read(fields: &Fields<'_>, _: &Reading<'_>) -> Option<Self> {
        let evidence = fields.text("evidence", REASON_MAX_CHARACTERS);
        Some(Self { evidence: evidence? })
    }
}

impl Act for ResumptionBody {
    const ACTION: Action = Action::Resumption;

    fn command(self, _: &Context<'_>) -> Command {
        Command::Resume(ResumeClocks { evidence: self.evidence })
    }
}

/// Resume the clocks 恢复
///
/// The receiver lets its clocks run on; their due moments are computed anew.
#[utoipa::path(
    post,
    path = "/v1/transfers/{id}/resumption",
    tag = "act",
    params(TransferPath, WriteHeaders),
    request_body = ResumptionBody,
    responses((status = 200, description = "The transfer after the act", body = TransferAnswer), WriteProblems)
)]
pub(crate) async fn resume(call: ActCall) -> Result<Response, Problem> {
    call.carry_out::<ResumptionBody>().await
}
