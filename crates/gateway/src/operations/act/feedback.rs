//! `POST /v1/transfers/{id}/feedback`: give feedback 结果反馈.

use super::{Act, ActCall, Context, TransferPath};
use crate::answers::feedback::FeedbackKind;
use crate::answers::problem::WriteProblems;
use crate::answers::transfer::TransferAnswer;
use crate::body::{ReadBody, Reading};
use crate::fields::Fields;
use crate::problem::{Named, Problem};
use crate::writing::WriteHeaders;
use axum::response::Response;
use contract::action::Action;
use contract::event::OutcomeCode;
use contract::limits::{REASON_MAX_CHARACTERS, TEXT_MAX_CHARACTERS};
use contract::problem::ProblemCode;
use domain::Command;
use domain::feedback::commands::GiveFeedback;
use utoipa::ToSchema;

/// What the receiver reports.
#[derive(ToSchema)]
pub(crate) struct FeedbackBody {
    /// Interim or final.
    pub(crate) kind: FeedbackKind,
    /// What the receiver reports.
    #[schema(min_length = 1, max_length = 4000)]
    pub(crate) text: String,
    /// What came out; required in final feedback, and only there.
    pub(crate) outcome: Option<OutcomeCode>,
    /// Why the lead of a joint handling answers without the parts that are outstanding; in final feedback only.
    #[schema(min_length = 1, max_length = 2000)]
    pub(crate) without_parts: Option<String>,
}

impl ReadBody for FeedbackBody {
    fn read(fields: &Fields<'_>, _: &Reading<'_>) -> Option<Self> {
        let kind = fields.choice("kind");
        let text = fields.text("text", TEXT_MAX_CHARACTERS);
        let outcome = fields.optional_choice("outcome");
        let without_parts = fields.optional_text("without_parts", REASON_MAX_CHARACTERS);
        let is_final = kind? == FeedbackKind::Final;
        if !is_final {
            fields.excludes("without_parts", "kind: interim");
        }
        if is_final != fields.has("outcome") {
            fields.wrong("outcome", ProblemCode::OutcomeRequired, Named::new());
        }
        Some(Self { kind: kind?, text: text?, outcome, without_parts })
    }
}

impl Act for FeedbackBody {
    const ACTION: Action = Action::Feedback;

    fn command(self, _: &Context<'_>) -> Command {
        let outcome = match self.kind {
            FeedbackKind::Interim => None,
            FeedbackKind::Final => self.outcome,
        };
        Command::GiveFeedback(GiveFeedback { text: self.text, outcome, without_parts: self.without_parts })
    }
}

/// Give feedback 结果反馈
///
/// The receiver reports how far it is, or answers for good; final feedback waits for the sender's confirmation.
/// The answer to a request for assistance is final feedback; it closes the request and is written on its case.
#[utoipa::path(
    post,
    path = "/v1/transfers/{id}/feedback",
    tag = "act",
    params(TransferPath, WriteHeaders),
    request_body = FeedbackBody,
    responses((status = 200, description = "The transfer after the act", body = TransferAnswer), WriteProblems)
)]
pub(crate) async fn give_feedback(call: ActCall) -> Result<Response, Problem> {
    call.carry_out::<FeedbackBody>().await
}
