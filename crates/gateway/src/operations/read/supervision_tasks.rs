//! `GET /v1/supervision-tasks` and `GET /v1/supervision-tasks/{matter}`: supervision tasks as a ledger 整改台账.

use crate::answers::list_entry::PageAnswer;
use crate::answers::problem::ReadProblems;
use crate::civil_time::civil_text;
use crate::cursor;
use crate::problem::Problem;
use crate::reading::{Read, ReadHeaders};
use axum::Json;
use contract::ids::{DepartmentId, MatterId, TransferId};
use contract::problem::ProblemCode;
use contract::state::TransferState;
use domain::registry::Registry;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};
use views::ledger::{LedgerEntry, LedgerMatter};
use views::transfer::ListCursor;

const ROUTE: &str = "/v1/supervision-tasks";

/// Which part of the list.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters; the reader is below")]
pub(crate) struct LedgerParameters {
    /// How many entries a page has.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// The path of a ledger.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "describes the path; the reader is below")]
pub(crate) struct LedgerPath {
    /// The matter to which the tasks belong.
    matter: MatterId,
}

/// The supervision tasks of a matter, as far as the caller may see them.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Ledger)]
pub(crate) struct LedgerAnswer {
    /// The matter.
    matter: MatterId,
    /// What it is about.
    title: String,
    /// Sender.
    from: DepartmentId,
    /// Its name.
    from_name: String,
    /// How many tasks there are; one that was withdrawn is listed, and counts nowhere.
    total: u32,
    /// How many were signed.
    signed: u32,
    /// In how many the plan was filed.
    plan_filed: u32,
    /// How many were answered: final feedback stands, or the task was struck off and not opened again.
    answered: u32,
    /// How many were struck off 销号 and not opened again.
    struck_off: u32,
    /// In how many a due moment has come.
    overdue: u32,
    /// The tasks, first sent first; 200 at most, while all are counted. `GET /v1/transfers?matter=` lists the rest.
    entries: Vec<LedgerEntryAnswer>,
}

/// One task of a ledger.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LedgerEntry)]
pub(crate) struct LedgerEntryAnswer {
    /// The task.
    id: TransferId,
    /// Its number as people write it.
    number: String,
    /// Who has to do it.
    to: DepartmentId,
    /// Its name.
    to_name: String,
    /// State.
    state: TransferState,
    /// Who owes the next step; `null` once nobody does.
    holder: Option<DepartmentId>,
    /// The first moment that is too late for what is owed next.
    #[schema(format = DateTime)]
    due_at: Option<String>,
    /// That moment has come.
    overdue: bool,
    /// How many times progress was reported.
    reports: u32,
    /// When progress was last reported.
    #[schema(format = DateTime)]
    last_report_at: Option<String>,
    /// How many feedbacks were given.
    feedback_count: u32,
    /// When it was struck off.
    #[schema(format = DateTime)]
    struck_off_at: Option<String>,
}

/// List supervision tasks
///
/// One entry for each matter, with its tasks and how many of them have come how far; last begun first.
#[utoipa::path(
    get,
    path = "/v1/supervision-tasks",
    tag = "read",
    params(LedgerParameters, ReadHeaders),
    responses((status = 200, description = "A page of the ledger", body = PageAnswer<LedgerAnswer>), ReadProblems)
)]
pub(crate) async fn list_supervision_tasks(read: Read) -> Result<Json<PageAnswer<LedgerAnswer>>, Problem> {
    let parameters = &read.parameters;
    parameters.known(&["limit", "cursor"])?;
    let limit = parameters.limit(20, 100)?;
    let place: Option<ListCursor> = cursor::read(ROUTE, parameters)?;
    let page = read.app.views.ledger(&read.visibility, read.now, place, limit).await?;
    for ledger in &page.entries {
        note_listed(&read, ledger).await?;
    }
    let next_cursor = page.next.map(|place| cursor::write(ROUTE, parameters, place));
    let data = page.entries.into_iter().map(|ledger| answer(ledger, &read)).collect();
    Ok(Json(PageAnswer { data, next_cursor }))
}

/// Read the ledger of a supervision task
///
/// The tasks of one matter side by side, each with its own state. The counts are always those of the tasks.
#[utoipa::path(
    get,
    path = "/v1/supervision-tasks/{matter}",
    tag = "read",
    params(LedgerPath, ReadHeaders),
    responses((status = 200, description = "The ledger", body = LedgerAnswer), ReadProblems)
)]
pub(crate) async fn read_supervision_task(read: Read) -> Result<Json<LedgerAnswer>, Problem> {
    read.parameters.known(&[])?;
    let not_found = || Problem::new(ProblemCode::MatterNotFound);
    let matter: MatterId = read.matter.as_deref().and_then(|id| id.parse().ok()).ok_or_else(not_found)?;
    let ledger = read.app.views.ledger_of(&read.visibility, read.now, matter).await?;
    let ledger = ledger.ok_or_else(not_found)?;
    note_listed(&read, &ledger).await?;
    Ok(Json(answer(ledger, &read)))
}

async fn note_listed(read: &Read, ledger: &LedgerMatter) -> Result<(), Problem> {
    let entries = ledger.entries.iter();
    let seen = entries.map(|entry| (entry.transfer_id, vec![&ledger.from_department, &entry.to_department]));
    read.note_fetched(seen).await
}

fn answer(ledger: LedgerMatter, read: &Read) -> LedgerAnswer {
    LedgerAnswer {
        matter: ledger.matter,
        title: ledger.title,
        from_name: name_of(&ledger.from_department, &read.registry),
        from: ledger.from_department,
        total: ledger.total,
        signed: ledger.signed,
        plan_filed: ledger.plan_filed,
        answered: ledger.answered,
        struck_off: ledger.struck_off,
        overdue: ledger.overdue,
        entries: ledger.entries.into_iter().map(|entry| task(entry, read)).collect(),
    }
}

fn task(entry: LedgerEntry, read: &Read) -> LedgerEntryAnswer {
    LedgerEntryAnswer {
        id: entry.transfer_id,
        number: entry.number,
        to_name: name_of(&entry.to_department, &read.registry),
        to: entry.to_department,
        state: entry.state,
        holder: entry.holder,
        overdue: entry.due_at.is_some_and(|due_at| due_at <= read.now),
        due_at: entry.due_at.map(civil_text),
        reports: entry.reports,
        last_report_at: entry.last_report_at.map(civil_text),
        feedback_count: entry.feedback_count,
        struck_off_at: entry.struck_off_at.map(civil_text),
    }
}

fn name_of(id: &DepartmentId, registry: &Registry) -> String {
    registry.department(id).map(|department| department.name.clone()).unwrap_or_default()
}
