//! `POST /v1/transfers/{id}/extension`: ask for more time 申请延期.

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
use contract::clock::ClockCode;
use contract::limits::REASON_MAX_CHARACTERS;
use domain::Command;
use domain::time_limit::commands::RequestExtension;
use utoipa::ToSchema;

/// For which clock, and why.
#[derive(ToSchema)]
pub(crate) struct ExtensionBody {
    /// For which clock; it is the caller's own and has not run out.
    pub(crate) code: ClockCode,
    /// Why.
    #[schema(min_length = 1, max_length = 2000)]
    pub(crate) reason: String,
    /// The day to which it shall run; only where the clock runs by the task's own dates, and required there.
    pub(crate) until: Option<NaiveDate>,
}

impl ReadBody for ExtensionBody {
    fn read(fields: &Fields<'_>, _: &Reading<'_>) -> Option<Self> {
        let code = fields.choice("code");
        let reason = fields.text("reason", REASON_MAX_CHARACTERS);
        let until = fields.optional_day("until");
        Some(Self { code: code?, reason: reason?, until })
    }
}

impl Act for ExtensionBody {
    const ACTION: Action = Action::Extension;

    fn command(self, _: &Context<'_>) -> Command {
        let Self { code, reason, until } = self;
        Command::RequestExtension(RequestExtension { code, reason, until })
    }
}

/// Ask for more time 申请延期
///
/// The holder asks before its clock runs out. The first time the head of its department decides, a second time the
/// coordination office.
#[utoipa::path(
    post,
    path = "/v1/transfers/{id}/extension",
    tag = "act",
    params(TransferPath, WriteHeaders),
    request_body = ExtensionBody,
    responses((status = 200, description = "The transfer after the act", body = TransferAnswer), WriteProblems)
)]
pub(crate) async fn request_extension(call: ActCall) -> Result<Response, Problem> {
    call.carry_out::<ExtensionBody>().await
}
