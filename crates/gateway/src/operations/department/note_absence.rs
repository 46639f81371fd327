//! `POST /v1/departments/{id}/absences`: say who is away, and who covers.

use super::list_absences::AbsenceAnswer;
use super::{DepartmentCall, DepartmentPath, malformed, role_forbidden};
use crate::answers::problem::WriteProblems;
use crate::body::{ReadBody, Reading};
use crate::fields::Fields;
use crate::headers;
use crate::problem::{Argument, FieldProblem, Problem, phrase, plain};
use crate::writing::WriteHeaders;
use accounts::{ABSENCES_MAX, Absence, AbsenceRefusal};
use axum::Json;
use axum::http::StatusCode;
use chrono::NaiveDate;
use contract::actor::Role;
use contract::ids::CommandId;
use contract::limits::{NAME_MAX_CHARACTERS, REASON_MAX_CHARACTERS};
use contract::problem::ProblemCode;
use domain::civil;
use utoipa::ToSchema;

/// Who is away, and who covers.
#[derive(ToSchema)]
pub(crate) struct AbsenceBody {
    /// The key whose holder is away; without it, the caller's own.
    #[schema(min_length = 1, max_length = 120, example = "k_7Hq0aZ9bY8cX")]
    pub(crate) key_id: Option<String>,
    /// The key of the colleague who covers.
    #[schema(min_length = 1, max_length = 120, example = "k_2Wq8bT5nM1dR")]
    pub(crate) covered_by: String,
    /// The first day.
    pub(crate) from: NaiveDate,
    /// The last day: today or later.
    pub(crate) until: NaiveDate,
    /// What is said with it.
    #[schema(min_length = 1, max_length = 2000)]
    pub(crate) note: Option<String>,
}

impl ReadBody for AbsenceBody {
    fn read(fields: &Fields<'_>, reading: &Reading<'_>) -> Option<Self> {
        let body = Self::on_any_day(fields, reading);
        let until = body.as_ref().map(|body| body.until);
        fields.not_over("until", until, civil::day_of(reading.now));
        body
    }
}

/// An absence whose id is known: a repeat of it gets the same answer, also when the absence is over by then.
struct RepeatedBody(AbsenceBody);

impl ReadBody for RepeatedBody {
    fn read(fields: &Fields<'_>, reading: &Reading<'_>) -> Option<Self> {
        AbsenceBody::on_any_day(fields, reading).map(Self)
    }
}

impl AbsenceBody {
    fn on_any_day(fields: &Fields<'_>, reading: &Reading<'_>) -> Option<Self> {
        let key_id = fields.optional_text("key_id", NAME_MAX_CHARACTERS);
        let covered_by = fields.text("covered_by", NAME_MAX_CHARACTERS);
        let (from, until) = (fields.day("from"), fields.day("until"));
        let note = fields.optional_text("note", REASON_MAX_CHARACTERS);
        if let Some(first) = from.filter(|from| until.is_some_and(|until| until < *from)) {
            let expected = Argument::Phrase("expected-not-before", vec![("day", first.to_string())]);
            fields.wrong("until", ProblemCode::FieldMalformed, vec![("expected", expected)]);
        }
        let away = key_id.as_ref().unwrap_or(&reading.caller.key_id);
        if covered_by.as_ref() == Some(away) {
            malformed(fields, "covered_by", "expected-key-of-colleague");
        }
        Some(Self { covered_by: covered_by?, from: from?, until: until?, key_id, note })
    }
}

/// Say who is away and who covers 请假与代办
///
/// Both are keys of the caller's own department; `GET` lists them. Only a head notes the absence of a head.
#[utoipa::path(
    post,
    path = "/v1/departments/{id}/absences",
    tag = "department",
    params(DepartmentPath, WriteHeaders),
    request_body = AbsenceBody,
    responses((status = 201, description = "The absence", body = AbsenceAnswer), WriteProblems)
)]
pub(crate) async fn note_absence(call: DepartmentCall) -> Result<(StatusCode, Json<AbsenceAnswer>), Problem> {
    let key = headers::idempotency_key(&call.headers)?;
    let key = key.ok_or_else(|| Problem::new(ProblemCode::IdempotencyKeyMissing))?;
    let route = format!("POST {}", call.path);
    let id = CommandId::derive(call.department.as_str(), &route, &key).0;
    let body = if call.app.accounts.is_absence_noted(id).await? {
        call.read::<RepeatedBody>()?.0
    } else {
        call.read::<AbsenceBody>()?
    };
    let absence = Absence {
        id,
        department: call.department,
        key_id: body.key_id.unwrap_or(call.caller.key_id),
        covered_by_key_id: body.covered_by,
        from_day: body.from,
        until_day: body.until,
        note: body.note.unwrap_or_default(),
    };
    match call.app.accounts.note_absence(&absence, call.caller.role, call.now).await? {
        Ok(()) => Ok((StatusCode::CREATED, Json(AbsenceAnswer::of(absence)))),
        Err(AbsenceRefusal::UnknownKey) => Err(unknown("/key_id")),
        Err(AbsenceRefusal::UnknownCover) => Err(unknown("/covered_by")),
        Err(AbsenceRefusal::OfHead) => Err(role_forbidden(&[Role::Head])),
        Err(AbsenceRefusal::TooMany) => {
            Err(Problem::naming(ProblemCode::AbsenceTooMany, vec![("limit", plain(ABSENCES_MAX))]))
        }
        Err(AbsenceRefusal::IdReused) => Err(Problem::new(ProblemCode::IdempotencyKeyReused)),
    }
}

fn unknown(pointer: &str) -> Problem {
    let named = vec![("expected", phrase("expected-key-of-colleague"))];
    let code = ProblemCode::FieldMalformed;
    Problem::invalid(FieldProblem { pointer: pointer.to_owned(), code, named })
}
