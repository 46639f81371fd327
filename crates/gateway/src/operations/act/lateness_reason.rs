//! `POST /v1/transfers/{id}/lateness-reason`: say why it was late 说明逾期原因.

use super::{Act, ActCall, Context, TransferPath};
use crate::answers::problem::WriteProblems;
use crate::answers::transfer::TransferAnswer;
use crate::body::{ReadBody, Reading};
use crate::fields::Fields;
use crate::problem::Problem;
use crate::writing::WriteHeaders;
use axum::response::Response;
use contract::action::Action;
use contract::clock::{ClockCode, LatenessReason};
use contract::limits::REASON_MAX_CHARACTERS;
use domain::Command;
use domain::time_limit::commands::ExplainLateness;
use utoipa::ToSchema;

/// Which clock was late, and why.
#[derive(ToSchema)]
pub(crate) struct LatenessReasonBody {
    /// Which clock was late.
    pub(crate) code: ClockCode,
    /// Which run of it; the last late one where none is named.
    #[schema(minimum = 1, maximum = 10000)]
    pub(crate) run: Option<u32>,
    /// Why, in one word.
    pub(crate) reason: LatenessReason,
    /// More about it.
    #[schema(min_length = 1, max_length = 2000)]
    pub(crate) note: String,
}

impl ReadBody for LatenessReasonBody {
    fn read(fields: &Fields<'_>, _: &Reading<'_>) -> Option<Self> {
        let code = fields.choice("code");
        let run = fields.optional_count("run", 10_000);
        let reason = fields.choice("reason");
        let note = fields.text("note", REASON_MAX_CHARACTERS);
        Some(Self { code: code?, run, reason: reason?, note: note? })
    }
}

impl Act for LatenessReasonBody {
    const ACTION: Action = Action::LatenessReason;

    fn command(self, _: &Context<'_>) -> Command {
        let Self { code, run, reason, note } = self;
        Command::ExplainLateness(ExplainLateness { code, run, reason, note })
    }
}

/// Say why it was late 说明逾期原因
///
/// Whoever was late says why, also after the transfer has ended. It stays late.
#[utoipa::path(
    post,
    path = "/v1/transfers/{id}/lateness-reason",
    tag = "act",
    params(TransferPath, WriteHeaders),
    request_body = LatenessReasonBody,
    responses((status = 200, description = "The transfer after the act", body = TransferAnswer), WriteProblems)
)]
pub(crate) async fn explain_lateness(call: ActCall) -> Result<Response, Problem> {
    call.carry_out::<LatenessReasonBody>().await
}
