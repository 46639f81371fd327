//! The service: lead, fold, lead again after trouble.

use crate::lag::Lag;
use crate::log_reader::{check, length};
use crate::source::{BATCH, Source};
use crate::traces::{tell_folded, tell_parked};
use crate::{ProjectorError, ProjectorStatus};
use bus::BusConfig;
use log::{BatchSize, Leadership, Log};
use sqlx::PgPool;
use std::convert::Infallible;
use std::pin::pin;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;
use views::{Event, Landed, Projection, Views};

/// The role that leads.
const ROLE: &str = "projector";
/// How often the leader looks whether it still leads, and whether the read model was emptied.
const LEAD_CHECK_INTERVAL: Duration = Duration::from_secs(5);
/// How long a batch may take. On a connection that the network dropped without a word it would be for ever; nothing of a batch that
/// is given up is written, or all of it.
const PATIENCE: Duration = Duration::from_secs(45);
/// Pause when the checkpoint was moved by another.
const SHORT_PAUSE: Duration = Duration::from_millis(20);
/// Pause after trouble.
const PAUSE: Duration = Duration::from_secs(1);

/// The usual patience with a silent bus.
const BUS_PATIENCE: Duration = Duration::from_secs(1);

/// What the projector works with.
#[derive(Clone, Debug)]
pub struct ProjectorConfig {
    /// The log: the truth.
    pub log: Log,
    /// The bus; without one the log is read.
    pub bus: Option<BusConfig>,
    /// How long the bus may be silent before the log is asked whether it has grown.
    pub bus_patience: Duration,
    /// The read model.
    pub views: Views,
    /// Where it says how far it is.
    pub status: ProjectorStatus,
}

impl ProjectorConfig {
    /// The usual settings.
    pub fn new(log: Log, bus: Option<BusConfig>, views: Views) -> Self {
        Self { log, bus, bus_patience: BUS_PATIENCE, views, status: ProjectorStatus::default() }
    }
}

/// Folds the log into the read model until the shutdown. Ends with an error only when an operator must act.
pub async fn run(config: ProjectorConfig, shutdown: CancellationToken) -> Result<(), ProjectorError> {
    let lag = Lag::default();
    begin_counting();
    tokio::select! {
        biased;
        // A batch that is being written is rolled back and folded again after the next start.
        () = shutdown.cancelled() => Ok(()),
        error = lead_again(&config, &lag) => {
            tracing::error!(error = &error as &dyn std::error::Error, "the projector stops; an operator must act");
            lag.tell(&config).await;
            Err(error)
        }
        () = hints(&config) => Ok(()),
        never = lag.keep_telling(&config) => match never {},
    }
}

/// Whoever watches a counter sees its first step only if it was there before.
fn begin_counting() {
    for counter in [
        "casebus_projector_events_total",
        "casebus_projector_events_from_log_total",
        "casebus_projector_parked_events_total",
    ] {
        metrics::counter!(counter).increment(0);
    }
}

/// Leads, and again after each trouble that passes.
async fn lead_again(config: &ProjectorConfig, lag: &Lag) -> ProjectorError {
    let mut batch = BATCH;
    loop {
        let Err(error) = lead(config, lag, &mut batch).await;
        if !error.passes() {
            return error;
        }
        if error.is_no_answer() {
            // Fewer may come in time.
            batch = batch.halved();
        }
        tracing::warn!(error = &error as &dyn std::error::Error, "the projector begins again");
        // A read model that was built beside this one has taken its place: go on with it at once.
        sleep(if error.is_checkpoint_moved() { SHORT_PAUSE } else { PAUSE }).await;
    }
}

/// Waits for the lead, then folds for as long as it has it.
async fn lead(
    config: &ProjectorConfig,
    lag: &Lag,
    batch: &mut BatchSize,
) -> Result<Infallible, ProjectorError> {
    let leadership = elected(config.log.pool(), lag).await?;
    // On the heap: a future that folds is large.
    let folding = Box::pin(fold(config, &leadership, batch));
    leadership.while_held(folding).await.unwrap_or(Err(ProjectorError::LeadLost))
}

/// Waits until this projector leads.
async fn elected(pool: &PgPool, lag: &Lag) -> Result<Leadership, ProjectorError> {
    let leadership = if let Some(leadership) = Leadership::try_acquire(pool, ROLE).await? {
        leadership
    } else {
        lag.leads_no_longer();
        Leadership::acquire(pool, ROLE).await?
    };
    lag.leads();
    Ok(leadership)
}

/// Folds batch after batch.
async fn fold(
    config: &ProjectorConfig,
    leadership: &Leadership,
    batch: &mut BatchSize,
) -> Result<Infallible, ProjectorError> {
    let mut head = config.log.head().await?;
    let begun = timeout(PATIENCE, Projection::begin(config.views.clone(), head.epoch)).await;
    let mut projection = begun.map_err(|_| ProjectorError::NoAnswer)??;
    let position = projection.checkpoint().position;
    if position > head.position {
        // A former leader may have folded on since the head was read.
        head = config.log.head().await?;
    }
    check(head, projection.checkpoint())?;
    tracing::info!(position, head = head.position, "the projector leads");
    config.status.set(position);
    let mut source = Source::new(config.log.clone(), config.bus.clone(), config.bus_patience, batch);
    let mut checked = Instant::now();
    loop {
        let step = async {
            if checked.elapsed() >= LEAD_CHECK_INTERVAL {
                tell(config, &projection.land().await?);
                if !leadership.still_held().await {
                    return Err(ProjectorError::LeadLost);
                }
                projection.still_stands().await?;
                checked = Instant::now();
            }
            let events = next(config, &mut source, &mut projection).await?;
            if !events.is_empty() {
                if projection.must_land_before(&events) {
                    tell(config, &projection.land().await?);
                }
                // Postgres writes this batch while the next one is read and folded.
                tell(config, &projection.fold_on(events).await?);
            }
            Ok(())
        };
        timeout(PATIENCE, step).await.unwrap_or(Err(ProjectorError::NoAnswer))?;
    }
}

/// The events that follow those that are being written, which may meanwhile land.
async fn next(
    config: &ProjectorConfig,
    source: &mut Source<'_>,
    projection: &mut Projection,
) -> Result<Vec<Event>, ProjectorError> {
    let mut events = pin!(source.next(projection.ahead()));
    if projection.is_flying() {
        tokio::select! {
            () = projection.flown() => tell(config, &projection.land().await?),
            events = &mut events => return events,
        }
    }
    events.await
}

/// Says of a batch that it is written.
fn tell(config: &ProjectorConfig, Landed { events, parked }: &Landed) {
    let Some(last) = events.last() else { return };
    metrics::counter!("casebus_projector_events_total").increment(length(events));
    metrics::counter!("casebus_projector_parked_events_total").increment(length(parked));
    tell_folded(events, parked);
    tell_parked(events, parked);
    config.status.set(last.position);
}

/// Without a bus, hears of the appends of other processes; never ends.
async fn hints(config: &ProjectorConfig) {
    if config.bus.is_some() {
        return std::future::pending().await;
    }
    loop {
        if let Err(error) = config.log.listen().await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "no hints from the log; its timer goes on"
            );
        }
        sleep(PAUSE).await;
    }
}
