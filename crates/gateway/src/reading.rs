//! What all reads share: the caller, what it may see, its parameters, and the position it wants to see.

use crate::app::App;
use crate::caller::{Known, identify};
use crate::headers;
use crate::problem::{Problem, plain};
use crate::query::Parameters;
use crate::visibility;
use accounts::Caller;
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use chrono::{DateTime, Utc};
use contract::ids::{DepartmentId, TransferId};
use contract::problem::ProblemCode;
use domain::registry::Registry;
use std::sync::Arc;
use std::time::Duration;
use views::Visibility;

/// How long a read waits for the position it wants to see.
const PATIENCE: Duration = Duration::from_secs(2);

/// The header that every read takes.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "describes the headers; the reader is in `headers`")]
pub(crate) struct ReadHeaders {
    /// The position of the caller's own write: the read waits up to two seconds until the read model has reached it.
    #[param(rename = "Casebus-Min-Position", minimum = 0)]
    min_position: Option<i64>,
    /// `zh-CN` or `en`, for the sentences of problems.
    #[param(rename = "Accept-Language", example = "zh-CN")]
    accept_language: Option<String>,
}

/// A read on its way.
pub(crate) struct Read {
    pub(crate) app: App,
    pub(crate) caller: Caller,
    pub(crate) registry: Arc<Registry>,
    pub(crate) visibility: Visibility,
    pub(crate) parameters: Parameters,
    pub(crate) now: DateTime<Utc>,
    pub(crate) id: Option<String>,
    pub(crate) matter: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) version: Option<String>,
    pub(crate) headers: axum::http::HeaderMap,
}

impl FromRequestParts<App> for Read {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let Known(caller) = Known::from_request_parts(parts, app).await?;
        let parameters = Parameters::from_request_parts(parts, app).await?;
        let id = path_parameter(parts, app, "id").await;
        let matter = path_parameter(parts, app, "matter").await;
        let code = path_parameter(parts, app, "code").await;
        let version = path_parameter(parts, app, "version").await;
        match headers::min_position(&parts.headers)? {
            Some(wanted) => wait_for(app, wanted).await?,
            None => app.freshness.wait(&app.views).await?,
        }
        let registry = app.registry();
        Ok(Self {
            visibility: visibility::visibility(&caller, &registry),
            app: app.clone(),
            now: app.now(),
            headers: parts.headers.clone(),
            caller,
            registry,
            parameters,
            id,
            matter,
            code,
            version,
        })
    }
}

impl Read {
    /// The transfer named in the path.
    pub(crate) fn transfer_id(&self) -> Result<TransferId, Problem> {
        let id = self.id.as_deref().and_then(|id| id.parse().ok());
        id.ok_or_else(|| Problem::new(ProblemCode::TransferNotFound))
    }

    /// The same read some time later: checks the key again, and sees what the caller may see now.
    pub(crate) async fn renew(&mut self) -> Result<(), Problem> {
        self.caller = identify(&self.app, &self.headers).await?;
        self.registry = self.app.registry();
        self.visibility = visibility::visibility(&self.caller, &self.registry);
        self.now = self.app.now();
        Ok(())
    }

    /// Notes that the caller's department received those of the transfers to which it is a party.
    pub(crate) async fn note_fetched<'a>(
        &self,
        transfers: impl IntoIterator<Item = (TransferId, Vec<&'a DepartmentId>)>,
    ) -> Result<(), Problem> {
        let own = &self.caller.department;
        let received: Vec<_> =
            transfers.into_iter().filter(|(_, parties)| parties.contains(&own)).map(|(id, _)| id).collect();
        if !received.is_empty() {
            self.app.accounts.note_fetched(own, &received, self.now).await?;
        }
        Ok(())
    }
}

/// A parameter of the path.
pub(crate) async fn path_parameter(parts: &mut Parts, app: &App, name: &str) -> Option<String> {
    let parameters = RawPathParams::from_request_parts(parts, app).await.ok()?;
    parameters.iter().find(|(known, _)| *known == name).map(|(_, value)| value.to_owned())
}

/// Waits until the read model has reached a position. One that the log does not have is refused: at once where this gateway
/// has not seen the log come so far, and after the wait, because the log may have come back with less than it had.
async fn wait_for(app: &App, wanted: i64) -> Result<(), Problem> {
    if !app.freshness.is_known(wanted) {
        require_in_log(app, wanted).await?;
    }
    let reached = app.freshness.reach(&app.views, wanted, PATIENCE).await?;
    if reached >= wanted {
        return Ok(());
    }
    require_in_log(app, wanted).await?;
    let named = vec![("reached", plain(reached)), ("wanted", plain(wanted))];
    Err(Problem::naming(ProblemCode::PositionNotReached, named))
}

/// Refuses a position beyond the end of the log, unless the log does not say where it ends. Whatever was answered as
/// written, through whichever gateway, was in the log before.
async fn require_in_log(app: &App, wanted: i64) -> Result<(), Problem> {
    let end = app.freshness.log_end(app.desk.log()).await;
    let Some(head) = end.filter(|head| *head < wanted) else { return Ok(()) };
    let named = vec![("head", plain(head)), ("wanted", plain(wanted))];
    Err(Problem::naming(ProblemCode::PositionUnknown, named))
}
