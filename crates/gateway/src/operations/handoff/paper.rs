//! `GET /v1/criminal-handoffs/{id}/documents/{version}`: the paper of a step, printed.

use super::{handoff_id, note_read, reader};
use crate::answers::problem::{ProblemAnswer, ReadProblems};
use crate::problem::Problem;
use crate::reading::{Read, ReadHeaders};
use axum::response::Response;
use contract::ids::HandoffId;
use contract::problem::ProblemCode;
use utoipa::IntoParams;
#[cfg(not(feature = "pdf"))]
use views::handoff::HandoffDocument;

/// The path of a paper.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "describes the path; the reader is below")]
pub(crate) struct PaperPath {
    /// The handoff.
    id: HandoffId,
    /// Version of the handoff after the step, as `documents` lists it.
    #[param(minimum = 1)]
    version: i64,
}

/// Print a paper
///
/// As PDF, A4, in Chinese, from the data of the step. 501 `handoff.not-printable` in a build without the feature `pdf`,
/// for a kind that has no template, and where no installed font has a character of it. The reading is recorded.
#[utoipa::path(
    get,
    path = "/v1/criminal-handoffs/{id}/documents/{version}",
    tag = "handoff",
    params(PaperPath, ReadHeaders),
    responses(
        (status = 200, description = "The paper", content_type = "application/pdf"),
        (
            status = 501,
            description = "This build does not print papers, or not this one.",
            body = ProblemAnswer,
            content_type = "application/problem+json"
        ),
        ReadProblems
    )
)]
pub(crate) async fn print_paper(read: Read) -> Result<Response, Problem> {
    read.parameters.known(&[])?;
    let id = handoff_id(&read)?;
    let handoff = read.app.views.handoff_by_id(&reader(&read.caller, &read.registry), id).await?;
    let handoff = handoff.ok_or_else(|| Problem::new(ProblemCode::HandoffNotFound))?;
    let wanted = read.version.as_deref().and_then(|version| version.parse::<i64>().ok());
    let documents = read.app.views.documents_of(id).await?;
    let document = documents.iter().find(|document| Some(document.version) == wanted);
    let document = document.ok_or_else(|| Problem::new(ProblemCode::HandoffNoPaper))?;
    note_read(&read, id, "/v1/criminal-handoffs/{id}/documents/{version}").await?;
    print(&read, &handoff, document, &documents).await
}

#[cfg(not(feature = "pdf"))]
#[expect(clippy::unused_async, reason = "the printing build awaits")]
async fn print(
    _: &Read,
    _: &views::handoff::Handoff,
    _: &HandoffDocument,
    _: &[HandoffDocument],
) -> Result<Response, Problem> {
    Err(Problem::new(ProblemCode::HandoffNotPrintable))
}

#[cfg(feature = "pdf")]
use super::print::print;
