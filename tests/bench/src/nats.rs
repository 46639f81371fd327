//! Private nats-servers: one, or a cluster of three on the loopback.

mod cluster;

use crate::casebus::answer;
use crate::cpu::Watched;
use crate::options::Options;
use async_nats::ConnectOptions;
use bus::{Bus, BusConfig};
use cluster::Cluster;
use servers::{NatsOptions, NatsServer};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long a stream may take to be made: a cluster must choose a leader first.
const STREAM_PATIENCE: Duration = Duration::from_mins(1);

/// The program that is started.
fn program(options: &Options) -> PathBuf {
    options.nats_server.clone().unwrap_or_else(|| PathBuf::from("nats-server"))
}

/// What it says of its version.
pub(crate) async fn version(options: &Options) -> anyhow::Result<String> {
    answer(&program(options), "--version").await
}

/// One server in a folder.
pub(crate) async fn start(options: &Options, folder: &Path) -> anyhow::Result<NatsServer> {
    let mut settings = NatsOptions::new(folder);
    settings.binary.clone_from(&options.nats_server);
    Ok(NatsServer::start(settings).await?)
}

/// Where messages are published: a server or three, and the stream on them.
pub(crate) struct Bed {
    config: BusConfig,
    servers: Servers,
}

enum Servers {
    One(NatsServer),
    Three(Cluster),
}

impl Bed {
    /// One server, one copy of each message.
    pub(crate) async fn of_one(options: &Options, folder: &Path) -> anyhow::Result<Self> {
        let server = start(options, folder).await?;
        let config = BusConfig::new(server.url());
        Ok(Self { config, servers: Servers::One(server) })
    }

    /// Three servers, three copies.
    pub(crate) async fn of_three(options: &Options, folder: &Path) -> anyhow::Result<Self> {
        let cluster = Cluster::start(&program(options), folder).await?;
        let config = BusConfig { replicas: 3, ..BusConfig::new(cluster.url()) };
        Ok(Self { config, servers: Servers::Three(cluster) })
    }

    /// How the bus reaches it.
    pub(crate) fn config(&self) -> &BusConfig {
        &self.config
    }

    /// The name of the stream.
    pub(crate) fn stream(&self) -> &str {
        &self.config.stream
    }

    /// Its processes beside others.
    pub(crate) fn watch(&self, watched: Watched) -> Watched {
        match &self.servers {
            Servers::One(server) => watched.and("nats-server", server.pid()),
            Servers::Three(cluster) => {
                cluster.pids().into_iter().fold(watched, |watched, pid| watched.and("nats-server", pid))
            }
        }
    }

    /// A connection of its own, as plain as it can be.
    pub(crate) async fn client(&self) -> anyhow::Result<async_nats::Client> {
        let (user, password, addresses) = match &self.servers {
            Servers::One(server) => {
                ("casebus", server.password(), vec![format!("127.0.0.1:{}", server.port())])
            }
            Servers::Three(cluster) => (cluster::USER, cluster.password(), cluster.addresses()),
        };
        let options = ConnectOptions::with_user_and_password(user.to_owned(), password.to_owned());
        Ok(options.connect(addresses).await?)
    }

    /// Removes the stream with all messages; with `again` it is made anew and is empty.
    pub(crate) async fn empty(&self, again: bool) -> anyhow::Result<()> {
        let until = Instant::now() + STREAM_PATIENCE;
        loop {
            match self.try_empty(again).await {
                Ok(()) => return Ok(()),
                Err(error) if Instant::now() >= until => return Err(error),
                Err(_) => tokio::time::sleep(Duration::from_millis(250)).await,
            }
        }
    }

    async fn try_empty(&self, again: bool) -> anyhow::Result<()> {
        let bus = Bus::connect(self.config.clone()).await?;
        bus.delete_stream().await?;
        if again {
            bus.create_stream(1, 1).await?;
        }
        Ok(())
    }

    /// Stops it.
    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        match self.servers {
            Servers::One(server) => Ok(server.stop().await?),
            Servers::Three(cluster) => cluster.stop().await,
        }
    }
}
