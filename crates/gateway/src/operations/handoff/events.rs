//! `GET /v1/criminal-handoffs/{id}/events`: what happened.

use super::{HandoffPath, handoff_id, note_read, reader};
use crate::answers::event::EventAnswer;
use crate::answers::list_entry::PageAnswer;
use crate::answers::problem::ReadProblems;
use crate::cursor;
use crate::problem::Problem;
use crate::reading::{Read, ReadHeaders};
use axum::Json;
use contract::handoff::{HandoffBody, Secrecy};
use contract::problem::ProblemCode;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

const ROUTE: &str = "/v1/criminal-handoffs/{id}/events";

/// Which page.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters; the reader is below")]
pub(crate) struct PageParameters {
    /// How many events a page has.
    #[param(minimum = 1, maximum = 500, default = 100)]
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// A place in the events.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct EventCursor {
    position: i64,
}

/// Read the events of a criminal handoff
///
/// In order. What is a secret of the investigation stands in it for police, procuratorate and court only. The reading
/// is recorded.
#[utoipa::path(
    get,
    path = "/v1/criminal-handoffs/{id}/events",
    tag = "handoff",
    params(HandoffPath, PageParameters, ReadHeaders),
    responses((status = 200, description = "A page of events", body = PageAnswer<EventAnswer>), ReadProblems)
)]
pub(crate) async fn read_handoff_events(read: Read) -> Result<Json<PageAnswer<EventAnswer>>, Problem> {
    let parameters = &read.parameters;
    parameters.known(&["limit", "cursor"])?;
    let limit = parameters.limit(100, 500)?;
    let place: Option<EventCursor> = cursor::read(ROUTE, parameters)?;
    let id = handoff_id(&read)?;
    let handoff = read.app.views.handoff_by_id(&reader(&read.caller, &read.registry), id).await?;
    let handoff = handoff.ok_or_else(|| Problem::new(ProblemCode::HandoffNotFound))?;
    let is_judicial = handoff.after.judicial_audience().contains(&read.caller.department);
    note_read(&read, id, ROUTE).await?;
    let after = place.map_or(0, |place| place.position);
    let mut events = read.app.views.handoff_events(id, is_judicial, after, limit.saturating_add(1)).await?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let next = (events.len() > limit).then(|| {
        events.truncate(limit);
        EventCursor { position: events.last().map_or(after, |event| event.position) }
    });
    let mut data = Vec::with_capacity(events.len());
    for event in events {
        let body = HandoffBody::decode(event.schema_version, &event.body)
            .map_err(|error| Problem::new(ProblemCode::ServiceInternal).caused_by(error))?;
        if body.secrecy != Secrecy::Judicial || is_judicial {
            data.push(EventAnswer::of(event)?);
        }
    }
    let next_cursor = next.map(|place| cursor::write(ROUTE, parameters, place));
    Ok(Json(PageAnswer { data, next_cursor }))
}
