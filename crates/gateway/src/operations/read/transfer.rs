//! `GET /v1/transfers/{id}`: one transfer.

use crate::answers::facts::AssignmentAnswer;
use crate::answers::problem::ReadProblems;
use crate::answers::transfer::TransferAnswer;
use crate::answers::{from_views, standing_in_views};
use crate::headers::entity_tag;
use crate::operations::act::TransferPath;
use crate::problem::Problem;
use crate::reading::{Read, ReadHeaders};
use crate::visibility::is_party;
use crate::writing::put;
use axum::Json;
use axum::http::header::ETAG;
use axum::response::{IntoResponse, Response};
use contract::ids::TransferId;
use contract::problem::ProblemCode;
use views::Visibility;
use views::assignment::Assignment;
use views::clock::Clock;
use views::feedback::Feedback;
use views::transfer::Transfer;

/// How often the parts are read again because the transfer moved between them.
const TRIES: u32 = 4;

/// Read a transfer
///
/// The same shape as the answers of writes. Names and identity numbers of persons are opened for the parties.
/// The reading is recorded.
#[utoipa::path(
    get,
    path = "/v1/transfers/{id}",
    tag = "read",
    params(TransferPath, ReadHeaders),
    responses(
        (status = 200, description = "The transfer", body = TransferAnswer, headers(("ETag" = String, description = "`\"v<version>\"`"))),
        ReadProblems
    )
)]
pub(crate) async fn read_transfer(read: Read) -> Result<Response, Problem> {
    read.parameters.known(&[])?;
    let id = read.transfer_id()?;
    let (transfer, clocks, feedback) = parts(&read, id).await?;
    // Whatever else the caller may see, of internal matters it is its own department's.
    let own = Visibility::Parties(read.caller.department.clone());
    let assignment = read.app.views.assignment_of(&own, id).await?;
    let by_party = is_party(&standing_in_views(&transfer, &clocks, read.now), &read.caller.department);
    note_opened(&read, id, "/v1/transfers/{id}", by_party).await?;
    let tag = entity_tag(transfer.version);
    let answer =
        from_views(&read.app, &read.caller, transfer, clocks, feedback, assignment.map(assigned)).await?;
    let mut response = Json(answer).into_response();
    put(response.headers_mut(), ETAG, &tag);
    Ok(response)
}

fn assigned(assignment: Assignment) -> AssignmentAnswer {
    AssignmentAnswer { unit: assignment.unit, due_on: assignment.due_on, note: assignment.note }
}

/// The transfer with its clocks and feedback, all of one version.
async fn parts(read: &Read, id: TransferId) -> Result<(Transfer, Vec<Clock>, Vec<Feedback>), Problem> {
    let (views, visibility) = (&read.app.views, &read.visibility);
    let not_found = || Problem::new(ProblemCode::TransferNotFound);
    let mut transfer = views.transfer_by_id(visibility, id).await?.ok_or_else(not_found)?;
    for _ in 0..TRIES {
        let clocks = views.clocks_of(visibility, id).await?;
        let feedback = views.feedback_of(visibility, id).await?;
        let again = views.transfer_by_id(visibility, id).await?.ok_or_else(not_found)?;
        if again.version == transfer.version {
            return Ok((again, clocks, feedback));
        }
        transfer = again;
    }
    Err(Problem::new(ProblemCode::ServiceUnavailable))
}

/// Records that the content was read over a route: for the auditor, and for the diagnosis of missed clocks.
pub(crate) async fn note_opened(
    read: &Read,
    id: TransferId,
    route: &'static str,
    by_party: bool,
) -> Result<(), Problem> {
    let accounts = &read.app.accounts;
    accounts.audit_read(&read.caller, id, route, read.now).await?;
    if by_party {
        accounts.note_opened(&read.caller.department, id, read.now).await?;
    }
    Ok(())
}
