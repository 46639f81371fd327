//! What departments say about themselves: notifications, contact and absences; and their digest.

pub(crate) mod digest;
pub(crate) mod hand_over_contact;
pub(crate) mod list_absences;
pub(crate) mod note_absence;
pub(crate) mod read_contact;
pub(crate) mod read_notification_settings;
pub(crate) mod set_notification_settings;

use crate::app::App;
use crate::body::{self, ReadBody, Reading};
use crate::caller::Known;
use crate::fields::Fields;
use crate::problem::{Problem, phrase, plain};
use crate::reading::{Read, path_parameter};
use accounts::Caller;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::HeaderMap;
use bytes::Bytes;
use chrono::{DateTime, NaiveTime, Utc};
use contract::actor::Role;
use contract::ids::DepartmentId;
use contract::problem::ProblemCode;

/// How a time of day is written.
const TIME_OF_DAY: &str = "%H:%M";

/// The path of a department.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "describes the path; the readers are below")]
pub(crate) struct DepartmentPath {
    /// The department.
    #[param(value_type = String, example = "320100-ybj")]
    id: DepartmentId,
}

/// A write for a department.
pub(crate) struct DepartmentCall {
    app: App,
    caller: Caller,
    department: DepartmentId,
    path: String,
    headers: HeaderMap,
    body: Bytes,
    now: DateTime<Utc>,
}

impl FromRequest<App> for DepartmentCall {
    type Rejection = Problem;

    /// Nobody but the department itself may write for it.
    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let Known(caller) = Known::from_request_parts(&mut parts, app).await?;
        let department = path_parameter(&mut parts, app, "id").await;
        Ok(Self {
            department: own(&caller, department.as_deref())?,
            app: app.clone(),
            caller,
            path: parts.uri.path().to_owned(),
            headers: parts.headers,
            body: body::bytes(body).await?,
            now: app.now(),
        })
    }
}

impl DepartmentCall {
    fn read<T: ReadBody>(&self) -> Result<T, Problem> {
        let registry = self.app.registry();
        let reading = Reading {
            caller: &self.caller,
            registry: &registry,
            now: self.now,
            origin: None,
            transfer: None,
        };
        body::read(&body::json(&self.headers, &self.body, T::MAY_BE_EMPTY)?, &reading)
    }
}

/// The problem of a role that may not do this: those that may.
fn role_forbidden(roles: &[Role]) -> Problem {
    let names: Vec<_> = roles.iter().map(|role| role.name()).collect();
    Problem::naming(ProblemCode::RoleForbidden, vec![("role", plain(names.join(", ")))])
}

/// The department of a path, which must be the caller's own.
fn own(caller: &Caller, id: Option<&str>) -> Result<DepartmentId, Problem> {
    if id == Some(caller.department.as_str()) {
        return Ok(caller.department.clone());
    }
    let named = vec![("department", plain(&caller.department))];
    Err(Problem::naming(ProblemCode::DepartmentNotYours, named))
}

/// The department of a path, which must be in the registry.
fn known(read: &Read) -> Result<DepartmentId, Problem> {
    let id = read.id.as_deref().and_then(|id| DepartmentId::new(id).ok());
    let id = id.filter(|id| read.registry.department(id).is_some());
    id.ok_or_else(|| Problem::new(ProblemCode::DepartmentNotFound))
}

/// A time of day, as an answer shows it.
fn time_text(time: NaiveTime) -> String {
    time.format(TIME_OF_DAY).to_string()
}

/// A time of day like 22:00, or nothing.
fn optional_time(fields: &Fields<'_>, name: &'static str) -> Option<NaiveTime> {
    let text = fields.optional_text(name, "22:00".len())?;
    let time = NaiveTime::parse_from_str(&text, TIME_OF_DAY).ok().filter(|time| time_text(*time) == text);
    if time.is_none() {
        malformed(fields, name, "expected-time-of-day");
    }
    time
}

/// Notes a field that is not of the expected form.
fn malformed(fields: &Fields<'_>, name: &str, expected: &'static str) {
    fields.wrong(name, ProblemCode::FieldMalformed, vec![("expected", phrase(expected))]);
}
