//! `POST /v1/transfers/{id}/urge/reply`: reply to an urging 答复催办.

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
use contract::limits::TEXT_MAX_CHARACTERS;
use domain::Command;
use domain::civil;
use domain::supervision::commands::ReplyToUrge;
use utoipa::ToSchema;

/// Why it is late, and by when it will be done.
#[derive(ToSchema)]
pub(crate) struct UrgeReplyBody {
    /// Why it is late, and what is being done.
    #[schema(min_length = 1, max_length = 4000)]
    pub(crate) text: String,
    /// By when it will be done.
    pub(crate) expected_on: Option<NaiveDate>,
}

impl ReadBody for UrgeReplyBody {
    fn read(fields: &Fields<'_>, reading: &Reading<'_>) -> Option<Self> {
        let text = fields.text("text", TEXT_MAX_CHARACTERS);
        let expected_on = fields.optional_day("expected_on");
        fields.not_over("expected_on", expected_on, civil::day_of(reading.now));
        Some(Self { text: text?, expected_on })
    }
}

impl Act for UrgeReplyBody {
    const ACTION: Action = Action::UrgeReply;

    fn command(self, _: &Context<'_>) -> Command {
        Command::ReplyToUrge(ReplyToUrge { text: self.text, expected_on: self.expected_on })
    }
}

/// Reply to an urging 答复催办
///
/// The department that was urged or supervised answers.
#[utoipa::path(
    post,
    path = "/v1/transfers/{id}/urge/reply",
    tag = "act",
    params(TransferPath, WriteHeaders),
    request_body = UrgeReplyBody,
    responses((status = 200, description = "The transfer after the act", body = TransferAnswer), WriteProblems)
)]
pub(crate) async fn reply_to_urge(call: ActCall) -> Result<Response, Problem> {
    call.carry_out::<UrgeReplyBody>().await
}
