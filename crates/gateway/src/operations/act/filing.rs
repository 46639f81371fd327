//! `POST /v1/transfers/{id}/filing`: decide whether a case is filed 立案.

use super::{Act, ActCall, Context, TransferPath};
use crate::answers::problem::WriteProblems;
use crate::answers::transfer::TransferAnswer;
use crate::body::{ReadBody, Reading};
use crate::fields::Fields;
use crate::problem::Problem;
use crate::writing::WriteHeaders;
use axum::response::Response;
use contract::action::Action;
use contract::limits::{NAME_MAX_CHARACTERS, REASON_MAX_CHARACTERS};
use domain::Command;
use domain::transfer::commands::FileCase;
use utoipa::ToSchema;

/// Whether a case is filed.
#[derive(ToSchema)]
pub(crate) struct FilingBody {
    /// Whether a case is filed.
    pub(crate) filed: bool,
    /// The receiver's own case number; only when a case is filed.
    #[schema(min_length = 1, max_length = 120)]
    pub(crate) case_number: Option<String>,
    /// Why not; required when no case is filed, and only then.
    #[schema(min_length = 1, max_length = 2000)]
    pub(crate) reason: Option<String>,
}

impl ReadBody for FilingBody {
    fn read(fields: &Fields<'_>, _: &Reading<'_>) -> Option<Self> {
        let filed = fields.boolean("filed");
        let case_number = fields.optional_text("case_number", NAME_MAX_CHARACTERS);
        let reason = fields.optional_text("reason", REASON_MAX_CHARACTERS);
        if filed? {
            fields.excludes("reason", "filed: true");
        } else {
            fields.excludes("case_number", "filed: false");
            fields.require("reason");
        }
        Some(Self { filed: filed?, case_number, reason })
    }
}

impl Act for FilingBody {
    const ACTION: Action = Action::Filing;

    fn command(self, _: &Context<'_>) -> Command {
        Command::File(match self.reason {
            Some(reason) if !self.filed => FileCase::NotFiled { reason },
            Some(_) | None => FileCase::Filed { case_number: self.case_number },
        })
    }
}

/// Decide whether a case is filed 立案
///
/// The receiver of an accepted transfer files a case, or says why not.
#[utoipa::path(
    post,
    path = "/v1/transfers/{id}/filing",
    tag = "act",
    params(TransferPath, WriteHeaders),
    request_body = FilingBody,
    responses((status = 200, description = "The transfer after the act", body = TransferAnswer), WriteProblems)
)]
pub(crate) async fn file(call: ActCall) -> Result<Response, Problem> {
    call.carry_out::<FilingBody>().await
}
