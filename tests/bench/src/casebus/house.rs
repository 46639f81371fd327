//! What casebus runs over in the benchmarks: a database of the run's Postgres, a nats-server, and the demonstration,
//! whose departments and keys the requests use.

use super::process::free_address;
use super::{Launch, Process, program};
use crate::cpu::Watched;
use crate::database::{Database, POOL_CONNECTIONS};
use crate::http::Api;
use crate::nats;
use crate::stage::Stage;
use anyhow::Context;
use servers::NatsServer;
use std::ffi::OsString;
use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Database, bus and data folder, with the demonstration loaded.
pub(crate) struct House {
    program: PathBuf,
    folder: PathBuf,
    database: Database,
    nats: NatsServer,
    postgres_pid: u32,
}

/// A casebus that answers requests.
pub(crate) struct Serving {
    /// The process.
    pub(crate) process: Process,
    /// Its API.
    pub(crate) api: Api,
}

impl House {
    /// Makes it, and loads the demonstration through a first start of `casebus up --demo`.
    pub(crate) async fn build(stage: &Stage<'_>, name: &str) -> anyhow::Result<Self> {
        let folder = stage.scratch.join(name);
        fs::create_dir(&folder)?;
        let house = Self {
            program: program(stage.options)?,
            database: stage.server.fresh_database().await?,
            nats: nats::start(stage.options, &folder.join("nats")).await?,
            folder: folder.join("data"),
            postgres_pid: stage.server.pid(),
        };
        house.up().await?.process.stop().await?;
        Ok(house)
    }

    /// Everything in one process.
    pub(crate) async fn up(&self) -> anyhow::Result<Serving> {
        let address = free_address()?;
        let listen = address.to_string();
        let data = self.folder.clone().into_os_string();
        let arguments = ["up", "--demo", "--listen", &listen, "--data-dir"].map(OsString::from);
        let arguments = arguments.into_iter().chain([data]).collect();
        self.serve(self.launch("up", arguments, Vec::new()), address).await
    }

    /// Only the API.
    pub(crate) async fn gateway(&self) -> anyhow::Result<Serving> {
        let address = free_address()?;
        let listen = ("CASEBUS_GATEWAY_LISTEN", address.to_string().into());
        self.serve(self.role_launch("gateway", vec![listen]), address).await
    }

    /// One of the other services.
    pub(crate) fn role(&self, role: &'static str) -> anyhow::Result<Process> {
        Process::start(self.role_launch(role, Vec::new()))
    }

    async fn serve(&self, launch: Launch, address: SocketAddr) -> anyhow::Result<Serving> {
        let keys = self.folder.join("demo-keys.json");
        let mut process = Process::start(launch)?;
        process.wait_ready(address, &keys).await?;
        let keys = fs::read_to_string(&keys).with_context(|| format!("cannot read {}", keys.display()))?;
        Ok(Serving { process, api: Api::new(address, &keys)? })
    }

    fn role_launch(&self, role: &'static str, mut more: Vec<(&'static str, OsString)>) -> Launch {
        more.push(("CASEBUS_GATEWAY_MASTER_KEY_FILE", self.folder.join("master.key").into()));
        more.push(("CASEBUS_DATABASE_MAX_CONNECTIONS", POOL_CONNECTIONS.to_string().into()));
        self.launch(role, ["run", role].map(OsString::from).to_vec(), more)
    }

    fn launch(&self, name: &str, arguments: Vec<OsString>, more: Vec<(&'static str, OsString)>) -> Launch {
        let mut environment = more;
        environment.push(("CASEBUS_DATABASE_URL", self.database.url.clone().into()));
        environment.push(("CASEBUS_NATS_URL", self.nats.url().into()));
        let output = self.folder.with_file_name(format!("{name}.log"));
        Launch { program: self.program.clone(), arguments, environment, output }
    }

    /// Its database.
    pub(crate) async fn pool(&self) -> anyhow::Result<sqlx::PgPool> {
        self.database.pool().await
    }

    /// Its servers and the measuring program.
    pub(crate) fn watched(&self) -> Watched {
        Watched::own().and("Postgres", self.postgres_pid).and("nats-server", self.nats.pid())
    }

    /// Removes it; everything that ran over it has ended.
    pub(crate) async fn remove(self, stage: &Stage<'_>) -> anyhow::Result<()> {
        self.nats.stop().await?;
        stage.server.remove(self.database).await
    }
}
