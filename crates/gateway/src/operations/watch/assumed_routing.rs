//! `GET /v1/watch/assumed-routing`: the receivers that an office still has to confirm or to name.

use crate::answers::list_entry::{ListEntry, PageAnswer};
use crate::answers::problem::ReadProblems;
use crate::cursor;
use crate::problem::Problem;
use crate::reading::{Read, ReadHeaders};
use axum::Json;
use contract::ids::DepartmentId;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};
use views::transfer::ListCursor;

const ROUTE: &str = "/v1/watch/assumed-routing";

/// Which part of the list.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters; the reader is below")]
pub(crate) struct AssumedRoutingParameters {
    /// How many entries a page has.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// A transfer whose receiver is not confirmed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AssumedRouting)]
pub(crate) struct AssumedRoutingEntry {
    /// The transfer.
    #[serde(flatten)]
    transfer: ListEntry,
    /// The subject matter by which it was routed.
    subject_matter: Option<String>,
    /// Whom the office may choose from, where no row may route it.
    candidates: Vec<DepartmentId>,
}

/// List the receivers to be confirmed
///
/// Transfers to a lead that the matrix only assumes, and those that no row may route; last sent first.
#[utoipa::path(
    get,
    path = "/v1/watch/assumed-routing",
    tag = "watch",
    params(AssumedRoutingParameters, ReadHeaders),
    responses((status = 200, description = "A page of the list", body = PageAnswer<AssumedRoutingEntry>), ReadProblems)
)]
pub(crate) async fn list_assumed_routing(
    read: Read,
) -> Result<Json<PageAnswer<AssumedRoutingEntry>>, Problem> {
    let parameters = &read.parameters;
    parameters.known(&["limit", "cursor"])?;
    let limit = parameters.limit(50, 200)?;
    let place: Option<ListCursor> = cursor::read(ROUTE, parameters)?;
    let page = read.app.views.routing_to_confirm(&read.visibility, place, limit).await?;
    read.note_fetched(page.entries.iter().map(|transfer| {
        (transfer.id, vec![&transfer.from_department, &transfer.to_department, &transfer.office])
    }))
    .await?;
    let next_cursor = page.next.map(|place| cursor::write(ROUTE, parameters, place));
    let entry = |mut transfer: views::transfer::Transfer| AssumedRoutingEntry {
        subject_matter: transfer.subject_matter.take(),
        candidates: std::mem::take(&mut transfer.terms.candidates),
        transfer: ListEntry::of(transfer, &read.registry, read.now),
    };
    Ok(Json(PageAnswer { data: page.entries.into_iter().map(entry).collect(), next_cursor }))
}
