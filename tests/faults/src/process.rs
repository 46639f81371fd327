//! A child process that can be frozen and killed, and that does not outlive the harness.

use anyhow::Context;
use rustix::process::{Pid, Signal, kill_process};
use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::process::{Child, Command};

/// How long a killed process may take to be gone.
const GONE_PATIENCE: Duration = Duration::from_secs(20);

/// Another user than root, for Postgres.
#[derive(Clone, Copy, Debug)]
pub struct Account {
    uid: u32,
    gid: u32,
}

impl Account {
    /// Who runs Postgres: nobody special unless we are root.
    pub fn for_postgres() -> anyhow::Result<Option<Self>> {
        if !rustix::process::geteuid().is_root() {
            return Ok(None);
        }
        let ask = |flag: &str, name: &str| -> Option<u32> {
            let said = std::process::Command::new("id").args([flag, name]).output().ok()?;
            String::from_utf8(said.stdout).ok()?.trim().parse().ok()
        };
        let found = ["postgres", "nobody"]
            .into_iter()
            .find_map(|name| Some(Self { uid: ask("-u", name)?, gid: ask("-g", name)? }));
        found.map(Some).context("root needs a user postgres or nobody to run Postgres")
    }

    /// Gives it a file or folder.
    pub fn own(account: Option<Self>, path: &Path) -> anyhow::Result<()> {
        if let Some(account) = account {
            std::os::unix::fs::chown(path, Some(account.uid), Some(account.gid))
                .with_context(|| format!("{} cannot be given away", path.display()))?;
        }
        Ok(())
    }
}

/// A command that the kernel kills when the harness dies.
pub fn command(program: &Path, account: Option<Account>) -> Command {
    let mut command = Command::new("setpriv");
    if let Some(account) = account {
        command.arg(format!("--reuid={}", account.uid)).arg(format!("--regid={}", account.gid));
        command.arg("--clear-groups");
    }
    command.args(["--pdeathsig", "KILL", "--"]).arg(program);
    command.env("LC_ALL", "C").stdin(Stdio::null()).kill_on_drop(true).current_dir("/");
    command
}

/// Runs a program to its end; answers what it printed.
pub async fn run(program: &Path, account: Option<Account>, arguments: &[OsString]) -> anyhow::Result<String> {
    let output = command(program, account).args(arguments).output().await;
    let output = output.with_context(|| format!("{} cannot be started", program.display()))?;
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    anyhow::ensure!(output.status.success(), "{} failed: {said}", program.display());
    Ok(said)
}

/// A running (or ended) process.
#[derive(Debug)]
pub struct Process {
    child: Child,
    pid: Pid,
}

impl Process {
    /// Starts it; what it says is appended to a file.
    pub fn start(mut command: Command, log: &Path) -> anyhow::Result<Self> {
        let file = open_log(log)?;
        let second = file.try_clone()?;
        let child = command.stdout(file).stderr(second).process_group(0).spawn();
        let child = child.with_context(|| format!("the process of {} cannot be started", log.display()))?;
        let pid = child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
        Ok(Self { child, pid: pid.context("the process has no id")? })
    }

    /// Sends a signal, unless it has ended.
    pub fn signal(&mut self, signal: Signal) {
        if self.is_alive() {
            // It may end at this very moment.
            let _ = kill_process(self.pid, signal);
        }
    }

    /// Its process id.
    pub fn id(&self) -> i32 {
        self.pid.as_raw_nonzero().get()
    }

    /// Whether it still runs.
    pub fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// How it ended by itself; `None` while it runs.
    pub fn exit(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Waits for its end.
    pub async fn ended(&mut self, at_most: Duration) -> anyhow::Result<ExitStatus> {
        let ended = tokio::time::timeout(at_most, self.child.wait()).await;
        Ok(ended.context("the process does not end")??)
    }

    /// SIGKILL, and waits until it is gone.
    pub async fn kill(&mut self) -> anyhow::Result<()> {
        self.signal(Signal::KILL);
        self.ended(GONE_PATIENCE).await.map(drop)
    }
}

/// The direct children of a process.
pub fn children_of(parent: i32) -> Vec<i32> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().filter_map(Result::ok);
    entries
        .filter_map(|entry| {
            let pid: i32 = entry.file_name().to_str()?.parse().ok()?;
            let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
            let (_, after) = stat.rsplit_once(')')?;
            let its_parent: i32 = after.split_whitespace().nth(1)?.parse().ok()?;
            (its_parent == parent).then_some(pid)
        })
        .collect()
}

fn open_log(path: &Path) -> anyhow::Result<File> {
    let opened = OpenOptions::new().create(true).append(true).open(path);
    opened.with_context(|| format!("{} cannot be opened", path.display()))
}

/// How long a log is.
pub fn log_length(log: &Path) -> u64 {
    std::fs::metadata(log).map_or(0, |found| found.len())
}

/// What was logged since a log was so long.
pub fn logged_since(log: &Path, length: u64) -> String {
    let bytes = std::fs::read(log).unwrap_or_default();
    let from = usize::try_from(length).unwrap_or_default().min(bytes.len());
    String::from_utf8_lossy(&bytes[from..]).into_owned()
}

/// The first that is there.
pub fn first_existing(candidates: impl IntoIterator<Item = PathBuf>) -> Option<PathBuf> {
    candidates.into_iter().find(|path| path.exists())
}
