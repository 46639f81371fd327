//! One running casebus, whichever of its services.

use crate::http::Connection;
use crate::machine::kibibytes;
use anyhow::{Context, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};
use std::ffi::OsString;
use std::fs::{self, File};
use std::net::{SocketAddr, TcpListener};
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
/// How long such an answer may take.
const ASK_PATIENCE: Duration = Duration::from_secs(5);
/// Bytes of its output that are told when something went wrong.
const TAIL_BYTES: usize = 2_000;

/// What to start.
pub(crate) struct Launch {
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<OsString>,
    pub(crate) environment: Vec<(&'static str, OsString)>,
    /// Where its output goes.
    pub(crate) output: PathBuf,
}

/// A child that is killed when it is dropped without having been stopped; its own children end with it.
pub(crate) struct Process {
    child: Child,
    output: PathBuf,
}

impl Process {
    /// Starts it.
    pub(crate) fn start(launch: Launch) -> anyhow::Result<Self> {
        let log = File::create(&launch.output)?;
        let child = Command::new(&launch.program)
            .args(launch.arguments)
            .envs(launch.environment)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("cannot start {}", launch.program.display()))?;
        Ok(Self { child, output: launch.output })
    }

    /// Waits until its API says that it is ready, and a file is there.
    pub(crate) async fn wait_ready(&mut self, address: SocketAddr, file: &Path) -> anyhow::Result<()> {
        let started = Instant::now();
        while started.elapsed() < READY_PATIENCE {
            if let Some(status) = self.child.try_wait()? {
                bail!("casebus ended with {status} before it was ready:\n{}", self.tail());
            }
            if is_ready(address).await && file.exists() {
                return Ok(());
            }
            sleep(ASK_INTERVAL).await;
        }
        bail!("casebus was not ready in {} s:\n{}", READY_PATIENCE.as_secs(), self.tail());
    }

    /// Its process id.
    pub(crate) fn pid(&self) -> anyhow::Result<u32> {
        self.child.id().with_context(|| format!("casebus has ended:\n{}", self.tail()))
    }

    /// Its memory now, in MiB.
    pub(crate) fn memory_mib(&self) -> anyhow::Result<f64> {
        memory_mib(self.pid()?, "VmRSS")
    }

    /// The most memory that it had so far, in MiB.
    pub(crate) fn peak_memory_mib(&self) -> anyhow::Result<f64> {
        memory_mib(self.pid()?, "VmHWM")
    }

    /// Asks it to stop and waits until it and its children have.
    pub(crate) async fn stop(mut self) -> anyhow::Result<()> {
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

/// Memory of a process in MiB, by the kernel's word for it.
pub(crate) fn memory_mib(pid: u32, which: &str) -> anyhow::Result<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let memory = kibibytes(&status, which).context("the kernel does not tell the memory")?;
    Ok(f64::from(u32::try_from(memory)?) / 1024.0)
}

/// An address of the loopback that nobody listens on at the moment.
pub(crate) fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?)
}

async fn is_ready(address: SocketAddr) -> bool {
    let ask = async {
        let mut connection = Connection::open(address).await?;
        let request = format!("GET /readyz HTTP/1.1\r\nHost: {address}\r\n\r\n");
        anyhow::Ok(connection.send(request.as_bytes()).await?.status == 200)
    };
    timeout(ASK_PATIENCE, ask).await.is_ok_and(|answer| answer.is_ok_and(|is_ready| is_ready))
}
