//! `GET /v1/transfers/{id}/events`: what happened to a transfer.

use super::transfer::note_opened;
use crate::answers::event::EventAnswer;
use crate::answers::list_entry::PageAnswer;
use crate::answers::problem::ReadProblems;
use crate::cursor;
use crate::operations::act::TransferPath;
use crate::problem::Problem;
use crate::reading::{Read, ReadHeaders};
use axum::Json;
use contract::problem::ProblemCode;
use utoipa::IntoParams;

const ROUTE: &str = "/v1/transfers/{id}/events";

/// Which part of the history.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters; the reader is below")]
pub(crate) struct HistoryParameters {
    /// How many events a page has.
    #[param(minimum = 1, maximum = 200, default = 100)]
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Read the history of a transfer
///
/// First event first.
#[utoipa::path(
    get,
    path = "/v1/transfers/{id}/events",
    tag = "read",
    params(TransferPath, HistoryParameters, ReadHeaders),
    responses((status = 200, description = "A page of its events", body = PageAnswer<EventAnswer>), ReadProblems)
)]
pub(crate) async fn read_transfer_events(read: Read) -> Result<Json<PageAnswer<EventAnswer>>, Problem> {
    read.parameters.known(&["limit", "cursor"])?;
    let limit = read.parameters.limit(100, 200)?;
    let id = read.transfer_id()?;
    let after: Option<i64> = cursor::read(ROUTE, &read.parameters)?;
    let transfer = read.app.views.transfer_by_id(&read.visibility, id).await?;
    let transfer = transfer.ok_or_else(|| Problem::new(ProblemCode::TransferNotFound))?;
    let events = read.app.views.events_of(&read.visibility, id, after.unwrap_or(0), limit).await?;
    let own = &read.caller.department;
    let parties = [&transfer.from_department, &transfer.to_department, &transfer.office];
    note_opened(&read, id, ROUTE, parties.contains(&own) || transfer.holder.as_ref() == Some(own)).await?;
    // Less than a page is all that the caller may see: what is internal to another department is left out.
    let is_full = i64::try_from(events.len()).is_ok_and(|found| found >= limit);
    let last = events.last().map(|event| event.version);
    let last = last.filter(|version| is_full && *version < transfer.version);
    let next_cursor = last.map(|version| cursor::write(ROUTE, &read.parameters, version));
    let data = events.into_iter().map(EventAnswer::of).collect::<Result<_, _>>()?;
    Ok(Json(PageAnswer { data, next_cursor }))
}
