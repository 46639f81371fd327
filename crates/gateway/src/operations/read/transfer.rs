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
use views::assignment::Assignment;
use views::transfer::WholeTransfer;

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
    let own = &read.caller.department;
    let whole = read.app.views.whole_transfer(&read.visibility, own, id).await?;
    let WholeTransfer { transfer, clocks, feedback, assignment } =
        whole.ok_or_else(|| Problem::new(ProblemCode::TransferNotFound))?;
    let by_party = is_party(&standing_in_views(&transfer, &clocks, read.now), own);
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

/// Records that the content was read over a route: for the auditor, and for the diagnosis of missed clocks.
pub(crate) async fn note_opened(
    read: &Read,
    id: TransferId,
    route: &'static str,
    by_party: bool,
) -> Result<(), Problem> {
    let (accounts, caller) = (&read.app.accounts, &read.caller);
    if by_party {
        accounts.audit_opened(caller, id, route, read.now).await?;
    } else {
        accounts.audit_read(caller, id, route, read.now).await?;
    }
    Ok(())
}
