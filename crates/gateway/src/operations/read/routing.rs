//! `GET /v1/routing`: where the responsibility matrix leads.

use crate::answers::problem::ReadProblems;
use crate::fields::is_division;
use crate::operations::create::addressee::{Map, found};
use crate::problem::Problem;
use crate::reading::{Read, ReadHeaders};
use axum::Json;
use contract::ids::DepartmentId;
use contract::limits::NAME_MAX_CHARACTERS;
use domain::registry::{Registry, Route};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

/// What is asked.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters; the reader is below")]
pub(crate) struct RoutingParameters {
    /// The division (GB/T 2260) whose matrix is asked; usually that of the caller.
    #[param(pattern = "^[0-9]{6,12}$")]
    division: Option<String>,
    /// One subject matter; without it, all of the division.
    #[param(max_length = 120)]
    subject_matter: Option<String>,
}

/// Where subject matters lead.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RoutingAnswer {
    /// The division.
    division: String,
    /// The office to ask where no row may route.
    office: Option<DepartmentId>,
    /// One entry for each subject matter, in the order of the matrix; empty when there is none of that name.
    data: Vec<RouteAnswer>,
}

/// Where one subject matter leads.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Route)]
pub(crate) struct RouteAnswer {
    /// The subject matter.
    subject_matter: String,
    /// How it is routed.
    routing: RouteKind,
    /// The department that a transfer goes to; `null` where no row may route.
    to: Option<DepartmentId>,
    /// Where no row may route: the departments that may be meant.
    candidates: Vec<DepartmentId>,
    /// `false` when a set among the candidates is not fully known.
    complete: bool,
}

/// How a subject matter is routed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RouteKind {
    /// A row names the department.
    Matrix,
    /// A row names it by assumption; the coordination office still has to confirm.
    Assumed,
    /// No row may route: choose a candidate or ask the office.
    AskOffice,
}

/// Find a route
///
/// Where a transfer about a subject matter would go.
#[utoipa::path(
    get,
    path = "/v1/routing",
    tag = "read",
    params(RoutingParameters, ReadHeaders),
    responses((status = 200, description = "Where subject matters lead", body = RoutingAnswer), ReadProblems)
)]
pub(crate) async fn find_route(read: Read) -> Result<Json<RoutingAnswer>, Problem> {
    let parameters = &read.parameters;
    parameters.known(&["division", "subject_matter"])?;
    let division = parameters
        .parsed("division", "expected-division", |text| is_division(text).then(|| text.to_owned()))?;
    let division = division.unwrap_or_else(|| read.caller.department.division().to_owned());
    let registry = &read.registry;
    let subject_matters = match parameters.text("subject_matter", NAME_MAX_CHARACTERS)? {
        Some(one) => vec![one],
        None => subject_matters(registry, &division),
    };
    let (from, rules) = (&read.caller.department, read.app.desk.rules());
    let map = Map { registry, rules: &rules, now: read.now };
    let route = |one: &str| found(&division, one, from, &map);
    let data = subject_matters.into_iter().filter_map(|one| answer(route(&one), one)).collect();
    let office = registry.coordination_office(&read.caller.department);
    Ok(Json(RoutingAnswer { division, office, data }))
}

/// The subject matters of a division, each once, in the order of the matrix.
fn subject_matters(registry: &Registry, division: &str) -> Vec<String> {
    let mut seen = std::collections::BTreeSet::new();
    let rows = registry.responsibilities().iter().filter(|row| row.division == division);
    rows.filter(|row| seen.insert(&row.subject_matter)).map(|row| row.subject_matter.clone()).collect()
}

fn answer(route: Route, subject_matter: String) -> Option<RouteAnswer> {
    match route {
        Route::Routed { to, assumed } => Some(RouteAnswer {
            subject_matter,
            routing: if assumed { RouteKind::Assumed } else { RouteKind::Matrix },
            to: Some(to),
            candidates: Vec::new(),
            complete: true,
        }),
        Route::AskOffice { candidates, complete } => Some(RouteAnswer {
            subject_matter,
            routing: RouteKind::AskOffice,
            to: None,
            candidates,
            complete,
        }),
        Route::UnknownSubjectMatter { .. } => None,
    }
}
