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
use contract::ids::HandoffId;
use contract::problem::ProblemCode;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use views::timeline::TimelineEvent;
use views::{Views, ViewsError};

const ROUTE: &str = "/v1/criminal-handoffs/{id}/events";
/// Bytes of bodies at which a page ends, whatever its limit: each may have 256 KiB.
const PAGE_BYTES: usize = 8 * 1024 * 1024;
/// How many events are read at once.
const READ_AT_ONCE: i64 = 64;

/// Which page.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters; the reader is below")]
pub(crate) struct PageParameters {
    /// How many events a page has at most.
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
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let (events, next) = page(&read.app.views, id, is_judicial, after, limit).await?;
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

/// The events of a page, and where it goes on if more follow. Whether more follow is asked, however few came: what reads
/// them may stop early too.
async fn page(
    views: &Views,
    id: HandoffId,
    with_investigation: bool,
    after: i64,
    limit: usize,
) -> Result<(Vec<TimelineEvent>, Option<EventCursor>), ViewsError> {
    let (mut events, mut bytes, mut position) = (Vec::new(), 0, after);
    loop {
        let more = views.handoff_events(id, with_investigation, position, READ_AT_ONCE).await?;
        if more.is_empty() {
            return Ok((events, None));
        }
        for event in more {
            if events.len() >= limit || bytes >= PAGE_BYTES {
                return Ok((events, Some(EventCursor { position })));
            }
            position = event.position;
            bytes += event.body.len();
            events.push(event);
        }
    }
}
