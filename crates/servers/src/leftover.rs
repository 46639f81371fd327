//! Processes that an earlier run left behind: finding those of a folder, and stopping them, and only them.
//!
//! A process id in a file proves nothing, because ids are used again. What proves it is what the process runs and
//! where, as `/proc` tells it. Where there is no `/proc`, nothing is recognised and nothing is stopped.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::ServersError;

const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// Does this process run `postgres` with that folder as its working folder, as every Postgres process does?
pub(crate) fn is_postgres_of(pid: i32, cluster: &Path) -> bool {
    let link = |name: &str| fs::read_link(format!("/proc/{pid}/{name}")).ok();
    let runs_postgres = link("exe").and_then(|exe| {
        Some(exe.file_name()?.to_string_lossy().trim_end_matches(" (deleted)") == "postgres")
    });
    runs_postgres == Some(true) && link("cwd").is_some_and(|cwd| cwd == cluster)
}

/// Was this process started with that configuration file as an argument?
pub(crate) fn was_started_with(pid: i32, file: &Path) -> bool {
    let wanted = file.as_os_str().as_encoded_bytes();
    fs::read(format!("/proc/{pid}/cmdline"))
        .is_ok_and(|line| line.split(|byte| *byte == 0).any(|argument| argument == wanted))
}

/// The processes of this machine that a test recognises.
pub(crate) fn processes(recognised: impl Fn(i32) -> bool) -> Vec<i32> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<i32>().ok())
        .filter(|pid| recognised(*pid))
        .collect()
}

/// The process id on the first line of a file.
pub(crate) fn pid_in(file: &Path) -> Option<i32> {
    fs::read_to_string(file).ok()?.lines().next()?.trim().parse().ok()
}

/// A server left behind, and how it is told to end.
pub(crate) struct Leftover<'a> {
    pub(crate) server: &'static str,
    pub(crate) folder: &'a Path,
    pub(crate) pid: i32,
    /// Each signal with the time it is given.
    pub(crate) steps: &'a [(Signal, Duration)],
}

impl Leftover<'_> {
    /// Stops it, looking again before each signal whether the process is still the one that is meant.
    pub(crate) fn stop(&self, recognised: impl Fn(i32) -> bool) -> Result<(), ServersError> {
        tracing::warn!(
            server = self.server,
            pid = self.pid,
            "stopping a server that an earlier run left behind"
        );
        for (signal, patience) in self.steps {
            if let Some(pid) = Pid::from_raw(self.pid)
                && recognised(self.pid)
            {
                // It may end at this very moment: then there is nothing left to tell it.
                let _ = kill_process(pid, *signal);
            }
            if wait_until(*patience, || !recognised(self.pid)) {
                return Ok(());
            }
        }
        Err(ServersError::LeftoverStays {
            server: self.server,
            pid: self.pid,
            folder: self.folder.to_owned(),
        })
    }
}

/// Waits, blocking, until something is so; false when the time is over.
pub(crate) fn wait_until(patience: Duration, mut so: impl FnMut() -> bool) -> bool {
    let start = Instant::now();
    loop {
        if so() {
            return true;
        }
        if start.elapsed() > patience {
            return false;
        }
        thread::sleep(LOOK_AGAIN);
    }
}

/// Removes a folder that may already be gone.
pub(crate) fn remove_folder(path: &PathBuf) {
    if let Err(error) = fs::remove_dir_all(path) {
        tracing::debug!(path = %path.display(), %error, "a temporary folder was not removed");
    }
}
