//! `GET /readyz`: whether requests can be answered.

use crate::answers::problem::ProblemAnswer;
use crate::app::App;
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use contract::problem::ProblemCode;
use serde::Serialize;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;
use utoipa::ToSchema;

/// From how far behind on it is told that the read model is.
const LAG_TOLD_FROM: Duration = Duration::from_secs(30);
/// How long a store may take to answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// For how long a look answers for those who ask next.
const BELIEVED: Duration = Duration::from_millis(100);

/// Whether requests can be answered.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReadinessAnswer {
    /// Always `ready`: otherwise the answer is a problem.
    status: &'static str,
    /// Each check.
    checks: Vec<Check>,
}

/// One check.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct Check {
    /// What was checked.
    name: &'static str,
    /// Whether it is well.
    ok: bool,
    /// What is to be known of it, and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

/// Ask whether requests can be answered
///
/// Log and read model answer, the log is in the epoch in which it was opened, and nothing else of the process is unwell.
/// Otherwise a problem with the member `checks`. A read model that is behind is told in `detail` and nothing else: all
/// gateways read the same one, and writes do not wait for it.
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
    let checks = app.last_look.checks(|| look(&app)).await;
    if checks.iter().all(|check| check.ok) {
        return Ok(Json(ReadinessAnswer { status: "ready", checks }));
    }
    let checks = serde_json::to_value(&checks).unwrap_or_default();
    Err(Problem::new(ProblemCode::ServiceUnavailable).with("checks", checks))
}

/// What was found well and unwell when somebody asked last. Nobody needs a key to ask, and each look asks both stores: so
/// one of those who ask looks for all of them.
#[derive(Default)]
pub(crate) struct LastLook(Mutex<Option<(Instant, Vec<Check>)>>);

impl LastLook {
    /// The checks of the last look, if it is new enough or began since this one asked; else those of a look now.
    async fn checks<Looking: Future<Output = Vec<Check>>>(
        &self,
        look: impl FnOnce() -> Looking,
    ) -> Vec<Check> {
        let came = Instant::now();
        let mut last = self.0.lock().await;
        if let Some((_, checks)) = last.as_ref().filter(|(at, _)| *at >= came || at.elapsed() < BELIEVED) {
            return checks.clone();
        }
        let at = Instant::now();
        let checks = look().await;
        *last = Some((at, checks.clone()));
        checks
    }
}

async fn look(app: &App) -> Vec<Check> {
    let mut checks = vec![log(app).await, read_model(app).await];
    checks.extend((app.readiness)().into_iter().map(|(name, well)| check(name, well)));
    checks
}

fn check(name: &'static str, well: Result<(), String>) -> Check {
    Check { name, ok: well.is_ok(), detail: well.err() }
}

/// Where it takes no events, reads go on: that is told, and is no reason to send nobody here.
async fn log(app: &App) -> Check {
    let (name, log) = ("log", app.desk.log());
    match tokio::time::timeout(PATIENCE, log.standing()).await {
        Ok(Ok(standing)) if standing.epoch == log.epoch() => {
            let detail = standing.halted.map(|reason| format!("nothing can be written: {reason}"));
            Check { detail, ..check(name, Ok(())) }
        }
        Ok(Ok(_)) => {
            check(name, Err("the event log has begun another epoch; start this process anew".to_owned()))
        }
        Ok(Err(_)) | Err(_) => check(name, Err("the event log does not answer; look at Postgres".to_owned())),
    }
}

async fn read_model(app: &App) -> Check {
    let name = "read_model";
    let Ok(Ok(checkpoint)) = tokio::time::timeout(PATIENCE, app.views.checkpoint()).await else {
        return check(name, Err("the read model does not answer; look at Postgres".to_owned()));
    };
    let position = checkpoint.position;
    match tokio::time::timeout(PATIENCE, app.desk.log().waiting_since(position)).await {
        Ok(Ok(waited)) => Check { detail: behind(position, waited), ..check(name, Ok(())) },
        Ok(Err(_)) | Err(_) => check(name, Err("the event log does not answer; look at Postgres".to_owned())),
    }
}

/// That the read model is behind, once it is by much.
fn behind(position: i64, waited: Duration) -> Option<String> {
    (waited > LAG_TOLD_FROM).then(|| {
        format!(
            "the read model stands at position {position} and is {} s behind; look at what the projector logs",
            waited.as_secs()
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::future::join_all;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn a_read_model_that_is_behind_is_told_once_it_is_by_much() {
        assert_eq!(behind(7, LAG_TOLD_FROM), None);
        let told = behind(7, LAG_TOLD_FROM + Duration::from_secs(1)).unwrap();
        assert!(told.contains("at position 7 and is 31 s behind"), "{told}");
    }

    #[tokio::test]
    async fn those_who_ask_at_once_are_answered_by_two_looks_at_most_and_those_who_ask_later_by_a_new_one() {
        let (last, looks) = (LastLook::default(), AtomicUsize::new(0));
        let look = async || {
            looks.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(2 * BELIEVED).await;
            vec![check("log", Ok(()))]
        };
        let answers = join_all((0..100).map(|_| last.checks(&look))).await;
        assert!(answers.iter().all(|checks| checks.len() == 1 && checks[0].ok));
        let at_once = looks.load(Ordering::Relaxed);
        assert!(at_once <= 2, "{at_once}");
        last.checks(&look).await;
        assert_eq!(looks.load(Ordering::Relaxed), at_once + 1, "the last look is too old");
    }
}
