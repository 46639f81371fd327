//! Everything that runs over the servers: schema, services, demonstration.

use super::children::Children;
use super::readiness::{self, Readiness};
use crate::business_clock::{BusinessClock, show_offset};
use crate::connection::{Connection, Published};
use crate::database::{self, Pools};
use crate::demo::{self, Stage, Tour};
use crate::failure::Failure;
use crate::master_key;
use crate::rules::KeptRules;
use crate::services::{self, Means};
use crate::signals::STOP_PATIENCE;
use crate::terminal::say;
use accounts::{Accounts, MasterKey};
use bus::BusConfig;
use chrono::TimeDelta;
use log::{Hints, Log};
use relay::RelayStatus;
use sqlx::PgPool;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use views::Views;

/// Connections of the gateway, of the other services together, and of the owner while it begins.
const GATEWAY_CONNECTIONS: u32 = 18;
const BACKGROUND_CONNECTIONS: u32 = 10;
const OWNER_CONNECTIONS: u32 = 8;
/// How often the watch looks.
const WATCH_INTERVAL: Duration = Duration::from_secs(5);
/// Two clocks of one machine may differ by this much.
const CLOCK_TOLERANCE: TimeDelta = TimeDelta::minutes(1);

/// Everything that runs over the servers.
pub(super) struct House {
    gateway: Floor,
    background: Floor,
    address: SocketAddr,
    folder: PathBuf,
    readiness: Readiness,
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
    /// Opens it, and returns when it is ready, or when it is known that a person must act first.
    pub(super) async fn open(
        children: &Children,
        folder: &Path,
        listener: TcpListener,
        clock: BusinessClock,
        with_demo: bool,
    ) -> anyhow::Result<Self> {
        let owner = prepare_database(children).await?;
        let master_key_file = folder.join("master.key");
        let master_key =
            master_key::load_or_create(&master_key_file, &owner, children.private_database).await?;
        let status = RelayStatus::new();
        let pools = Pools::of_gateway(&children.service_url, GATEWAY_CONNECTIONS).await?;
        let means = Means {
            views: Views::new(pools.lists.clone()),
            pools,
            bus: BusConfig::new(&children.nats_url),
            clock,
            relay: Some(status.clone()),
            hints: Hints::default(),
        };
        let pool = database::pool(&children.service_url, BACKGROUND_CONNECTIONS).await?;
        let views = means.views.through(pool.clone());
        let background = Means { pools: Pools::shared(pool), views, ..means.clone() };
        if with_demo {
            demo::must_be_one(&Log::open(means.pools.short.clone()).await?, folder).await?;
        }
        check_clock(&means).await?;
        let address = readiness::reachable(listener.local_addr()?);
        // From here on an operator can act, also when it does not become ready.
        let published = connection(children, &means, master_key_file, address).publish(folder)?;
        let floors = (Floor::default(), Floor::default());
        start_followers(&background, &floors.1);
        // Nothing is appended before the relay has seen that stream and log fit together.
        let fits = readiness::relay_has_looked(&status).await;
        let tour = if with_demo && fits {
            load_demo(&means, Accounts::new(owner.clone(), master_key.clone()), folder).await?
        } else {
            None
        };
        owner.close().await;
        start_watch(background, master_key.clone(), &floors.1);
        let metrics = services::metrics(&floors.0.tracker, floors.0.stop.clone())?;
        let gateway =
            services::keep_gateway(means.clone(), master_key, listener, metrics, floors.0.stop.clone());
        floors.0.tracker.spawn(gateway);
        let readiness = readiness::wait(address, &status).await?;
        if with_demo && readiness == Readiness::Ready {
            let head = Log::open(means.pools.short.clone()).await?.head().await?;
            views::wait_for_position(&means.pools.short, head.position, STOP_PATIENCE).await?;
        }
        let (gateway, background) = floors;
        let folder = folder.to_owned();
        Ok(Self { gateway, background, address, folder, readiness, tour, _published: published })
    }

    /// Says that it is ready and what to try, or what a person must do.
    pub(super) fn announce(&self, took: Duration) {
        let seconds = took.as_secs_f64();
        let (address, folder) = (self.address, self.folder.display());
        match &self.readiness {
            Readiness::Ready => {
                say(format!("casebus is ready: http://{address} (after {seconds:.1} s) casebus 已就绪"));
                if let Some(tour) = &self.tour {
                    say(tour.text(address));
                }
            }
            Readiness::Halted { reason } => {
                say(format!("casebus is halted: http://{address} answers reads; {reason}"));
                say(format!(
                    "Where stream and log differ, once you know why and that the log shall hold: \
                     casebus log new-epoch --yes --data-dir {folder}"
                ));
                say(format!(
                    "casebus 已暂停，目前只可查询（{reason}）。如因消息流与日志不一致，查明原因并确认以日志为准后，运行：\
                     casebus log new-epoch --yes --data-dir {folder}"
                ));
            }
        }
    }

    /// Stops the gateway, then the others.
    pub(super) async fn close(self) {
        self.gateway.close().await;
        self.background.close().await;
    }
}

/// Brings the schemas up to date; answers the owner's connections.
async fn prepare_database(children: &Children) -> anyhow::Result<PgPool> {
    let owner = database::pool(&children.owner_url, OWNER_CONNECTIONS).await?;
    if children.private_database {
        database::make_service_role(&owner).await?;
        database::migrate(&owner, Some(database::SERVICE_ROLE)).await?;
    } else {
        database::migrate(&owner, None).await?;
    }
    Ok(owner)
}

/// How administrators reach this casebus.
fn connection(children: &Children, means: &Means, master_key_file: PathBuf, api: SocketAddr) -> Connection {
    Connection {
        owner_database_url: children.owner_url.clone(),
        database_url: children.service_url.clone(),
        nats_url: Some(children.nats_url.clone()),
        nats_replicas: means.bus.replicas,
        nats_max_messages: means.bus.max_messages,
        master_key_file: Some(master_key_file),
        api: Some(format!("http://{api}")),
        pid: std::process::id(),
        clock_offset_seconds: means.clock.offset().num_seconds(),
    }
}

/// Business time must not go back before the last event of the log.
async fn check_clock(means: &Means) -> anyhow::Result<()> {
    let last = Log::open(means.pools.short.clone()).await?.last_occurred_at().await?;
    let Some(last) = last.filter(|last| *last > means.clock.now() + CLOCK_TOLERANCE) else {
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

/// Loads the demonstration into an empty log. Its keys and its registry are made as the owner.
async fn load_demo(means: &Means, accounts: Accounts, folder: &Path) -> anyhow::Result<Option<Tour>> {
    let mut writers = JoinSet::new();
    let rules = KeptRules::load(&accounts).await?;
    let desk = services::desk(&means.pools, &means.hints, rules.shared(), &mut writers).await?;
    let stage = Stage { folder, desk: &desk, accounts: &accounts, clock: means.clock };
    let tour = demo::load(&stage).await?;
    drop(desk);
    while writers.join_next().await.is_some() {}
    Ok(tour)
}
