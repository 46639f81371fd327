//! `GET /v1/watch/unacknowledged`: what nobody has acknowledged.

use super::{WatchParameters, filter, is_overdue};
use crate::answers::list_entry::PageAnswer;
use crate::answers::problem::ReadProblems;
use crate::civil_time::civil_text;
use crate::cursor;
use crate::problem::Problem;
use crate::reading::{Read, ReadHeaders};
use axum::Json;
use chrono::NaiveDate;
use contract::clock::{ClockCode, MissedCause};
use contract::ids::{DepartmentId, TransferId};
use contract::kind::{TransferKind, Urgency};
use domain::civil;
use serde::Serialize;
use utoipa::ToSchema;
use views::DueCursor;
use views::unacknowledged::Unacknowledged;

const ROUTE: &str = "/v1/watch/unacknowledged";

/// A transfer that nobody has signed, or a notice that nobody has read.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Unacknowledged)]
pub(crate) struct UnacknowledgedEntry {
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
    /// Receiver, who owes the step.
    to: DepartmentId,
    /// Its name.
    to_name: String,
    /// Coordination office.
    office: DepartmentId,
    /// How urgent it is.
    urgency: Urgency,
    /// When it was sent.
    #[schema(format = DateTime)]
    sent_at: String,
    /// The clock that is due first.
    code: ClockCode,
    /// The first moment that is too late; `null` while the clock stands still.
    #[schema(format = DateTime)]
    due_at: Option<String>,
    /// The last civil day on which it can be met in time.
    due_on: Option<NaiveDate>,
    /// The due moment may move.
    provisional: bool,
    /// The due moment has come.
    overdue: bool,
    /// When it was recorded that the clock ran out.
    #[schema(format = DateTime)]
    missed_at: Option<String>,
    /// Why it ran out, as far as casebus can tell.
    cause: Option<MissedCause>,
    /// Until then a known failure does not alarm.
    #[schema(format = DateTime)]
    acknowledged_until: Option<String>,
}

/// List what nobody has acknowledged
///
/// Transfers that nobody has signed and notices that nobody has read, longest overdue first.
#[utoipa::path(
    get,
    path = "/v1/watch/unacknowledged",
    tag = "watch",
    params(WatchParameters, ReadHeaders),
    responses((status = 200, description = "A page of the list", body = PageAnswer<UnacknowledgedEntry>), ReadProblems)
)]
pub(crate) async fn list_unacknowledged(
    read: Read,
) -> Result<Json<PageAnswer<UnacknowledgedEntry>>, Problem> {
    let parameters = &read.parameters;
    let filter = filter(parameters)?;
    let limit = parameters.limit(50, 200)?;
    let place: Option<DueCursor> = cursor::read(ROUTE, parameters)?;
    let page = read.app.views.unacknowledged(&read.visibility, read.now, filter, place, limit).await?;
    let seen = page
        .entries
        .iter()
        .map(|entry| (entry.transfer_id, vec![&entry.to_department, &entry.from_department]));
    read.note_fetched(seen).await?;
    let next_cursor = page.next.map(|place| cursor::write(ROUTE, parameters, place));
    Ok(Json(PageAnswer {
        data: page.entries.into_iter().map(|entry| answer(entry, &read)).collect(),
        next_cursor,
    }))
}

fn answer(entry: Unacknowledged, read: &Read) -> UnacknowledgedEntry {
    let name_of = |id: &DepartmentId| {
        read.registry.department(id).map(|department| department.name.clone()).unwrap_or_default()
    };
    UnacknowledgedEntry {
        id: entry.transfer_id,
        number: entry.number,
        kind: entry.kind,
        title: entry.title,
        from_name: name_of(&entry.from_department),
        from: entry.from_department,
        to_name: name_of(&entry.to_department),
        to: entry.to_department,
        office: entry.office,
        urgency: entry.urgency,
        sent_at: civil_text(entry.sent_at),
        code: entry.code,
        due_at: entry.due_at.map(civil_text),
        due_on: entry.due_at.map(civil::last_day_before),
        provisional: entry.provisional,
        overdue: is_overdue(entry.due_at, read.now),
        missed_at: entry.missed_at.map(civil_text),
        cause: entry.cause,
        acknowledged_until: entry.acknowledged_until.map(civil_text),
    }
}
