//! `GET /v1/watch/handoffs`: where every criminal handoff is, silent ones first.

use crate::answers::handoff::name_of;
use crate::answers::list_entry::PageAnswer;
use crate::answers::problem::ReadProblems;
use crate::civil_time::civil_text;
use crate::cursor;
use crate::operations::handoff::reader;
use crate::problem::Problem;
use crate::reading::{Read, ReadHeaders};
use axum::Json;
use contract::handoff::{HandoffClock, HandoffState, LaneOutcome, Station};
use contract::ids::{DepartmentId, HandoffId, MatterId};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};
use views::handoff::{LaneCursor, WatchedLane};

const ROUTE: &str = "/v1/watch/handoffs";

/// What the list shows.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters; the reader is below")]
pub(crate) struct WatchHandoffParameters {
    /// At this station of the road.
    station: Option<Station>,
    /// `true`: only where a due moment has come.
    overdue: Option<bool>,
    /// How many entries a page has.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// One suspect's lane of a handoff.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WatchedHandoff)]
pub(crate) struct WatchedHandoffEntry {
    /// The handoff.
    id: HandoffId,
    /// Its number as people write it.
    number: String,
    /// What it is about.
    title: String,
    /// Its matter.
    matter: MatterId,
    /// Which lane of it.
    lane: u32,
    /// Who handed over.
    from: DepartmentId,
    /// Its name.
    from_name: String,
    /// Where on the road it is: agency → police → procuratorate → court → back.
    station: Station,
    /// Where it stands.
    state: HandoffState,
    /// Since when.
    #[schema(format = DateTime)]
    since: String,
    /// Who owes the next step.
    holder: Option<DepartmentId>,
    /// Its name.
    holder_name: Option<String>,
    /// What came out on the criminal side.
    outcome: Option<LaneOutcome>,
    /// The clock that is due first.
    code: Option<HandoffClock>,
    /// When it is due.
    #[schema(format = DateTime)]
    due_at: Option<String>,
    /// That moment has come.
    overdue: bool,
    /// How often the police refused to sign.
    violations: u32,
}

/// Watch the criminal handoffs
///
/// One entry for each suspect whose lane is open: longest overdue first, then what is due next, then what has stood
/// still longest without a clock.
#[utoipa::path(
    get,
    path = "/v1/watch/handoffs",
    tag = "watch",
    params(WatchHandoffParameters, ReadHeaders),
    responses((status = 200, description = "A page of the list", body = PageAnswer<WatchedHandoffEntry>), ReadProblems)
)]
pub(crate) async fn watch_handoffs(read: Read) -> Result<Json<PageAnswer<WatchedHandoffEntry>>, Problem> {
    let parameters = &read.parameters;
    parameters.known(&["station", "overdue", "limit", "cursor"])?;
    let station = parameters.choice("station")?;
    let overdue_at = parameters.flag("overdue")?.then_some(read.now);
    let limit = parameters.limit(50, 200)?;
    let place: Option<LaneCursor> = cursor::read(ROUTE, parameters)?;
    let reader = reader(&read.caller, &read.registry);
    let page = read.app.views.watched_lanes(&reader, station, overdue_at, place, limit).await?;
    let next_cursor = page.next.map(|place| cursor::write(ROUTE, parameters, place));
    let data = page.entries.into_iter().map(|watched| entry(watched, &read)).collect();
    Ok(Json(PageAnswer { data, next_cursor }))
}

fn entry(watched: WatchedLane, read: &Read) -> WatchedHandoffEntry {
    let WatchedLane { lane, handoff } = watched;
    WatchedHandoffEntry {
        id: handoff.id,
        number: handoff.number,
        title: handoff.title,
        matter: handoff.matter,
        lane: lane.number,
        from_name: name_of(&read.registry, &handoff.from_department),
        from: handoff.from_department,
        station: lane.station,
        state: lane.state,
        since: civil_text(lane.since),
        holder_name: lane.holder.as_ref().map(|holder| name_of(&read.registry, holder)),
        holder: lane.holder,
        outcome: lane.outcome,
        code: lane.code,
        overdue: super::is_overdue(lane.due_at, read.now),
        due_at: lane.due_at.map(civil_text),
        violations: handoff.after.violations,
    }
}
