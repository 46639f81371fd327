//! What an earlier run left in the folder: a postmaster that outlived its owner, or backends that outlived their
//! postmaster. Our lock on the folder is held here, so no live casebus owns them.

use std::fs;
use std::path::Path;
use std::time::Duration;

use super::{NAME, STOP_STEPS};
use crate::ServersError;
use crate::leftover::{self, Leftover};

/// How long backends of a killed postmaster may take to notice and end.
const BACKENDS_END: Duration = Duration::from_secs(15);

/// Stops the postmaster of this cluster if one runs, and waits for the last process of it.
pub(super) fn stop_leftovers(cluster: &Path) -> Result<(), ServersError> {
    let pid_file = cluster.join("postmaster.pid");
    let Some(pid) = leftover::pid_in(&pid_file) else { return Ok(()) };
    let ours = |pid| leftover::is_postgres_of(pid, cluster);
    if ours(pid) {
        Leftover { server: NAME, folder: cluster, pid, steps: &STOP_STEPS }.stop(ours)?;
    }
    if !leftover::wait_until(BACKENDS_END, || leftover::processes(ours).is_empty()) {
        let pid = leftover::processes(ours).first().copied().unwrap_or(pid);
        return Err(ServersError::LeftoverStays { server: NAME, pid, folder: cluster.to_owned() });
    }
    forget_reused_pid(&pid_file)
}

/// Postgres itself takes away the file of a process that is gone. When the id has been given to another process
/// since, it would refuse to start: no process of this cluster lives any more, so the file may go.
fn forget_reused_pid(pid_file: &Path) -> Result<(), ServersError> {
    let reused =
        leftover::pid_in(pid_file).is_some_and(|pid| fs::exists(format!("/proc/{pid}")).unwrap_or(false));
    if reused {
        fs::remove_file(pid_file).map_err(ServersError::folder(pid_file))?;
    }
    Ok(())
}
