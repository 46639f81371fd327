//! `GET /v1/watch/summary`: the watch in numbers.

use crate::answers::problem::ReadProblems;
use crate::civil_time::civil_text;
use crate::problem::Problem;
use crate::reading::{Read, ReadHeaders};
use axum::Json;
use contract::ids::DepartmentId;
use contract::state::TransferState;
use serde::Serialize;
use utoipa::ToSchema;
use views::unacknowledged::Count;

/// How many departments are listed.
const MOST_HOLDERS: usize = 50;

/// The watch in numbers, as far as the caller may see.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Summary)]
pub(crate) struct SummaryAnswer {
    /// The moment of which the numbers speak.
    #[schema(format = DateTime)]
    now: String,
    /// Transfers in which somebody owes the next step.
    open: i64,
    /// Those of them in which a due moment has come.
    overdue: i64,
    /// Transfers that nobody has signed, and notices that nobody has read.
    unacknowledged: CountAnswer,
    /// Transfers whose receiver owes feedback.
    missing_feedback: CountAnswer,
    /// Transfers per state; states without any are left out.
    by_state: Vec<StateAnswer>,
    /// The departments that hold most open transfers, most first.
    by_holder: Vec<HolderAnswer>,
}

/// A number, and how many of it are overdue.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Count)]
pub(crate) struct CountAnswer {
    /// All.
    all: i64,
    /// Those whose due moment has come.
    overdue: i64,
}

/// How many transfers are in a state.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StateCount)]
pub(crate) struct StateAnswer {
    /// The state.
    state: TransferState,
    /// All.
    all: i64,
    /// Those whose due moment has come.
    overdue: i64,
}

/// How many transfers a department holds.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HolderCount)]
pub(crate) struct HolderAnswer {
    /// The department.
    department: DepartmentId,
    /// Its name.
    name: String,
    /// All.
    all: i64,
    /// Those whose due moment has come.
    overdue: i64,
}

/// Read the watch in numbers
///
/// Overdue is always computed against now, whether it was recorded or not.
#[utoipa::path(
    get,
    path = "/v1/watch/summary",
    tag = "watch",
    params(ReadHeaders),
    responses((status = 200, description = "The numbers", body = SummaryAnswer), ReadProblems)
)]
pub(crate) async fn read_summary(read: Read) -> Result<Json<SummaryAnswer>, Problem> {
    read.parameters.known(&[])?;
    let summary = read.app.views.summary(&read.visibility, read.now, MOST_HOLDERS).await?;
    let count = |count: Count| CountAnswer { all: count.all, overdue: count.overdue };
    let name_of = |id: &DepartmentId| {
        read.registry.department(id).map(|department| department.name.clone()).unwrap_or_default()
    };
    let by_state = summary.by_state.into_iter().map(|entry| StateAnswer {
        state: entry.state,
        all: entry.count.all,
        overdue: entry.count.overdue,
    });
    let by_holder = summary.by_holder.into_iter().map(|entry| HolderAnswer {
        name: name_of(&entry.department),
        department: entry.department,
        all: entry.count.all,
        overdue: entry.count.overdue,
    });
    Ok(Json(SummaryAnswer {
        now: civil_text(read.now),
        open: summary.open,
        overdue: summary.overdue,
        unacknowledged: count(summary.unacknowledged),
        missing_feedback: count(summary.missing_feedback),
        by_state: by_state.collect(),
        by_holder: by_holder.collect(),
    }))
}
