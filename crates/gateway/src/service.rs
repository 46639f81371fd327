//! The gateway as a service: serves until it is told to stop, then lets the requests under way finish.

use crate::app::{App, Shared};
use crate::config::GatewayConfig;
use crate::error::GatewayError;
use crate::freshness::Freshness;
use crate::in_flight::InFlight;
use crate::operations::about::readyz::LastLook;
use crate::room::Room;
use crate::router;
use crate::serve::{FIRST_BYTE_WITHIN, HEAD_WITHIN, Terms, serve};
use accounts::AccountsError;
use bytes::Bytes;
use domain::registry::Registry;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, watch};
use tokio_util::sync::CancellationToken;

/// How many scorecards are computed at once; each may hold many transfers in memory.
const SCORECARDS_AT_ONCE: usize = 2;
/// How long requests under way may take after the stop.
const GRACE: Duration = Duration::from_secs(10);
/// How long Postgres may take to answer what the gateway asks by itself. On a connection that the network dropped without a word
/// it would wait for ever, and so would whoever waits for it.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often it is told how far the read model is behind.
const LAG_INTERVAL: Duration = Duration::from_secs(5);
/// How often the read model is looked at while it lags behind the log.
const FOLLOW_INTERVAL: Duration = Duration::from_millis(25);
/// How long the gateway waits for the log to move before it looks again whether somebody listens.
const LISTEN_INTERVAL: Duration = Duration::from_secs(1);

/// Runs the gateway until `shutdown` is cancelled: it stops accepting, ends the streams of events, and gives requests
/// under way ten seconds.
pub async fn run(config: GatewayConfig, shutdown: CancellationToken) -> Result<(), GatewayError> {
    let registry = tokio::time::timeout(PATIENCE, config.accounts.load_registry()).await;
    let registry = registry.map_err(|_| GatewayError::NoAnswer)?.map_err(GatewayError::Registry)?;
    let limits = config.limits;
    let app = App::new(Shared {
        desk: config.desk,
        accounts: config.accounts,
        views: config.views,
        clock: config.now,
        metrics: config.metrics,
        readiness: config.readiness,
        registry: watch::Sender::new(Arc::new(registry)),
        folded_to: watch::Sender::new(0),
        in_flight: InFlight::default(),
        requests: Room::new(limits.requests, limits.requests_of_a_department),
        streams: Room::new(limits.streams, limits.streams_of_a_department),
        scoring: Arc::new(Semaphore::new(SCORECARDS_AT_ONCE)),
        freshness: Freshness::default(),
        last_look: LastLook::default(),
        openapi: openapi_text(),
        shutdown: shutdown.clone(),
    });
    let terms = Terms {
        connections: limits.connections,
        head_within: HEAD_WITHIN,
        first_byte_within: FIRST_BYTE_WITHIN,
    };
    let server = serve(config.listener, router::router(&app), terms, &shutdown);
    let stopped = async {
        shutdown.cancelled().await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        () = server => Ok(()),
        () = stopped => {
            tracing::warn!("requests were still under way ten seconds after the stop; they were cut off");
            Ok(())
        }
        () = refresh_registry(&app, config.registry_refresh_interval) => Ok(()),
        () = follow_read_model(&app) => Ok(()),
        () = tell_lag(&app) => Ok(()),
    }
}

fn openapi_text() -> Bytes {
    let json = router::openapi().to_json().expect("the description of the API is plain data");
    Bytes::from(json)
}

/// Loads the registry anew whenever its version has changed.
async fn refresh_registry(app: &App, interval: Duration) {
    loop {
        tokio::time::sleep(interval).await;
        match tokio::time::timeout(PATIENCE, changed_registry(app)).await {
            Ok(Ok(None)) => {}
            Ok(Ok(Some(registry))) => {
                tracing::info!(version = registry.version(), "the registry of departments has changed");
                app.registry.send_replace(Arc::new(registry));
            }
            Ok(Err(error)) => tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the registry of departments could not be loaded; the gateway goes on with the one it has"
            ),
            Err(_) => tracing::warn!(
                "the registry of departments does not come; the gateway goes on with the one it has"
            ),
        }
    }
}

/// The registry, if it is another one than that of the gateway.
async fn changed_registry(app: &App) -> Result<Option<Registry>, AccountsError> {
    if app.accounts.registry_version().await? == app.registry().version() {
        return Ok(None);
    }
    app.accounts.load_registry().await.map(Some)
}

/// Says in the metrics for how long the read model is behind, also where no projector is there to say it.
async fn tell_lag(app: &App) {
    loop {
        let waiting = async {
            let folded_to = app.views.checkpoint().await.ok()?.position;
            app.desk.log().waiting_since(folded_to).await.ok()
        };
        // Where Postgres does not answer, the next time will do.
        if let Ok(Some(waiting)) = tokio::time::timeout(PATIENCE, waiting).await {
            metrics::gauge!("casebus_gateway_read_model_lag_seconds").set(waiting.as_secs_f64());
        }
        tokio::time::sleep(LAG_INTERVAL).await;
    }
}

/// Tells the streams of events how far the read model has come. Nothing is asked while nobody listens.
async fn follow_read_model(app: &App) {
    let mut log_end = 0;
    loop {
        if app.folded_to.receiver_count() == 0 {
            tokio::time::sleep(4 * FOLLOW_INTERVAL).await;
            continue;
        }
        let folded_to = match tokio::time::timeout(PATIENCE, app.views.checkpoint()).await {
            Ok(Ok(checkpoint)) => checkpoint.position,
            Ok(Err(error)) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "the read model does not answer");
                tokio::time::sleep(LISTEN_INTERVAL).await;
                continue;
            }
            Err(_) => continue,
        };
        app.folded_to.send_if_modified(|position| std::mem::replace(position, folded_to) != folded_to);
        if folded_to < log_end {
            tokio::time::sleep(FOLLOW_INTERVAL).await;
        } else if let Ok(end) = app.desk.log().wait_after(folded_to, LISTEN_INTERVAL).await {
            log_end = end;
        } else {
            tokio::time::sleep(LISTEN_INTERVAL).await;
        }
    }
}
