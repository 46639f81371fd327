//! nats-servers: one, or a cluster of three, each of which can be killed, frozen and wiped.

use crate::process::{self, Process};
use anyhow::{Context, bail};
use rustix::process::Signal;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

const START_PATIENCE: Duration = Duration::from_secs(30);
const LOOK_AGAIN: Duration = Duration::from_millis(20);
/// User and password of casebus; the servers listen on the loopback only.
pub const CREDENTIALS: (&str, &str) = ("casebus", "casebus");

/// One nats-server.
#[derive(Debug)]
pub struct NatsNode {
    /// Its name, as `JetStream` tells who leads.
    pub name: String,
    /// Where it listens.
    pub port: u16,
    folder: PathBuf,
    program: PathBuf,
    process: Option<Process>,
}

/// What a node needs to know of its cluster.
#[derive(Clone, Debug)]
pub struct Routes {
    /// Where this node takes routes.
    pub own: u16,
    /// Where all do.
    pub all: Vec<u16>,
}

impl NatsNode {
    /// A node over a folder; not started.
    pub fn over(folder: PathBuf, name: &str, port: u16, routes: Option<&Routes>) -> anyhow::Result<Self> {
        let on_path = std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())
            .map(|folder| folder.join("nats-server"))
            .collect::<Vec<_>>();
        let program = process::first_existing(testkit::nats_candidates().into_iter().chain(on_path))
            .context("no nats-server was found: run deploy/install.sh")?;
        std::fs::create_dir_all(&folder)?;
        let node = Self { name: name.to_owned(), port, folder, program, process: None };
        std::fs::write(node.configuration(), node.settings(routes))?;
        Ok(node)
    }

    fn configuration(&self) -> PathBuf {
        self.folder.join("nats-server.conf")
    }

    /// The folder of its streams.
    pub fn store(&self) -> PathBuf {
        self.folder.join("store")
    }

    /// What it logs.
    pub fn log_file(&self) -> PathBuf {
        self.folder.join("nats-server.log")
    }

    fn settings(&self, routes: Option<&Routes>) -> String {
        let (user, password) = CREDENTIALS;
        let mut text = format!(
            "server_name: \"{}\"\nlisten: \"127.0.0.1:{}\"\nauthorization {{ user: {user}, password: {password} }}\n\
             jetstream {{ store_dir: \"{}\" }}\n",
            self.name,
            self.port,
            self.store().display()
        );
        if let Some(routes) = routes {
            let all: Vec<String> =
                routes.all.iter().map(|port| format!("\"nats://127.0.0.1:{port}\"")).collect();
            // Clients must not learn of ways around the proxies.
            let _ = writeln!(
                text,
                "cluster {{ name: faults, listen: \"127.0.0.1:{}\", no_advertise: true, routes: [{}] }}",
                routes.own,
                all.join(", ")
            );
        }
        text
    }

    /// Starts it and waits until it greets.
    pub async fn start(&mut self) -> anyhow::Result<()> {
        let begun = Instant::now();
        loop {
            if !self.is_alive() {
                let mut command = process::command(&self.program, None);
                command.arg("-c").arg(self.configuration());
                self.process = Some(Process::start(command, &self.log_file())?);
            }
            if greets(self.port).await {
                return Ok(());
            }
            if begun.elapsed() > START_PATIENCE {
                bail!("nats-server does not start: see {}", self.log_file().display());
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// Whether it runs.
    pub fn is_alive(&mut self) -> bool {
        self.process.as_mut().is_some_and(Process::is_alive)
    }

    /// Sends it a signal.
    pub fn signal(&mut self, signal: Signal) {
        if let Some(process) = &mut self.process {
            process.signal(signal);
        }
    }

    /// SIGKILL, and waits until it is gone.
    pub async fn kill(&mut self) -> anyhow::Result<()> {
        match &mut self.process {
            Some(process) => process.kill().await,
            None => Ok(()),
        }
    }

    /// SIGTERM, and waits until it is gone.
    pub async fn stop(&mut self) -> anyhow::Result<()> {
        let Some(process) = &mut self.process else { return Ok(()) };
        process.signal(Signal::TERM);
        if process.ended(Duration::from_secs(15)).await.is_err() {
            process.kill().await?;
        }
        Ok(())
    }

    /// Removes all streams and consumers; it must not run.
    pub fn wipe(&self) -> anyhow::Result<()> {
        remove_folder(&self.store())
    }
}

/// Bytes of messages in a folder of nats-server.
pub fn stored_bytes(folder: &Path) -> anyhow::Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            bytes += stored_bytes(&entry.path())?;
        } else if entry.path().extension().is_some_and(|extension| extension == "blk") {
            bytes += entry.metadata()?.len();
        }
    }
    Ok(bytes)
}

/// Removes a folder that may be gone.
pub fn remove_folder(path: &Path) -> anyhow::Result<()> {
    match std::fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("{} cannot be removed", path.display()))
        }
        _ => Ok(()),
    }
}

/// Whether a port answers with the first word of the NATS protocol.
async fn greets(port: u16) -> bool {
    let greeting = async {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await.ok()?;
        let mut first = [0_u8; 4];
        stream.read_exact(&mut first).await.ok()?;
        Some(first == *b"INFO")
    };
    matches!(tokio::time::timeout(Duration::from_secs(1), greeting).await, Ok(Some(true)))
}
