//! Everything that runs over the servers: schema, services, demonstration.

use super::children::Children;
use super::readiness;
use crate::business_clock::{BusinessClock, show_offset};
use crate::connection::{Connection, Published};
use crate::database;
use crate::demo::{self, Stage, Tour};
use crate::failure::Failure;
use crate::services::{self, Means};
use crate::terminal::say;
use accounts::{Accounts, MasterKey};
use bus::BusConfig;
use chrono::TimeDelta;
use log::Log;
use relay::RelayStatus;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Connections of the gateway, and of the other services together.
const GATEWAY_CONNECTIONS: u32 = 16;
const BACKGROUND_CONNECTIONS: u32 = 10;
/// How often the watch looks.
const WATCH_INTERVAL: Duration = Duration::from_secs(5);
/// How long the services may take to end.
const STOP_PATIENCE: Duration = Duration::from_secs(12);
/// Two clocks of one machine may differ by this much.
const CLOCK_TOLERANCE: TimeDelta = TimeDelta::minutes(1);

/// Everything that runs over the servers.
pub(super) struct House {
    gateway: Floor,
    background: Floor,
    address: SocketAddr,
    tour: Option<Tour>,
    _published: Published,
}

/// Services that stop together.
#[derive(Default)]
struct Floor {
    stop: CancellationToken,
    tracker: TaskTracker,
}

impl Floor {
    async fn close(self) {
        self.stop.cancel();
        self.tracker.close();
        if tokio::time::timeout(STOP_PATIENCE, self.tracker.wait()).await.is_err() {
            tracing::warn!("services did not end in time; they end with the process");
        }
    }
}

impl House {
    /// Opens it, and returns when it is ready.
    pub(super) async fn open(
        children: &Children,
        folder: &Path,
        listener: TcpListener,
        clock: BusinessClock,
        with_demo: bool,
    ) -> anyhow::Result<Self> {
        prepare_database(children).await?;
        let master_key_file = folder.join("master.key");
        let master_key = MasterKey::load_or_create(&master_key_file)?;
        let means = Means {
            pool: database::pool(&children.service_url, GATEWAY_CONNECTIONS).await?,
            bus: BusConfig::new(&children.nats_url),
            clock,
            relay: Some(RelayStatus::new()),
        };
        let background = Means {
            pool: database::pool(&children.service_url, BACKGROUND_CONNECTIONS).await?,
            ..means.clone()
        };
        check_clock(&means).await?;
        let floors = (Floor::default(), Floor::default());
        start_followers(&background, &floors.1);
        let tour = if with_demo { load_demo(&means, &master_key, folder).await? } else { None };
        start_watch(background, master_key.clone(), &floors.1);
        let address = readiness::reachable(listener.local_addr()?);
        let metrics = services::metrics(&floors.0.tracker, floors.0.stop.clone())?;
        let gateway =
            services::keep_gateway(means.clone(), master_key, listener, metrics, floors.0.stop.clone());
        floors.0.tracker.spawn(gateway);
        readiness::wait(address).await?;
        if with_demo {
            let head = Log::open(means.pool.clone()).await?.head().await?;
            views::wait_for_position(&means.pool, head.position, STOP_PATIENCE).await?;
        }
        let connection = Connection {
            owner_database_url: children.owner_url.clone(),
            database_url: children.service_url.clone(),
            nats_url: Some(children.nats_url.clone()),
            nats_replicas: means.bus.replicas,
            nats_max_messages: means.bus.max_messages,
            master_key_file: Some(master_key_file),
            api: Some(format!("http://{address}")),
            pid: std::process::id(),
            clock_offset_seconds: clock.offset().num_seconds(),
        };
        let published = connection.publish(folder)?;
        Ok(Self { gateway: floors.0, background: floors.1, address, tour, _published: published })
    }

    /// Says that it is ready, and what to try.
    pub(super) fn announce(&self, took: Duration) {
        let seconds = took.as_secs_f64();
        let address = self.address;
        say(format!("casebus is ready: http://{address} (after {seconds:.1} s) casebus 已就绪"));
        if let Some(tour) = &self.tour {
            say(tour.text(address));
        }
    }

    /// Stops the gateway, then the others.
    pub(super) async fn close(self) {
        self.gateway.close().await;
        self.background.close().await;
    }
}

async fn prepare_database(children: &Children) -> anyhow::Result<()> {
    let owner = database::pool(&children.owner_url, 2).await?;
    if children.private_database {
        database::make_service_role(&owner).await?;
        database::migrate(&owner, Some(database::SERVICE_ROLE)).await?;
    } else {
        database::migrate(&owner, None).await?;
    }
    owner.close().await;
    Ok(())
}

/// Business time must not go back before the last event of the log.
async fn check_clock(means: &Means) -> anyhow::Result<()> {
    let head = Log::open(means.pool.clone()).await?.head().await?;
    let Some(last) = head.last_occurred_at.filter(|last| *last > means.clock.now() + CLOCK_TOLERANCE) else {
        return Ok(());
    };
    let earliest = show_offset(means.clock.earliest_offset(last));
    Err(Failure::new(
        format!(
            "business time would go back before the last event of the log ({last}): use --demo --clock-offset \
             {earliest} or later, or another data folder"
        ),
        format!(
            "业务时间将早于日志中最后一个事件（{last}）：请使用 --demo --clock-offset {earliest} 或更晚，或另选数据目录"
        ),
    )
    .into())
}

fn start_followers(means: &Means, floor: &Floor) {
    let (relay, stop) = (means.clone(), floor.stop.clone());
    let begin = move || services::relay(relay.clone(), stop.clone());
    floor.tracker.spawn(services::keep_running("relay", floor.stop.clone(), begin));
    let (projector, stop) = (means.clone(), floor.stop.clone());
    let begin = move || services::projector(projector.clone(), stop.clone());
    floor.tracker.spawn(services::keep_running("projector", floor.stop.clone(), begin));
}

fn start_watch(means: Means, master_key: MasterKey, floor: &Floor) {
    let stop = floor.stop.clone();
    let begin = move || services::watch(means.clone(), master_key.clone(), WATCH_INTERVAL, stop.clone());
    floor.tracker.spawn(services::keep_running("watch", floor.stop.clone(), begin));
}

/// Loads the demonstration into an empty log.
async fn load_demo(means: &Means, master_key: &MasterKey, folder: &Path) -> anyhow::Result<Option<Tour>> {
    let tracker = TaskTracker::new();
    let desk = services::desk(&means.pool, &tracker).await?;
    tracker.close();
    let accounts = Accounts::new(means.pool.clone(), master_key.clone());
    let stage = Stage { folder, desk: &desk, accounts: &accounts, clock: means.clock };
    let tour = demo::load(&stage).await?;
    drop(desk);
    tracker.wait().await;
    Ok(tour)
}
