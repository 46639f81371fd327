//! Criminal handoffs 行刑衔接: `/v1/criminal-handoffs`. The acts are the rows of the statute's table, so one operation
//! carries out all of them; each has a route of its own.

pub(crate) mod act;
pub(crate) mod clocks;
pub(crate) mod describe;
pub(crate) mod events;
pub(crate) mod list;
pub(crate) mod new_suspect;
pub(crate) mod open;
pub(crate) mod paper;
#[cfg(feature = "pdf")]
mod print;
pub(crate) mod read;
pub(crate) mod said;
pub(crate) mod standards;
#[cfg(feature = "pdf")]
mod steps;

use crate::app::App;
use crate::headers::{self, POSITION, REPLAYED};
use crate::problem::Problem;
use crate::reading::Read;
use crate::visibility;
use crate::writing::{Writing, put};
use accounts::{Caller, Scope};
use axum::Json;
use axum::http::header::{CONTENT_LOCATION, ETAG, LOCATION};
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use command::HandoffDone;
use contract::ids::{HandoffId, TransferId};
use contract::problem::ProblemCode;
use domain::handoff::Handoff;
use domain::registry::Registry;
use views::handoff::Reader;

/// The path of everything about one handoff.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "describes the path; the readers are beside it")]
pub(crate) struct HandoffPath {
    /// The handoff.
    id: HandoffId,
}

/// Who reads, as the read model asks for it.
pub(crate) fn reader(caller: &Caller, registry: &Registry) -> Reader {
    Reader {
        visibility: visibility::visibility(caller, registry),
        department: caller.department.clone(),
        key: caller.key_id.clone(),
    }
}

/// Whether a caller may know of a handoff: the rule of `views_1.sees_handoff`, on the log.
pub(crate) fn may_see(caller: &Caller, handoff: &Handoff, registry: &Registry) -> bool {
    let (own, reference) = (&caller.department, &handoff.reference);
    if reference.sealed {
        return *own == reference.to
            || (*own == reference.from && handoff.opening.readers.contains(&caller.key_id));
    }
    let by_region = visibility::oversees_a_region(caller, registry)
        && (registry.in_region(own, &reference.from) || registry.in_region(own, &reference.to));
    caller.scope == Scope::All || by_region || handoff.after.audience(reference).contains(own)
}

/// The handoff named in the path.
fn handoff_id(read: &Read) -> Result<HandoffId, Problem> {
    let id = read.id.as_deref().and_then(|id| id.parse().ok());
    id.ok_or_else(|| Problem::new(ProblemCode::HandoffNotFound))
}

/// Records that the content was read over a route.
async fn note_read(read: &Read, id: HandoffId, route: &'static str) -> Result<(), Problem> {
    read.app.accounts.audit_read(&read.caller, TransferId(id.0), route, read.now).await?;
    Ok(())
}

/// The answer of a write.
async fn answer(writing: &Writing, done: HandoffDone, status: StatusCode) -> Result<Response, Problem> {
    writing.app.freshness.written(done.position);
    let shown = crate::answers::handoff::from_log(&writing.app, &writing.caller, &done.handoff).await?;
    let place = format!("/v1/criminal-handoffs/{}", done.handoff.reference.id);
    let location = if status == StatusCode::CREATED { LOCATION } else { CONTENT_LOCATION };
    let mut response = (status, Json(shown)).into_response();
    let answered = response.headers_mut();
    put(answered, location, &place);
    put(answered, ETAG, &headers::entity_tag(done.handoff.version));
    put(answered, HeaderName::from_static(POSITION), &done.position.to_string());
    if done.repeated {
        put(answered, HeaderName::from_static(REPLAYED), "true");
    }
    Ok(response)
}

/// The first answer, if this command was carried out before; else the problem. Where the log does not say whether it
/// was, the outcome is unknown, and nothing is refused for good.
async fn first_answer_or(writing: &Writing, problem: Problem) -> Result<HandoffDone, Problem> {
    writing.app.desk.first_handoff_answer(&writing.request).await?.ok_or(problem)
}

/// A handoff in the log that the caller may see.
async fn seen(app: &App, caller: &Caller, id: HandoffId) -> Result<Handoff, Problem> {
    let registry = app.registry();
    let handoff = app.desk.handoff(id).await?;
    let handoff = handoff.filter(|handoff| may_see(caller, handoff, &registry));
    handoff.ok_or_else(|| Problem::new(ProblemCode::HandoffNotFound))
}
