//! `POST /v1/transfers/{id}/objection/answer`: answer an objection 答复异议.

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
use domain::dispute::commands::AnswerObjection;
use utoipa::ToSchema;

/// Whether the sender agrees.
#[derive(ToSchema)]
pub(crate) struct ObjectionAnswerBody {
    /// Whether the sender agrees and takes the transfer back.
    pub(crate) agree: bool,
    /// What the sender says to it; only when it agrees.
    #[schema(min_length = 1, max_length = 2000)]
    pub(crate) note: Option<String>,
    /// Why not; required when it does not agree, and only then.
    #[schema(min_length = 1, max_length = 2000)]
    pub(crate) reason: Option<String>,
}

impl ReadBody for ObjectionAnswerBody {
    fn read(fields: &Fields<'_>, _: &Reading<'_>) -> Option<Self> {
        let agree = fields.boolean("agree");
        let note = fields.optional_text("note", REASON_MAX_CHARACTERS);
        let reason = fields.optional_text("reason", REASON_MAX_CHARACTERS);
        if agree? {
            fields.excludes("reason", "agree: true");
        } else {
            fields.excludes("note", "agree: false");
            fields.require("reason");
        }
        Some(Self { agree: agree?, note, reason })
    }
}

impl Act for ObjectionAnswerBody {
    const ACTION: Action = Action::ObjectionAnswer;

    fn command(self, _: &Context<'_>) -> Command {
        Command::AnswerObjection(match self.reason {
            Some(reason) if !self.agree => AnswerObjection::Dispute { reason },
            Some(_) | None => AnswerObjection::Agree { note: self.note },
        })
    }
}

/// Answer an objection 答复异议
///
/// The sender agrees, and the transfer is returned; or it does not, and a negotiation begins.
#[utoipa::path(
    post,
    path = "/v1/transfers/{id}/objection/answer",
    tag = "act",
    params(TransferPath, WriteHeaders),
    request_body = ObjectionAnswerBody,
    responses((status = 200, description = "The transfer after the act", body = TransferAnswer), WriteProblems)
)]
pub(crate) async fn answer_objection(call: ActCall) -> Result<Response, Problem> {
    call.carry_out::<ObjectionAnswerBody>().await
}
