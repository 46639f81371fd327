//! `GET /v1/watch/agenda`: what a coordination meeting has to speak about.

use crate::answers::list_entry::PageAnswer;
use crate::answers::problem::ReadProblems;
use crate::civil_time::civil_text;
use crate::cursor;
use crate::problem::Problem;
use crate::reading::{Read, ReadHeaders};
use axum::Json;
use contract::clock::{ClockCode, LadderStep};
use contract::ids::{DepartmentId, TransferId};
use contract::kind::TransferKind;
use contract::state::TransferState;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};
use views::DueCursor;
use views::agenda::{AgendaEntry, AgendaReason};

const ROUTE: &str = "/v1/watch/agenda";

/// Which part of the list.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters; the reader is below")]
pub(crate) struct AgendaParameters {
    /// How many entries a page has.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// A transfer on the agenda.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AgendaEntry)]
pub(crate) struct AgendaEntryAnswer {
    /// The transfer.
    id: TransferId,
    /// Its number as people write it.
    number: String,
    /// Its kind.
    kind: TransferKind,
    /// What it is about.
    title: String,
    /// Sender.
    from: DepartmentId,
    /// Its name.
    from_name: String,
    /// Receiver.
    to: DepartmentId,
    /// Its name.
    to_name: String,
    /// Coordination office.
    office: DepartmentId,
    /// Who owes the next step.
    holder: Option<DepartmentId>,
    /// State.
    state: TransferState,
    /// Why it stands here.
    why: Why,
    /// The owed clock that is due first.
    code: Option<ClockCode>,
    /// The first moment that is too late for it.
    #[schema(format = DateTime)]
    due_at: Option<String>,
    /// That moment has come.
    overdue: bool,
    /// The highest step of the ladder of urging that stands.
    ladder: Option<LadderStep>,
    /// Until then a known failure does not alarm.
    #[schema(format = DateTime)]
    acknowledged_until: Option<String>,
}

/// Why a transfer stands on the agenda.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Why {
    /// Its parties do not agree.
    Dispute,
    /// A due moment has come.
    Overdue,
}

/// List the agenda of a coordination meeting
///
/// Open disputes, and everything in which a due moment has come; earliest due first.
#[utoipa::path(
    get,
    path = "/v1/watch/agenda",
    tag = "watch",
    params(AgendaParameters, ReadHeaders),
    responses((status = 200, description = "A page of the agenda", body = PageAnswer<AgendaEntryAnswer>), ReadProblems)
)]
pub(crate) async fn list_agenda(read: Read) -> Result<Json<PageAnswer<AgendaEntryAnswer>>, Problem> {
    let parameters = &read.parameters;
    parameters.known(&["limit", "cursor"])?;
    let limit = parameters.limit(50, 200)?;
    let place: Option<DueCursor> = cursor::read(ROUTE, parameters)?;
    let page = read.app.views.agenda(&read.visibility, read.now, place, limit).await?;
    let seen = page
        .entries
        .iter()
        .map(|entry| (entry.transfer_id, vec![&entry.to_department, &entry.from_department, &entry.office]));
    read.note_fetched(seen).await?;
    let next_cursor = page.next.map(|place| cursor::write(ROUTE, parameters, place));
    let data = page.entries.into_iter().map(|entry| answer(entry, &read)).collect();
    Ok(Json(PageAnswer { data, next_cursor }))
}

fn answer(entry: AgendaEntry, read: &Read) -> AgendaEntryAnswer {
    let name_of = |id: &DepartmentId| {
        read.registry.department(id).map(|department| department.name.clone()).unwrap_or_default()
    };
    AgendaEntryAnswer {
        id: entry.transfer_id,
        number: entry.number,
        kind: entry.kind,
        title: entry.title,
        from_name: name_of(&entry.from_department),
        from: entry.from_department,
        to_name: name_of(&entry.to_department),
        to: entry.to_department,
        office: entry.office,
        holder: entry.holder,
        state: entry.state,
        why: match entry.why {
            AgendaReason::Dispute => Why::Dispute,
            AgendaReason::Overdue => Why::Overdue,
        },
        code: entry.code,
        overdue: super::is_overdue(entry.due_at, read.now),
        due_at: entry.due_at.map(civil_text),
        ladder: entry.ladder,
        acknowledged_until: entry.acknowledged_until.map(civil_text),
    }
}
