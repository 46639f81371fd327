//! One process of casebus, with cables of its own to Postgres and NATS.

use crate::nats::{CREDENTIALS, NatsNode};
use crate::process::{self, Process};
use crate::proxy::Proxy;
use crate::template::{SERVICE_ROLE, free_port};
use anyhow::Context;
use rustix::process::Signal;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long it may take to end on SIGTERM.
const STOP_PATIENCE: Duration = Duration::from_secs(30);
/// What Rust's runtime ends with after a panic.
const PANICKED: i32 = 101;

/// A service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The API.
    Gateway,
    /// Log → stream.
    Relay,
    /// Stream → views.
    Projector,
    /// What is due by itself.
    Watch,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Relay, Self::Projector, Self::Watch, Self::Gateway];

    /// Its name on the command line, and in the election of leaders.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gateway => "gateway",
            Self::Relay => "relay",
            Self::Projector => "projector",
            Self::Watch => "watch",
        }
    }
}

/// A process of a deployment.
#[derive(Debug)]
pub struct Member {
    /// What it does.
    pub role: Role,
    /// Like `relay-1`; its connections to Postgres bear it too.
    pub name: String,
    /// Its cable to Postgres.
    pub postgres: Proxy,
    /// Its cables to the nodes of NATS.
    pub nats: Vec<Proxy>,
    /// Where it says what it does.
    pub log: PathBuf,
    listen: u16,
    master_key_file: PathBuf,
    process: Option<Process>,
    /// Frozen or deliberately down: not to be started by anybody else.
    pub is_held: bool,
}

impl Member {
    /// A member that is not started yet.
    pub async fn new(
        role: Role,
        number: u32,
        folder: &Path,
        postgres: u16,
        nats: &[NatsNode],
        master_key_file: &Path,
    ) -> anyhow::Result<Self> {
        let name = format!("{}-{number}", role.name());
        let mut cables = Vec::new();
        for node in nats {
            cables.push(Proxy::to(node.port).await?);
        }
        Ok(Self {
            role,
            postgres: Proxy::to(postgres).await?,
            nats: cables,
            log: folder.join(format!("{name}.log")),
            name,
            listen: free_port()?,
            master_key_file: master_key_file.to_owned(),
            process: None,
            is_held: false,
        })
    }

    /// Where a gateway is.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.listen)
    }

    /// Starts it.
    pub fn start(&mut self) -> anyhow::Result<()> {
        let mut command = process::command(&harness::binary(), None);
        let (user, password) = CREDENTIALS;
        let nats: Vec<String> = self
            .nats
            .iter()
            .map(|cable| format!("nats://{user}:{password}@127.0.0.1:{}", cable.port()))
            .collect();
        let database = format!(
            "postgres://{SERVICE_ROLE}@127.0.0.1:{}/postgres?application_name={}",
            self.postgres.port(),
            self.name
        );
        command
            .args(["run", self.role.name()])
            .env("CASEBUS_DATABASE_URL", database)
            .env("CASEBUS_DATABASE_MAX_CONNECTIONS", "8")
            .env("CASEBUS_NATS_URL", nats.join(","))
            .env("CASEBUS_NATS_REPLICAS", self.nats.len().to_string())
            .env("CASEBUS_GATEWAY_LISTEN", format!("127.0.0.1:{}", self.listen))
            .env("CASEBUS_GATEWAY_MASTER_KEY_FILE", &self.master_key_file)
            .env("CASEBUS_WATCH_INTERVAL_SECONDS", "1");
        self.process = Some(Process::start(command, &self.log)?);
        self.is_held = false;
        Ok(())
    }

    /// Whether it runs.
    pub fn is_alive(&mut self) -> bool {
        self.process.as_mut().is_some_and(Process::is_alive)
    }

    /// SIGKILL.
    pub async fn kill(&mut self) -> anyhow::Result<()> {
        match &mut self.process {
            Some(process) => process.kill().await,
            None => Ok(()),
        }
    }

    /// What is wrong with how it ended, if it did: by a signal or a panic.
    pub fn crash(&mut self) -> Option<String> {
        let status = self.process.as_mut()?.exit()?;
        let is_crash = status.signal().is_some() || status.code() == Some(PANICKED);
        is_crash.then(|| format!("{} ended with {status}", self.name))
    }

    /// SIGTERM, and waits until it is gone, however it ends.
    pub async fn shut_down(&mut self) -> anyhow::Result<()> {
        self.is_held = true;
        let Some(process) = &mut self.process else { return Ok(()) };
        process.signal(Signal::TERM);
        process.ended(STOP_PATIENCE).await.map(drop).with_context(|| self.name.clone())
    }

    /// SIGTERM; it must end with success.
    pub async fn stop(&mut self) -> anyhow::Result<()> {
        let Some(process) = &mut self.process else { return Ok(()) };
        process.signal(Signal::TERM);
        let status = process.ended(STOP_PATIENCE).await.with_context(|| self.name.clone())?;
        anyhow::ensure!(status.success(), "{} ended with {status} after SIGTERM", self.name);
        Ok(())
    }

    /// SIGSTOP.
    pub fn freeze(&mut self) {
        self.signal(Signal::STOP);
        self.is_held = true;
    }

    /// SIGCONT.
    pub fn thaw(&mut self) {
        self.signal(Signal::CONT);
        self.is_held = false;
    }

    fn signal(&mut self, signal: Signal) {
        if let Some(process) = &mut self.process {
            process.signal(signal);
        }
    }

    /// How long its log is.
    pub fn log_length(&self) -> u64 {
        process::log_length(&self.log)
    }

    /// What it has logged since its log was so long.
    pub fn logged_since(&self, length: u64) -> String {
        process::logged_since(&self.log, length)
    }
}
