//! `GET /v1/criminal-handoffs/{id}`: one handoff.

use super::{HandoffPath, handoff_id, note_read, reader};
use crate::answers::handoff::{HandoffAnswer, from_views, may_read};
use crate::answers::problem::ReadProblems;
use crate::headers::entity_tag;
use crate::problem::Problem;
use crate::reading::{Read, ReadHeaders};
use crate::writing::put;
use axum::Json;
use axum::http::header::ETAG;
use axum::response::{IntoResponse, Response};
use contract::ids::DepartmentId;
use contract::problem::ProblemCode;
use uuid::Uuid;
use views::handoff::Handoff;

/// The keys under which the names of those suspects are sealed of whom a department may read who they are: through the same one in
/// another handoff it would learn of the others. Who takes no part reads none.
fn known_subjects(department: &DepartmentId, handoff: &Handoff) -> Vec<Uuid> {
    if !handoff.seen_by.contains(department) {
        return Vec::new();
    }
    let after = &handoff.after;
    let is_judicial = after.judicial_audience().contains(department);
    let lanes = after.lanes.iter().filter(|lane| is_judicial || may_read(department, lane));
    lanes.filter_map(|lane| Some(lane.suspect.person_name.as_ref()?.parts()?.0)).collect()
}

/// Read a criminal handoff
///
/// The same shape as the answers of writes. From the filing on, the sender sees results only. The reading is recorded.
#[utoipa::path(
    get,
    path = "/v1/criminal-handoffs/{id}",
    tag = "handoff",
    params(HandoffPath, ReadHeaders),
    responses(
        (status = 200, description = "The handoff", body = HandoffAnswer, headers(("ETag" = String, description = "`\"v<version>\"`"))),
        ReadProblems
    )
)]
pub(crate) async fn read_handoff(read: Read) -> Result<Response, Problem> {
    read.parameters.known(&[])?;
    let id = handoff_id(&read)?;
    let reader = reader(&read.caller, &read.registry);
    let handoff = read.app.views.handoff_by_id(&reader, id).await?;
    let handoff = handoff.ok_or_else(|| Problem::new(ProblemCode::HandoffNotFound))?;
    note_read(&read, id, "/v1/criminal-handoffs/{id}").await?;
    let tag = entity_tag(handoff.version);
    let keys = known_subjects(&read.caller.department, &handoff);
    let keys = read.app.accounts.subject_keys_of_the_same(&keys).await?;
    let others = read.app.views.with_subjects(&reader, id, &keys).await?;
    let is_known =
        |other: &Handoff| known_subjects(&read.caller.department, other).iter().any(|key| keys.contains(key));
    let same = others.into_iter().filter(is_known).map(|other| other.id).collect();
    let documents = read.app.views.documents_of(id).await?;
    let answer = from_views(&read.app, &read.caller, handoff, documents, same).await?;
    let mut response = Json(answer).into_response();
    put(response.headers_mut(), ETAG, &tag);
    Ok(response)
}
