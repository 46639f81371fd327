//! One running casebus.

use super::memory_mib;
use anyhow::{Context, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};
use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

/// How long it may take to get ready.
const READY_PATIENCE: Duration = Duration::from_mins(2);
/// How long it may take to stop.
const STOP_PATIENCE: Duration = Duration::from_mins(1);
/// How often it is asked whether it is ready.
const ASK_INTERVAL: Duration = Duration::from_millis(20);
/// Bytes of its output that are told when something went wrong.
const TAIL_BYTES: usize = 2_000;

/// A child that is killed when it is dropped without having been stopped; its own children end with it.
pub(super) struct Running {
    child: Child,
    output: PathBuf,
    /// Where its API is.
    pub(super) url: String,
}

impl Running {
    /// Starts it on a folder and waits until it is ready; tells how long that took.
    pub(super) async fn start(program: &Path, folder: &Path) -> anyhow::Result<(Self, Duration)> {
        let output = folder.with_extension("log");
        let log = File::create(&output)?;
        let address = free_address()?;
        let started = Instant::now();
        let child = Command::new(program)
            .args(["up", "--demo", "--listen", &address, "--data-dir"])
            .arg(folder)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let mut running = Self { child, output, url: format!("http://{address}") };
        let keys = folder.join("demo-keys.json");
        running.wait_ready(started, &keys).await?;
        Ok((running, started.elapsed()))
    }

    async fn wait_ready(&mut self, started: Instant, keys: &Path) -> anyhow::Result<()> {
        let client = reqwest::Client::builder().timeout(Duration::from_secs(5)).no_proxy().build()?;
        let address = format!("{}/readyz", self.url);
        while started.elapsed() < READY_PATIENCE {
            if let Some(status) = self.child.try_wait()? {
                bail!("casebus ended with {status} before it was ready:\n{}", self.tail());
            }
            let answer = client.get(&address).send().await;
            if answer.is_ok_and(|answer| answer.status().is_success()) && keys.exists() {
                return Ok(());
            }
            sleep(ASK_INTERVAL).await;
        }
        bail!("casebus was not ready in {} s:\n{}", READY_PATIENCE.as_secs(), self.tail());
    }

    /// Its process id.
    pub(super) fn pid(&self) -> anyhow::Result<u32> {
        self.child.id().with_context(|| format!("casebus has ended:\n{}", self.tail()))
    }

    /// Its child processes as they name themselves, each with its memory in MiB.
    pub(super) async fn children(&self) -> anyhow::Result<Vec<(String, f64)>> {
        let own = self.pid()?;
        let mut found = Vec::new();
        for pid in child_ids(own)? {
            let version = answer(Path::new(&format!("/proc/{pid}/exe")), "--version").await?;
            found.push((version, memory_mib(pid)?));
        }
        found.sort_by(|one, other| one.0.cmp(&other.0));
        Ok(found)
    }

    /// Asks it to stop and waits until it and its children have.
    pub(super) async fn stop(mut self) -> anyhow::Result<()> {
        let pid = i32::try_from(self.pid()?).ok().and_then(Pid::from_raw).context("no process id")?;
        kill_process(pid, Signal::TERM)?;
        let Ok(status) = timeout(STOP_PATIENCE, self.child.wait()).await else {
            bail!("casebus did not stop in {} s:\n{}", STOP_PATIENCE.as_secs(), self.tail());
        };
        let status = status?;
        ensure!(status.success(), "casebus stopped with {status}:\n{}", self.tail());
        Ok(())
    }

    fn tail(&self) -> String {
        let text = fs::read(&self.output).unwrap_or_default();
        String::from_utf8_lossy(&text[text.len().saturating_sub(TAIL_BYTES)..]).into_owned()
    }
}

/// What a program prints when it is called with one argument.
pub(super) async fn answer(program: &Path, argument: &str) -> anyhow::Result<String> {
    let said = Command::new(program).arg(argument).stdin(Stdio::null()).output().await?;
    ensure!(said.status.success(), "{} {argument} ended with {}", program.display(), said.status);
    Ok(String::from_utf8_lossy(&said.stdout).trim().to_owned())
}

/// An address of the loopback that nobody listens on at the moment.
fn free_address() -> anyhow::Result<String> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.to_string())
}

/// Process ids of the children of a process, from any of its threads.
fn child_ids(pid: u32) -> anyhow::Result<Vec<u32>> {
    let mut ids = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let Ok(id) = entry?.file_name().to_string_lossy().parse::<u32>() else { continue };
        // A process may end while the folder is read.
        let Ok(status) = fs::read_to_string(format!("/proc/{id}/status")) else { continue };
        let parent = status.lines().find_map(|line| line.strip_prefix("PPid:"));
        if parent.is_some_and(|parent| parent.trim() == pid.to_string()) {
            ids.push(id);
        }
    }
    Ok(ids)
}
