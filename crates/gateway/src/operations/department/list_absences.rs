//! `GET /v1/departments/{id}/absences`: who is away, and who covers.

use super::{DepartmentPath, own};
use crate::answers::problem::{ProblemAnswer, ReadProblems};
use crate::fields;
use crate::problem::Problem;
use crate::reading::{Read, ReadHeaders};
use accounts::Absence;
use axum::Json;
use chrono::NaiveDate;
use contract::actor::Role;
use contract::ids::DepartmentId;
use domain::civil;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Which absences.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters; the reader is below")]
pub(crate) struct AbsencesParameters {
    /// Those that are not over on this day; without it, today.
    on: Option<NaiveDate>,
}

/// Who is away, and who can cover.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Absences)]
pub(crate) struct AbsencesAnswer {
    /// The absences, the first to begin first.
    data: Vec<AbsenceAnswer>,
    /// The valid keys of the department.
    keys: Vec<KeyAnswer>,
}

/// An absence with its cover.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Absence)]
pub(crate) struct AbsenceAnswer {
    /// Id.
    id: Uuid,
    /// The department.
    department: DepartmentId,
    /// The key whose holder is away.
    #[schema(example = "k_7Hq0aZ9bY8cX")]
    key_id: String,
    /// The key whose holder covers.
    #[schema(example = "k_2Wq8bT5nM1dR")]
    covered_by: String,
    /// The first day.
    from: NaiveDate,
    /// The last day.
    until: NaiveDate,
    /// What was said with it.
    note: Option<String>,
}

/// A key of the department, by its public id.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DepartmentKey)]
pub(crate) struct KeyAnswer {
    /// Public id.
    id: String,
    /// The role in which it acts.
    role: Role,
    /// What it is for, in the words of whoever made it.
    label: String,
}

impl AbsenceAnswer {
    /// An absence as it is shown.
    pub(super) fn of(absence: Absence) -> Self {
        Self {
            id: absence.id,
            department: absence.department,
            key_id: absence.key_id,
            covered_by: absence.covered_by_key_id,
            from: absence.from_day,
            until: absence.until_day,
            note: Some(absence.note).filter(|note| !note.is_empty()),
        }
    }
}

/// List absences 请假与代办
///
/// Of the caller's own department.
#[utoipa::path(
    get,
    path = "/v1/departments/{id}/absences",
    tag = "department",
    params(DepartmentPath, AbsencesParameters, ReadHeaders),
    responses(
        (status = 200, description = "The absences", body = AbsencesAnswer),
        (
            status = 403,
            description = "Another department says that about itself.",
            body = ProblemAnswer,
            content_type = "application/problem+json"
        ),
        ReadProblems
    )
)]
pub(crate) async fn list_absences(read: Read) -> Result<Json<AbsencesAnswer>, Problem> {
    read.parameters.known(&["on"])?;
    let department = own(&read.caller, read.id.as_deref())?;
    let on = read.parameters.parsed("on", "expected-day", fields::day)?;
    let on = on.unwrap_or_else(|| civil::day_of(read.now));
    let absences = read.app.accounts.absences_from(&department, on).await?;
    let keys = read.app.accounts.valid_keys_of(&department, read.now).await?.into_iter();
    Ok(Json(AbsencesAnswer {
        data: absences.into_iter().map(AbsenceAnswer::of).collect(),
        keys: keys.map(|key| KeyAnswer { id: key.id, role: key.role, label: key.label }).collect(),
    }))
}
