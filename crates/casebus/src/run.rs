//! `casebus run ROLE`: one service over given servers.

use crate::business_clock::BusinessClock;
use crate::command_line::ServiceRole;
use crate::config::Config;
use crate::database::{self, Pools};
use crate::failure;
use crate::listener::bind;
use crate::master_key;
use crate::services::{self, Means};
use crate::signals::{STOP_PATIENCE, Signals};
use log::Hints;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use views::Views;

/// Runs a service until SIGTERM or Ctrl-C.
pub(crate) async fn run(role: ServiceRole, config: Config) -> anyhow::Result<()> {
    let mut signals = Signals::install()?;
    let (stop, tracker) = (CancellationToken::new(), TaskTracker::new());
    tokio::select! {
        begun = begin(role, &config, &stop, &tracker) => begun?,
        // Whoever tells it to stop need not wait until it has begun.
        () = signals.received() => return Ok(()),
    }
    tracker.close();
    signals.received().await;
    stop.cancel();
    if tokio::time::timeout(STOP_PATIENCE, tracker.wait()).await.is_err() {
        tracing::warn!("the service did not end in time; it ends with the process");
    }
    Ok(())
}

/// Connects to the servers and begins the service.
async fn begin(
    role: ServiceRole,
    config: &Config,
    stop: &CancellationToken,
    tracker: &TaskTracker,
) -> anyhow::Result<()> {
    let (url, max_connections) = (config.database_url()?, config.max_connections()?);
    let pools = match role {
        ServiceRole::Gateway => Pools::of_gateway(url, max_connections).await?,
        ServiceRole::Relay | ServiceRole::Projector | ServiceRole::Watch => {
            Pools::shared(database::pool(url, max_connections).await?)
        }
    };
    must_be_migrated(&pools).await?;
    if let (Some(address), false) = (config.metrics.listen, role == ServiceRole::Gateway) {
        let listener = bind(address).await?;
        let metrics = services::metrics(tracker, stop.clone())?;
        tracker.spawn(gateway::serve_metrics(listener, metrics, stop.clone()));
    }
    let means = Means {
        views: Views::new(pools.lists.clone()),
        pools,
        bus: config.bus()?,
        clock: BusinessClock::default(),
        relay: None,
        hints: Hints::default(),
    };
    start(role, config, means, stop, tracker).await
}

/// A database without the schemas, or with those of an older version, does not get them by waiting. Whatever else is wrong with it
/// may pass.
async fn must_be_migrated(pools: &Pools) -> anyhow::Result<()> {
    match database::is_behind(&pools.short).await {
        Err(error) if failure::lacks_schema(&error) => Err(error),
        Ok(true) => Err(failure::older_database().into()),
        Ok(false) | Err(_) => Ok(()),
    }
}

async fn start(
    role: ServiceRole,
    config: &Config,
    means: Means,
    stop: &CancellationToken,
    tracker: &TaskTracker,
) -> anyhow::Result<()> {
    let token = stop.clone();
    match role {
        ServiceRole::Gateway => {
            let master_key = master_key::load(config.master_key_file()?, &means.pools.short).await?;
            let listener = bind(config.gateway.listen).await?;
            let metrics = services::metrics(tracker, token.clone())?;
            tracker.spawn(services::keep_gateway(means, master_key, listener, metrics, token));
        }
        ServiceRole::Relay => {
            let begin = move || services::relay(means.clone(), token.clone());
            tracker.spawn(services::keep_running("relay", stop.clone(), begin));
        }
        ServiceRole::Projector => {
            let begin = move || services::projector(means.clone(), token.clone());
            tracker.spawn(services::keep_running("projector", stop.clone(), begin));
        }
        ServiceRole::Watch => {
            let master_key = master_key::load(config.master_key_file()?, &means.pools.short).await?;
            let interval = Duration::from_secs(config.watch.interval_seconds.max(1));
            let begin = move || services::watch(means.clone(), master_key.clone(), interval, token.clone());
            tracker.spawn(services::keep_running("watch", stop.clone(), begin));
        }
    }
    Ok(())
}
