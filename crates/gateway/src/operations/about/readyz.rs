//! `GET /readyz`: whether requests can be answered.

use crate::answers::problem::ProblemAnswer;
use crate::app::App;
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use contract::problem::ProblemCode;
use serde::Serialize;
use std::time::Duration;
use utoipa::ToSchema;

/// How far the read model may be behind.
const LAG_MAX: Duration = Duration::from_secs(30);
/// How long a store may take to answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// Whether requests can be answered.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReadinessAnswer {
    /// Always `ready`: otherwise the answer is a problem.
    status: &'static str,
    /// Each check.
    checks: Vec<Check>,
}

/// One check.
#[derive(Serialize, ToSchema)]
pub(crate) struct Check {
    /// What was checked.
    name: &'static str,
    /// Whether it is well.
    ok: bool,
    /// What is not well, and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

/// Ask whether requests can be answered
///
/// Log and read model answer, the log is in the epoch in which it was opened, and nothing else of the process is unwell.
/// Otherwise a problem with the member `checks`.
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "about",
    security(()),
    responses(
        (status = 200, description = "Ready", body = ReadinessAnswer),
        (status = 503, description = "Not ready", body = ProblemAnswer, content_type = "application/problem+json")
    )
)]
pub(crate) async fn is_ready(State(app): State<App>) -> Result<Json<ReadinessAnswer>, Problem> {
    let mut checks = vec![check("log", log(&app).await), check("read_model", read_model(&app).await)];
    checks.extend((app.readiness)().into_iter().map(|(name, well)| check(name, well)));
    if checks.iter().all(|check| check.ok) {
        return Ok(Json(ReadinessAnswer { status: "ready", checks }));
    }
    let checks = serde_json::to_value(&checks).unwrap_or_default();
    Err(Problem::new(ProblemCode::ServiceUnavailable).with("checks", checks))
}

fn check(name: &'static str, well: Result<(), String>) -> Check {
    Check { name, ok: well.is_ok(), detail: well.err() }
}

async fn log(app: &App) -> Result<(), String> {
    let log = app.desk.log();
    match tokio::time::timeout(PATIENCE, log.head()).await {
        Ok(Ok(head)) if head.epoch == log.epoch() => Ok(()),
        Ok(Ok(_)) => Err("the event log has begun another epoch; start this process anew".to_owned()),
        Ok(Err(_)) | Err(_) => Err("the event log does not answer; look at Postgres".to_owned()),
    }
}

async fn read_model(app: &App) -> Result<(), String> {
    let Ok(Ok(checkpoint)) = tokio::time::timeout(PATIENCE, app.views.checkpoint()).await else {
        return Err("the read model does not answer; look at Postgres".to_owned());
    };
    let position = checkpoint.position;
    match tokio::time::timeout(PATIENCE, app.desk.log().waiting_since(position)).await {
        Ok(Ok(waited)) if waited > LAG_MAX => Err(format!(
            "the read model stands at position {position} and is {} s behind; look at what the projector logs",
            waited.as_secs()
        )),
        Ok(Ok(_)) => Ok(()),
        Ok(Err(_)) | Err(_) => Err("the event log does not answer; look at Postgres".to_owned()),
    }
}
