//! `GET /v1/criminal-handoffs`: the handoffs that the caller may see.

use super::reader;
use crate::answers::handoff_entry::HandoffEntry;
use crate::answers::list_entry::PageAnswer;
use crate::answers::problem::ReadProblems;
use crate::cursor;
use crate::problem::Problem;
use crate::reading::{Read, ReadHeaders};
use axum::Json;
use contract::handoff::{Direction, HandoffState};
use contract::ids::DepartmentId;
use contract::limits::NAME_MAX_CHARACTERS;
use utoipa::IntoParams;
use views::handoff::{HandoffCursor, HandoffFilter};

const ROUTE: &str = "/v1/criminal-handoffs";

/// What the list shows.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters; the reader is below")]
pub(crate) struct HandoffParameters {
    /// With a lane in this state.
    state: Option<HandoffState>,
    /// Held by this department in some lane.
    #[param(value_type = Option<String>)]
    holder: Option<DepartmentId>,
    /// Running this way.
    direction: Option<Direction>,
    /// `true`: only with a duty whose due moment has come.
    overdue: Option<bool>,
    /// With this text in title or number.
    #[param(max_length = 120)]
    text: Option<String>,
    /// Of this matter.
    #[param(value_type = Option<String>, format = Uuid)]
    matter: Option<String>,
    /// How many entries a page has.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List criminal handoffs
///
/// Last opened first. Sealed ones stand in it for those only who may know of them.
#[utoipa::path(
    get,
    path = "/v1/criminal-handoffs",
    tag = "handoff",
    params(HandoffParameters, ReadHeaders),
    responses((status = 200, description = "A page of handoffs", body = PageAnswer<HandoffEntry>), ReadProblems)
)]
pub(crate) async fn list_handoffs(read: Read) -> Result<Json<PageAnswer<HandoffEntry>>, Problem> {
    let parameters = &read.parameters;
    parameters.known(&["state", "holder", "direction", "overdue", "text", "matter", "limit", "cursor"])?;
    let filter = HandoffFilter {
        state: parameters.choice("state")?,
        holder: parameters.parsed("holder", "expected-department-id", |text| DepartmentId::new(text).ok())?,
        direction: parameters.choice("direction")?,
        matter: parameters.parsed("matter", "expected-matter-id", |text| text.parse().ok())?,
        overdue_at: parameters.flag("overdue")?.then_some(read.now),
        text: parameters.text("text", NAME_MAX_CHARACTERS)?,
    };
    let limit = parameters.limit(50, 200)?;
    let place: Option<HandoffCursor> = cursor::read(ROUTE, parameters)?;
    let reader = reader(&read.caller, &read.registry);
    let page = read.app.views.list_handoffs(&reader, &filter, place, limit).await?;
    let next_cursor = page.next.map(|place| cursor::write(ROUTE, parameters, place));
    let entry = |handoff| HandoffEntry::of(&handoff, &read.registry, read.now);
    Ok(Json(PageAnswer { data: page.entries.into_iter().map(entry).collect(), next_cursor }))
}
