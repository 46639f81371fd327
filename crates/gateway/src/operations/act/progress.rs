//! `POST /v1/transfers/{id}/progress`: report progress 报送进展.

use super::{Act, ActCall, Context, TransferPath};
use crate::answers::problem::WriteProblems;
use crate::answers::transfer::TransferAnswer;
use crate::body::{ReadBody, Reading};
use crate::fields::Fields;
use crate::problem::Problem;
use crate::writing::WriteHeaders;
use axum::response::Response;
use contract::action::Action;
use contract::limits::{MATERIALS_MAX, TEXT_MAX_CHARACTERS, TITLE_MAX_CHARACTERS};
use domain::Command;
use domain::supervision::commands::ReportProgress;
use utoipa::ToSchema;

/// How far it has come.
#[derive(ToSchema)]
pub(crate) struct ProgressBody {
    /// How far it has come.
    #[schema(min_length = 1, max_length = 4000)]
    pub(crate) text: String,
    /// What proves it, item by item.
    #[schema(max_items = 50, required = false)]
    pub(crate) evidence: Vec<String>,
}

impl ReadBody for ProgressBody {
    fn read(fields: &Fields<'_>, _: &Reading<'_>) -> Option<Self> {
        let text = fields.text("text", TEXT_MAX_CHARACTERS);
        let evidence = fields.texts("evidence", MATERIALS_MAX, TITLE_MAX_CHARACTERS);
        Some(Self { text: text?, evidence: evidence? })
    }
}

impl Act for ProgressBody {
    const ACTION: Action = Action::Progress;

    fn command(self, _: &Context<'_>) -> Command {
        Command::ReportProgress(ReportProgress { text: self.text, evidence: self.evidence })
    }
}

/// Report progress 报送进展
///
/// The department that has the task reports; the next of its own dates begins to count.
#[utoipa::path(
    post,
    path = "/v1/transfers/{id}/progress",
    tag = "act",
    params(TransferPath, WriteHeaders),
    request_body = ProgressBody,
    responses((status = 200, description = "The transfer after the act", body = TransferAnswer), WriteProblems)
)]
pub(crate) async fn report_progress(call: ActCall) -> Result<Response, Problem> {
    call.carry_out::<ProgressBody>().await
}
