//! A private Postgres: one cluster in one folder, reached through a unix socket.

mod cluster;
mod discovery;
mod recovery;
mod socket;

use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;

use rustix::process::Signal;

use crate::account::Account;
use crate::child::{Child, Launch};
use crate::folder::{self, FolderLock};
use crate::{ServersError, leftover};
use socket::SocketFolder;

/// The database that is made with the cluster, and its owner.
const DATABASE: &str = "casebus";
const USER: &str = "casebus";
/// Only part of the socket's name: nothing listens on a network port.
const PORT: u16 = 5432;
const READY_SECONDS: u64 = 30;
const STOP_SECONDS: u64 = 30;
const NAME: &str = "Postgres";
/// SIGINT: fast shutdown, with a checkpoint. SIGQUIT: at once, recovered at the next start.
const STOP_STEPS: [(Signal, Duration); 3] = [
    (Signal::INT, Duration::from_secs(STOP_SECONDS)),
    (Signal::QUIT, Duration::from_secs(5)),
    (Signal::KILL, Duration::from_secs(5)),
];

/// How to run a private Postgres.
#[derive(Debug, Clone)]
pub struct PostgresOptions {
    /// The folder that holds everything of it; made if missing, used again if there.
    pub data_dir: PathBuf,
    /// The folder of `postgres` and `initdb`; looked for if not given.
    pub bin_dir: Option<PathBuf>,
    /// Whether what is committed survives a power cut. False is for tests only; also then a killed process loses nothing.
    pub durable: bool,
    /// Memory for Postgres' page cache.
    pub shared_buffers_mib: u32,
    /// How many connections it takes.
    pub max_connections: u16,
}

impl PostgresOptions {
    /// The usual options: durable, 128 MiB of cache, 100 connections.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            bin_dir: None,
            durable: true,
            shared_buffers_mib: 128,
            max_connections: 100,
        }
    }
}

/// A running private Postgres. Dropping it tells it to stop, without waiting; prefer [`PostgresServer::stop`].
#[derive(Debug)]
pub struct PostgresServer {
    child: Child,
    socket: SocketFolder,
    bin_dir: PathBuf,
    log: PathBuf,
    _lock: FolderLock,
}

impl PostgresServer {
    /// Starts Postgres in its folder and returns when it takes connections. The first start makes the cluster and
    /// the database `casebus`; a server that a crashed run left in the folder is stopped first.
    ///
    /// # Errors
    /// Any [`ServersError`] that names Postgres, a folder or a program.
    pub async fn start(options: PostgresOptions) -> Result<Self, ServersError> {
        match tokio::task::spawn_blocking(move || start(&options)).await {
            Ok(result) => result,
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => Err(ServersError::Interrupted),
            },
        }
    }

    /// Where the database `casebus` is, as sqlx wants it.
    pub fn url(&self) -> String {
        self.database_url(DATABASE)
    }

    /// Where another database of this cluster is.
    pub fn database_url(&self, database: &str) -> String {
        let host = percent_encoded(&self.socket.path().to_string_lossy());
        format!("postgres:///{database}?host={host}&user={USER}&port={PORT}")
    }

    /// The process id of the postmaster.
    pub fn pid(&self) -> u32 {
        self.child.pid()
    }

    /// The folder of the programs that belong to this server (`createdb` and the like).
    pub fn bin_dir(&self) -> &Path {
        &self.bin_dir
    }

    /// The folder of the socket: `-h` of Postgres' own programs.
    pub fn socket_dir(&self) -> &Path {
        self.socket.path()
    }

    /// What the server logs.
    pub fn log_file(&self) -> &Path {
        &self.log
    }

    /// Completes when the server has ended, for whatever reason.
    pub async fn exited(&self) -> ExitStatus {
        self.child.exited().await
    }

    /// Stops it: open transactions are rolled back, everything committed is written, sockets are gone on return.
    ///
    /// # Errors
    /// [`ServersError::Killed`] when it had to be stopped the hard way.
    pub async fn stop(self) -> Result<(), ServersError> {
        if self.child.stop(&STOP_STEPS).await {
            return Ok(());
        }
        Err(ServersError::Killed { server: NAME, seconds: STOP_SECONDS })
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        self.child.signal(Signal::INT);
    }
}

fn start(options: &PostgresOptions) -> Result<PostgresServer, ServersError> {
    let folder = folder::prepare(&options.data_dir)?;
    let cluster = folder.join("cluster");
    let account = Account::for_postgres(&cluster)?;
    if let Some(account) = &account {
        reachable(account, &folder)?;
    }
    let lock = FolderLock::take(&folder)?;
    recovery::stop_leftovers(&cluster)?;
    let found = discovery::find(options.bin_dir.as_deref(), &cluster)?;
    cluster::ensure(&cluster, &found, account.as_ref(), options.durable)?;
    let socket = SocketFolder::make(&folder, account.as_ref())?;
    let log = folder.join("log/postgres.log");
    let seen = folder::length(&log);
    let child = Child::start(&Launch {
        program: found.postgres(),
        arguments: arguments(options, &cluster, socket.path()),
        account,
        folder: cluster.clone(),
        log: log.clone(),
        death_signal: "INT",
    })?;
    let server = PostgresServer { child, socket, bin_dir: found.folder.clone(), log, _lock: lock };
    wait_ready(&server, &cluster, seen)?;
    tracing::info!(pid = server.pid(), version = %found.version, folder = %folder.display(), "Postgres is ready");
    Ok(server)
}

/// Checks that the account can walk to the folder, after opening the folder itself, which is ours, to it.
fn reachable(account: &Account, folder: &Path) -> Result<(), ServersError> {
    let walkable = std::os::unix::fs::PermissionsExt::from_mode(0o711);
    fs::set_permissions(folder, walkable).map_err(ServersError::folder(folder))?;
    match account.refused_at(folder) {
        None => Ok(()),
        Some(refused) => Err(ServersError::NotReachable { account: account.name.clone(), folder: refused }),
    }
}

fn arguments(options: &PostgresOptions, cluster: &Path, socket: &Path) -> Vec<OsString> {
    let quoted = socket.to_string_lossy().replace('"', "\"\"");
    let mut settings = vec![
        "listen_addresses=".to_owned(),
        format!("unix_socket_directories=\"{quoted}\""),
        "unix_socket_permissions=0700".to_owned(),
        format!("port={PORT}"),
        format!("shared_buffers={}MB", options.shared_buffers_mib),
        format!("max_connections={}", options.max_connections),
        "cluster_name=casebus".to_owned(),
        "logging_collector=off".to_owned(),
        "log_destination=stderr".to_owned(),
        "jit=off".to_owned(),
    ];
    if !options.durable {
        settings.extend(["fsync=off", "full_page_writes=off"].map(str::to_owned));
    }
    let mut arguments = vec![OsString::from("-D"), cluster.as_os_str().to_owned()];
    for setting in settings {
        arguments.push("-c".into());
        arguments.push(setting.into());
    }
    arguments
}

/// Postgres writes its state on line 8 of `postmaster.pid`, below its process id.
fn is_ready(cluster: &Path, pid: u32) -> bool {
    let Ok(text) = fs::read_to_string(cluster.join("postmaster.pid")) else { return false };
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    lines.first().is_some_and(|line| *line == pid.to_string()) && lines.get(7) == Some(&"ready")
}

fn wait_ready(server: &PostgresServer, cluster: &Path, seen: u64) -> Result<(), ServersError> {
    let pid = server.pid();
    let mut ready = false;
    leftover::wait_until(Duration::from_secs(READY_SECONDS), || {
        ready = is_ready(cluster, pid);
        ready || server.child.has_ended()
    });
    if ready {
        return Ok(());
    }
    let log = server.log.clone();
    let tail = folder::tail(&log, seen);
    if server.child.has_ended() {
        return Err(ServersError::Died { server: NAME, log, tail });
    }
    server.child.abandon(Signal::QUIT);
    Err(ServersError::NotReady { server: NAME, seconds: READY_SECONDS, log, tail })
}

/// Escapes what may not stand in the query of a URL.
fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing into a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_in_a_url_is_escaped() {
        assert_eq!(percent_encoded("/data/a b&c/数"), "/data/a%20b%26c/%E6%95%B0");
    }
}
