//! `POST /v1/transfers/{id}/extension/decision`: decide on an extension 审批延期.

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
use domain::time_limit::commands::DecideExtension;
use utoipa::ToSchema;

/// Whether more time is granted.
#[derive(ToSchema)]
pub(crate) struct ExtensionDecisionBody {
    /// Whether it is granted.
    pub(crate) granted: bool,
    /// What is said with it; only when it is granted.
    #[schema(min_length = 1, max_length = 2000)]
    pub(crate) note: Option<String>,
    /// Why not; required when it is not granted, and only then.
    #[schema(min_length = 1, max_length = 2000)]
    pub(crate) reason: Option<String>,
}

impl ReadBody for ExtensionDecisionBody {
    fn read(fields: &Fields<'_>, _: &Reading<'_>) -> Option<Self> {
        let granted = fields.boolean("granted");
        let note = fields.optional_text("note", REASON_MAX_CHARACTERS);
        let reason = fields.optional_text("reason", REASON_MAX_CHARACTERS);
        if granted? {
            fields.excludes("reason", "granted: true");
        } else {
            fields.excludes("note", "granted: false");
            fields.require("reason");
        }
        Some(Self { granted: granted?, note, reason })
    }
}

impl Act for ExtensionDecisionBody {
    const ACTION: Action = Action::ExtensionDecision;

    fn command(self, _: &Context<'_>) -> Command {
        Command::DecideExtension(match self.reason {
            Some(reason) if !self.granted => DecideExtension::Refuse { reason },
            Some(_) | None => DecideExtension::Grant { note: self.note },
        })
    }
}

/// Decide on an extension 审批延期
///
/// By the head of the department that asked; a second extension by a supervisor of the coordination office.
#[utoipa::path(
    post,
    path = "/v1/transfers/{id}/extension/decision",
    tag = "act",
    params(TransferPath, WriteHeaders),
    request_body = ExtensionDecisionBody,
    responses((status = 200, description = "The transfer after the act", body = TransferAnswer), WriteProblems)
)]
pub(crate) async fn decide_extension(call: ActCall) -> Result<Response, Problem> {
    call.carry_out::<ExtensionDecisionBody>().await
}
