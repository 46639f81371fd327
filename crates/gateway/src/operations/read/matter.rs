//! `GET /v1/matters/{id}`: the chain of transfers that grew from one origin.

use crate::answers::handoff_entry::HandoffEntry;
use crate::answers::list_entry::ListEntry;
use crate::answers::problem::ReadProblems;
use crate::civil_time::civil_text;
use crate::operations::handoff::reader;
use crate::problem::Problem;
use crate::reading::{Read, ReadHeaders};
use axum::Json;
use contract::ids::MatterId;
use contract::problem::ProblemCode;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

/// How many transfers, and how many handoffs, stand in the answer at most.
const ENTRIES_MAX: usize = 200;

/// The path of a matter.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "describes the path; the reader is below")]
pub(crate) struct MatterPath {
    /// The matter.
    id: MatterId,
}

/// A matter 案事项, as far as the caller may see it: administrative transfers, criminal handoffs and what came back.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Matter)]
pub(crate) struct MatterAnswer {
    /// Id.
    id: MatterId,
    /// Some of the transfers and handoffs that the caller may see are open, or may be: there are `more` of them.
    open: bool,
    /// When the first of them was sent.
    #[schema(format = DateTime)]
    first_sent_at: Option<String>,
    /// The transfers, first sent first.
    transfers: Vec<ListEntry>,
    /// The criminal handoffs, each with its lanes and their reverse handoffs, first opened first.
    handoffs: Vec<HandoffEntry>,
    /// There are more than 200 transfers or handoffs; the lists of them with `matter` give the rest, page by page.
    more: bool,
}

/// Read a matter
///
/// Only the transfers and handoffs that the caller may see stand in it.
#[utoipa::path(
    get,
    path = "/v1/matters/{id}",
    tag = "read",
    params(MatterPath, ReadHeaders),
    responses((status = 200, description = "The matter", body = MatterAnswer), ReadProblems)
)]
pub(crate) async fn read_matter(read: Read) -> Result<Json<MatterAnswer>, Problem> {
    read.parameters.known(&[])?;
    let not_found = || Problem::new(ProblemCode::MatterNotFound);
    let id: MatterId = read.id.as_deref().and_then(|id| id.parse().ok()).ok_or_else(not_found)?;
    let limit = i64::try_from(ENTRIES_MAX + 1).unwrap_or(i64::MAX);
    let mut transfers = read.app.views.matter_transfers(&read.visibility, id, limit).await?;
    let reader = reader(&read.caller, &read.registry);
    let mut handoffs = read.app.views.matter_handoffs(&reader, id, limit).await?;
    let more = transfers.len().max(handoffs.len()) > ENTRIES_MAX;
    transfers.truncate(ENTRIES_MAX);
    handoffs.truncate(ENTRIES_MAX);
    let first_sent = transfers.first().map(|transfer| transfer.sent_at);
    let first_opened = handoffs.first().map(|handoff| handoff.opened_at);
    let first = first_sent.into_iter().chain(first_opened).min().ok_or_else(not_found)?;
    read.note_fetched(transfers.iter().map(|transfer| {
        (transfer.id, vec![&transfer.from_department, &transfer.to_department, &transfer.office])
    }))
    .await?;
    // Of more than these it is not known.
    let open = more
        || transfers.iter().any(|transfer| !transfer.state.is_ended())
        || handoffs.iter().any(|handoff| handoff.open);
    let handoffs =
        handoffs.iter().map(|handoff| HandoffEntry::of(handoff, &read.registry, read.now)).collect();
    let entry = |transfer| ListEntry::of(transfer, &read.registry, read.now);
    let transfers = transfers.into_iter().map(entry).collect();
    Ok(Json(MatterAnswer { id, open, first_sent_at: Some(civil_text(first)), transfers, handoffs, more }))
}
