//! A Postgres server that can crash, be copied, follow another and be promoted.

use crate::process::{self, Account, Process};
use anyhow::{Context, bail};
use rustix::process::Signal;
use sqlx::{Connection, PgConnection};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long a start may take, with recovery.
const START_PATIENCE: Duration = Duration::from_mins(1);
const LOOK_AGAIN: Duration = Duration::from_millis(30);
const OWNER: &str = "casebus";

/// A server with its folder and port.
#[derive(Debug)]
pub struct Postgres {
    /// Its cluster.
    pub folder: PathBuf,
    /// Where it listens.
    pub port: u16,
    programs: PathBuf,
    account: Option<Account>,
    process: Option<Process>,
    log: PathBuf,
}

/// The folder of `postgres` and `initdb`: the newest that is installed.
pub fn programs() -> anyhow::Result<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let version = entry.file_name().to_string_lossy().parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .filter(|(_, folder)| folder.join("initdb").exists())
        .collect();
    found.sort();
    if let Some((_, folder)) = found.pop() {
        return Ok(folder);
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).find(|folder| folder.join("initdb").exists());
    on_path.context("no PostgreSQL server was found: run deploy/install.sh")
}

impl Postgres {
    /// A server over a folder that is there or will be; not started.
    pub fn over(folder: PathBuf, port: u16) -> anyhow::Result<Self> {
        let log = folder.with_extension("log");
        Ok(Self {
            folder,
            port,
            programs: programs()?,
            account: Account::for_postgres()?,
            process: None,
            log,
        })
    }

    /// Makes the cluster.
    pub async fn initialise(&self) -> anyhow::Result<()> {
        self.make_folder()?;
        let mut arguments: Vec<OsString> =
            ["-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-U", OWNER, "--no-sync", "-D"]
                .map(OsString::from)
                .into();
        arguments.push(self.folder.clone().into());
        process::run(&self.programs.join("initdb"), self.account, &arguments).await?;
        let access =
            "local all all trust\nhost all all 127.0.0.1/32 trust\nhost replication all 127.0.0.1/32 trust\n";
        std::fs::write(self.folder.join("pg_hba.conf"), access)?;
        Ok(())
    }

    fn make_folder(&self) -> anyhow::Result<()> {
        std::fs::create_dir_all(&self.folder)?;
        Account::own(self.account, &self.folder)?;
        std::fs::set_permissions(&self.folder, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
        Ok(())
    }

    /// Takes the files of a stopped cluster.
    pub async fn copy_from(&self, template: &Path) -> anyhow::Result<()> {
        let mut source = template.as_os_str().to_owned();
        source.push("/.");
        self.make_folder()?;
        let arguments = [OsString::from("-a"), source, self.folder.clone().into()];
        process::run(Path::new("cp"), None, &arguments).await.map(drop)
    }

    /// Takes a backup of a running server; with `follow` it will be its standby through that port.
    pub async fn base_backup(&self, port: u16, follow: bool) -> anyhow::Result<()> {
        self.make_folder()?;
        let mut arguments: Vec<OsString> =
            ["-h", "127.0.0.1", "-U", OWNER, "-X", "stream", "-c", "fast", "--no-sync"]
                .map(OsString::from)
                .into();
        arguments.extend(["-p".into(), port.to_string().into(), "-D".into(), self.folder.clone().into()]);
        if follow {
            arguments.push("-R".into());
        }
        process::run(&self.programs.join("pg_basebackup"), self.account, &arguments).await.map(drop)
    }

    /// Starts it and waits until it takes connections.
    pub async fn start(&mut self) -> anyhow::Result<()> {
        let begun = Instant::now();
        loop {
            if !self.is_alive() {
                self.spawn()?;
            }
            if let Ok(connection) = self.connect().await {
                connection.close().await?;
                return Ok(());
            }
            if begun.elapsed() > START_PATIENCE {
                bail!("Postgres does not start: see {}", self.log.display());
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    fn spawn(&mut self) -> anyhow::Result<()> {
        let socket = self.folder.join("sockets");
        std::fs::create_dir_all(&socket)?;
        Account::own(self.account, &socket)?;
        let mut command = process::command(&self.programs.join("postgres"), self.account);
        command.arg("-D").arg(&self.folder);
        // What a killed process had written stays; only a power cut needs fsync.
        for setting in [
            "listen_addresses=127.0.0.1",
            "fsync=off",
            "max_connections=200",
            "shared_buffers=64MB",
            "wal_level=replica",
            "wal_keep_size=256MB",
            "max_wal_size=64MB",
            "min_wal_size=32MB",
            "wal_receiver_timeout=3s",
            "wal_sender_timeout=3s",
            "wal_retrieve_retry_interval=200ms",
            "hot_standby=on",
            "jit=off",
        ] {
            command.args(["-c", setting]);
        }
        command.arg("-c").arg(format!("port={}", self.port)).arg("-c");
        // A socket's path may be too long; nobody uses it.
        command.arg("unix_socket_directories=");
        self.process = Some(Process::start(command, &self.log)?);
        Ok(())
    }

    /// A connection as the owner, past all proxies.
    pub async fn connect(&self) -> anyhow::Result<PgConnection> {
        let connecting = PgConnection::connect(&self.owner_url());
        Ok(tokio::time::timeout(Duration::from_secs(5), connecting).await??)
    }

    /// The database as its owner, past all proxies.
    pub fn owner_url(&self) -> String {
        let port = self.port;
        format!("postgres://{OWNER}@127.0.0.1:{port}/postgres")
    }

    /// Whether the postmaster runs.
    pub fn is_alive(&mut self) -> bool {
        self.process.as_mut().is_some_and(Process::is_alive)
    }

    /// Sends the postmaster a signal.
    pub fn signal(&mut self, signal: Signal) {
        if let Some(process) = &mut self.process {
            process.signal(signal);
        }
    }

    /// SIGKILL to the postmaster; its children follow as they notice.
    pub async fn crash(&mut self) -> anyhow::Result<()> {
        match &mut self.process {
            Some(process) => process.kill().await,
            None => Ok(()),
        }
    }

    /// Fast shutdown.
    pub async fn stop(&mut self) -> anyhow::Result<()> {
        let Some(process) = &mut self.process else { return Ok(()) };
        process.signal(Signal::INT);
        if process.ended(Duration::from_secs(20)).await.is_err() {
            process.kill().await?;
        }
        Ok(())
    }

    /// Makes a standby the primary.
    pub async fn promote(&self) -> anyhow::Result<()> {
        let mut connection = self.connect().await?;
        let promoted: bool =
            sqlx::query_scalar("select pg_promote(true, 30)").fetch_one(&mut connection).await?;
        anyhow::ensure!(promoted, "the standby was not promoted");
        connection.close().await?;
        Ok(())
    }

    /// From now on commits wait for a standby, or not.
    pub async fn wait_for_standbys(&self, names: &str) -> anyhow::Result<()> {
        let mut connection = self.connect().await?;
        let statement = format!("alter system set synchronous_standby_names = '{names}'");
        sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&mut connection).await?;
        sqlx::query("select pg_reload_conf()").execute(&mut connection).await?;
        connection.close().await?;
        Ok(())
    }

    /// Its children: the server processes of this cluster.
    pub fn children(&mut self) -> Vec<i32> {
        let Some(parent) = self.process.as_ref().map(Process::id) else { return Vec::new() };
        process::children_of(parent)
    }

    /// How long its log is.
    pub fn log_length(&self) -> u64 {
        process::log_length(&self.log)
    }

    /// What it has logged since its log was so long.
    pub fn logged_since(&self, length: u64) -> String {
        process::logged_since(&self.log, length)
    }

    /// The end of what it logged.
    pub fn log_file(&self) -> &Path {
        &self.log
    }
}
