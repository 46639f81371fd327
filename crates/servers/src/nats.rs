//! A private nats-server with `JetStream`, on a loopback port.

mod configuration;
mod discovery;

use std::io::Read;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;

use rustix::process::Signal;

use crate::ServersError;
use crate::child::{Child, Launch};
use crate::folder::{self, FolderLock};
use crate::leftover::{self, Leftover};
use configuration::Layout;

const USER: &str = "casebus";
const NAME: &str = "nats-server";
const READY_SECONDS: u64 = 30;
const STOP_SECONDS: u64 = 15;
const STOP_STEPS: [(Signal, Duration); 2] =
    [(Signal::TERM, Duration::from_secs(STOP_SECONDS)), (Signal::KILL, Duration::from_secs(5))];

/// How to run a private nats-server.
#[derive(Debug, Clone)]
pub struct NatsOptions {
    /// The folder that holds everything of it; made if missing, used again if there.
    pub data_dir: PathBuf,
    /// The program; if given, no other is looked for.
    pub binary: Option<PathBuf>,
    /// Where to look before the PATH; those that do not exist are passed over.
    pub candidates: Vec<PathBuf>,
    /// The port on 127.0.0.1; a free one if not given.
    pub port: Option<u16>,
    /// The password of the only user; a random one if not given.
    pub password: Option<String>,
}

impl NatsOptions {
    /// The usual options: whatever nats-server is found, a free port, a random password.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self { data_dir: data_dir.into(), binary: None, candidates: Vec::new(), port: None, password: None }
    }
}

/// A running private nats-server. Dropping it tells it to stop, without waiting; prefer [`NatsServer::stop`].
#[derive(Debug)]
pub struct NatsServer {
    child: Child,
    port: u16,
    password: String,
    log: PathBuf,
    _lock: FolderLock,
}

impl NatsServer {
    /// Starts nats-server in its folder and returns when it takes connections. A server that a crashed run left in
    /// the folder is stopped first.
    ///
    /// # Errors
    /// Any [`ServersError`] that names nats-server, a folder or a program.
    pub async fn start(options: NatsOptions) -> Result<Self, ServersError> {
        match tokio::task::spawn_blocking(move || start(&options)).await {
            Ok(result) => result,
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => Err(ServersError::Interrupted),
            },
        }
    }

    /// Where it is, with user and password.
    pub fn url(&self) -> String {
        format!("nats://{USER}:{}@127.0.0.1:{}", self.password, self.port)
    }

    /// The port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The password of the user, to start it again so that clients find it again.
    pub fn password(&self) -> &str {
        &self.password
    }

    /// The process id.
    pub fn pid(&self) -> u32 {
        self.child.pid()
    }

    /// What the server logs.
    pub fn log_file(&self) -> &Path {
        &self.log
    }

    /// Completes when the server has ended, for whatever reason.
    pub async fn exited(&self) -> ExitStatus {
        self.child.exited().await
    }

    /// Stops it: streams are written, the port is free on return.
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

impl Drop for NatsServer {
    fn drop(&mut self) {
        self.child.signal(Signal::TERM);
    }
}

fn start(options: &NatsOptions) -> Result<NatsServer, ServersError> {
    let found = discovery::find(options)?;
    let folder = folder::prepare(&options.data_dir)?;
    let lock = FolderLock::take(&folder)?;
    let layout = Layout::of(&folder);
    stop_leftover(&layout)?;
    let password = match &options.password {
        Some(given) => given.clone(),
        None => folder::random_hex::<24>()?,
    };
    layout.write(options.port, USER, &password)?;
    let seen = folder::length(&layout.log);
    let child = Child::start(&Launch {
        program: found.path.clone(),
        arguments: vec!["-c".into(), layout.configuration.clone().into_os_string()],
        account: None,
        folder: folder.clone(),
        log: layout.log.clone(),
        death_signal: "TERM",
    })?;
    let mut server = NatsServer { child, port: 0, password, log: layout.log.clone(), _lock: lock };
    server.port = wait_ready(&server, &layout, options.port, seen)?;
    tracing::info!(pid = server.pid(), port = server.port, version = %found.version, "nats-server is ready");
    Ok(server)
}

/// A server of this folder that still runs although we hold the folder has lost its owner.
fn stop_leftover(layout: &Layout) -> Result<(), ServersError> {
    let ours = |pid| leftover::was_started_with(pid, &layout.configuration);
    match leftover::pid_in(&layout.pid_file) {
        Some(pid) if ours(pid) => {
            Leftover { server: NAME, folder: &layout.folder, pid, steps: &STOP_STEPS }.stop(ours)
        }
        Some(_) | None => Ok(()),
    }
}

fn wait_ready(
    server: &NatsServer,
    layout: &Layout,
    wanted: Option<u16>,
    seen: u64,
) -> Result<u16, ServersError> {
    let mut port = None;
    leftover::wait_until(Duration::from_secs(READY_SECONDS), || {
        port = layout.bound_port().filter(|port| greets(*port));
        port.is_some() || server.child.has_ended()
    });
    if let Some(port) = port {
        return Ok(port);
    }
    let log = server.log.clone();
    let tail = folder::tail(&log, seen);
    if !server.child.has_ended() {
        server.child.abandon(Signal::TERM);
        return Err(ServersError::NotReady { server: NAME, seconds: READY_SECONDS, log, tail });
    }
    match wanted {
        Some(port) if tail.contains("address already in use") => Err(ServersError::PortTaken { port }),
        Some(_) | None => Err(ServersError::Died { server: NAME, log, tail }),
    }
}

/// Does the port answer with the first word of the NATS protocol?
fn greets(port: u16) -> bool {
    let patience = Duration::from_secs(1);
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let Ok(mut stream) = TcpStream::connect_timeout(&address, patience) else { return false };
    let mut first = [0_u8; 4];
    stream.set_read_timeout(Some(patience)).is_ok()
        && stream.read_exact(&mut first).is_ok()
        && first == *b"INFO"
}
