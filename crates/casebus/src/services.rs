//! The services, each begun again when it ends with an error.

use crate::business_clock::BusinessClock;
use crate::database::Pools;
use crate::descriptors;
use crate::rules::KeptRules;
use accounts::{Accounts, MasterKey};
use bus::BusConfig;
use command::{Desk, SharedRules};
use log::{Hints, Log, Writer};
use metrics_exporter_prometheus::PrometheusHandle;
use relay::{RelayState, RelayStatus};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use views::Views;

/// The first pause before a service is begun again; it doubles while it keeps failing.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// The longest such pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// A service that ran so long is well again.
const WELL_AFTER: Duration = Duration::from_mins(1);
/// How often a service looks whether the log has begun a new epoch.
const EPOCH_INTERVAL: Duration = Duration::from_secs(3);
/// How often the gateway looks for a new registry.
const REGISTRY_INTERVAL: Duration = Duration::from_secs(5);
/// How long a service that has ended waits for its writer: what was accepted is appended by then, and only a caller
/// that never finishes its request still holds the writer.
const WRITER_PATIENCE: Duration = Duration::from_secs(2);
/// How often histograms are emptied into their summaries.
const METRICS_INTERVAL: Duration = Duration::from_secs(5);

/// What all services work with.
#[derive(Clone)]
pub(crate) struct Means {
    /// Connections as the services' role.
    pub(crate) pools: Pools,
    /// The bus.
    pub(crate) bus: BusConfig,
    /// Business time.
    pub(crate) clock: BusinessClock,
    /// What the relay of this process is doing, when it has one.
    pub(crate) relay: Option<RelayStatus>,
    /// What the services of this process tell each other of the log.
    pub(crate) hints: Hints,
    /// The read model, and what they tell each other of it.
    pub(crate) views: Views,
}

/// A desk over the log as it is now that decides by these rules, and the task of its writer.
pub(crate) async fn desk(
    pools: &Pools,
    hints: &Hints,
    rules: SharedRules,
    writers: &mut JoinSet<()>,
) -> anyhow::Result<Desk> {
    // The writer opens the log last: where an epoch begins in between, the desk is the older one and is begun again.
    let log = Log::open_sharing(pools.short.clone(), hints).await?;
    let (writer, work) = Writer::new(Log::open_sharing(pools.writer.clone(), hints).await?);
    writers.spawn(work);
    Ok(Desk::new(log, writer, rules))
}

/// The gateway.
async fn gateway(
    means: Means,
    master_key: MasterKey,
    listener: TcpListener,
    metrics: PrometheusHandle,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let mut writers = JoinSet::new();
    let accounts = Accounts::new(means.pools.short.clone(), master_key);
    let rules = KeptRules::load(&accounts).await?;
    let desk = desk(&means.pools, &means.hints, rules.shared(), &mut writers).await?;
    let log = desk.log().clone();
    let relay = means.relay;
    let config = gateway::GatewayConfig {
        listener,
        desk,
        accounts,
        views: means.views,
        now: means.clock.as_now(),
        metrics,
        readiness: Arc::new(move || relay.iter().map(|status| ("relay", relay_is_ready(status))).collect()),
        registry_refresh_interval: REGISTRY_INTERVAL,
        limits: gateway::Limits { connections: descriptors::for_connections(), ..Default::default() },
    };
    let own_stop = stop.child_token();
    let ended = tokio::select! {
        ended = gateway::run(config, own_stop.clone()) => ended.map_err(Into::into),
        ended = new_epoch(log.clone()) => ended,
        never = hints(log.clone()) => never,
        never = rules.keep() => never,
    };
    own_stop.cancel();
    end_writers(writers).await;
    ended
}

/// The relay.
pub(crate) async fn relay(means: Means, stop: CancellationToken) -> anyhow::Result<()> {
    let log = Log::open_sharing(means.pools.short, &means.hints).await?;
    let mut config = relay::RelayConfig::new(log.clone(), means.bus);
    if let Some(status) = means.relay {
        config.status = status;
    }
    tokio::select! {
        ended = relay::run(config, stop) => Ok(ended?),
        ended = new_epoch(log.clone()) => ended,
        never = hints(log.clone()) => never,
    }
}

/// The projector.
pub(crate) async fn projector(means: Means, stop: CancellationToken) -> anyhow::Result<()> {
    let log = Log::open_sharing(means.pools.short, &means.hints).await?;
    let config = projector::ProjectorConfig::new(log.clone(), Some(means.bus), means.views);
    tokio::select! {
        ended = projector::run(config, stop) => Ok(ended?),
        ended = new_epoch(log.clone()) => ended,
    }
}

/// The watch.
pub(crate) async fn watch(
    means: Means,
    master_key: MasterKey,
    interval: Duration,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let mut writers = JoinSet::new();
    let accounts = Accounts::new(means.pools.short.clone(), master_key);
    let rules = KeptRules::load(&accounts).await?;
    let desk = desk(&means.pools, &means.hints, rules.shared(), &mut writers).await?;
    let log = desk.log().clone();
    let config = watch::WatchConfig {
        desk,
        views: means.views,
        accounts,
        bus: Some(means.bus),
        now: means.clock.as_now(),
        interval,
    };
    let ended = tokio::select! {
        ended = watch::run(config, stop) => ended.map_err(Into::into),
        ended = new_epoch(log.clone()) => ended,
        never = rules.keep() => never,
    };
    end_writers(writers).await;
    ended
}

/// Waits until the writer has appended what was accepted, but not for callers that never end: their connections to
/// Postgres are the next writer's.
async fn end_writers(mut writers: JoinSet<()>) {
    let ended = async { while writers.join_next().await.is_some() {} };
    if tokio::time::timeout(WRITER_PATIENCE, ended).await.is_err() {
        tracing::warn!("a request is still under way; it finds no writer any more");
        writers.shutdown().await;
    }
}

/// Keeps a service running until the stop: one that ends with an error is begun again, after a pause that grows.
pub(crate) async fn keep_running<Begun>(
    name: &'static str,
    stop: CancellationToken,
    mut begin: impl FnMut() -> Begun + Send,
) where
    Begun: Future<Output = anyhow::Result<()>> + Send,
{
    let mut pause = FIRST_PAUSE;
    loop {
        let begun = tokio::time::Instant::now();
        match begin().await {
            Ok(()) if stop.is_cancelled() => return,
            Ok(()) => {
                // A new epoch is no failure, however soon the next one follows.
                pause = FIRST_PAUSE;
                tracing::info!(service = name, "a service is begun again");
            }
            Err(error) => {
                tracing::error!(
                    service = name,
                    error = format!("{error:#}"),
                    "a service has failed; it is begun again"
                );
            }
        }
        if begun.elapsed() > WELL_AFTER {
            pause = FIRST_PAUSE;
        }
        if stop.run_until_cancelled(tokio::time::sleep(pause)).await.is_none() {
            return;
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Keeps the gateway running: first on its listener, later on that address again.
pub(crate) async fn keep_gateway(
    means: Means,
    master_key: MasterKey,
    listener: TcpListener,
    metrics: PrometheusHandle,
    stop: CancellationToken,
) {
    let address = listener.local_addr();
    let mut listener = Some(listener);
    let token = stop.clone();
    let begin = move || {
        let (means, master_key) = (means.clone(), master_key.clone());
        let (listener, metrics, token) = (listener.take(), metrics.clone(), token.clone());
        let address = address.as_ref().copied().map_err(std::io::Error::kind);
        async move {
            let listener = match listener {
                Some(listener) => listener,
                None => TcpListener::bind(address.map_err(std::io::Error::from)?).await?,
            };
            Box::pin(gateway(means, master_key, listener, metrics, token)).await
        }
    };
    keep_running("gateway", stop, begin).await;
}

/// Installs the recorder of metrics; once in a process. Its task is tracked.
pub(crate) fn metrics(tracker: &TaskTracker, stop: CancellationToken) -> anyhow::Result<PrometheusHandle> {
    let handle = metrics_exporter_prometheus::PrometheusBuilder::new().install_recorder()?;
    let upkeep = handle.clone();
    tracker.spawn(async move {
        while stop.run_until_cancelled(tokio::time::sleep(METRICS_INTERVAL)).await.is_some() {
            upkeep.run_upkeep();
        }
    });
    Ok(handle)
}

/// Ends when the log has begun a new epoch, so that the service is begun again in it.
async fn new_epoch(log: Log) -> anyhow::Result<()> {
    loop {
        tokio::time::sleep(EPOCH_INTERVAL).await;
        match log.head().await {
            Ok(head) if head.epoch != log.epoch() => {
                tracing::warn!(epoch = head.epoch, "the log has begun a new epoch");
                return Ok(());
            }
            // While Postgres is away, the service itself says so.
            Ok(_) | Err(_) => {}
        }
    }
}

/// Listens for appends of other processes; without it a timer does the same, later.
async fn hints(log: Log) -> anyhow::Result<()> {
    loop {
        if let Err(error) = log.listen().await {
            tracing::debug!(error = &error as &dyn std::error::Error, "listening for appends is interrupted");
        }
        tokio::time::sleep(LONGEST_PAUSE).await;
    }
}

/// Whether the relay of this process does its work, for `/readyz`.
fn relay_is_ready(status: &RelayStatus) -> Result<(), String> {
    match status.current() {
        RelayState::Relaying { .. } | RelayState::Standby => Ok(()),
        RelayState::Starting => Err("the relay has not looked at the stream yet".to_owned()),
        RelayState::Interrupted { reason } | RelayState::Halted { reason } => Err(reason),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_service_that_ends_well_is_begun_again_soon_however_often() {
        let stop = CancellationToken::new();
        let (mut begun, token) = (0, stop.clone());
        let begin = move || {
            begun += 1;
            if begun == 6 {
                token.cancel();
            }
            std::future::ready(Ok(()))
        };
        // Pauses that double would add up to six seconds.
        let kept = tokio::time::timeout(Duration::from_secs(3), keep_running("test", stop, begin)).await;
        assert!(kept.is_ok(), "it was not begun again in time");
    }
}
