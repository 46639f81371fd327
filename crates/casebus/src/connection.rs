//! How acts of an administrator reach a casebus: through the folder of a running `casebus up`, or through settings.

use crate::business_clock::BusinessClock;
use crate::command_line::Target;
use crate::config;
use crate::failure::Failure;
use anyhow::Context;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Where the servers of one casebus are.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Connection {
    /// The database, as its owner.
    pub(crate) owner_database_url: String,
    /// The database, as the services.
    pub(crate) database_url: String,
    /// NATS.
    pub(crate) nats_url: Option<String>,
    /// Copies of each message in the stream.
    pub(crate) nats_replicas: usize,
    /// Messages that the stream keeps; 0 keeps all.
    pub(crate) nats_max_messages: u32,
    /// The file of the master key.
    pub(crate) master_key_file: Option<PathBuf>,
    /// The address of the API.
    pub(crate) api: Option<String>,
    /// The process that wrote this.
    pub(crate) pid: u32,
    /// By how much business time is ahead of real time.
    pub(crate) clock_offset_seconds: i64,
}

impl Connection {
    /// That of the target: its folder, else its settings.
    pub(crate) fn find(target: &Target) -> anyhow::Result<Self> {
        match &target.data_dir {
            Some(folder) => Self::read(folder),
            None => Self::from_settings(target.config.as_deref()),
        }
    }

    fn read(folder: &Path) -> anyhow::Result<Self> {
        let path = file(folder);
        let text = std::fs::read_to_string(&path).map_err(|error| {
            let folder = folder.display();
            Failure::new(
                format!("no casebus is running on {folder} ({error}): start one with `casebus up --data-dir {folder}`"),
                format!("{folder} 上没有正在运行的 casebus（{error}）：请先运行 `casebus up --data-dir {folder}`"),
            )
        })?;
        serde_json::from_str(&text).with_context(|| format!("{} cannot be read", path.display()))
    }

    fn from_settings(file: Option<&Path>) -> anyhow::Result<Self> {
        let config = config::load(file)?;
        let url = config.database_url()?.to_owned();
        Ok(Self {
            owner_database_url: url.clone(),
            database_url: url,
            nats_url: config.nats_url().map(str::to_owned),
            nats_replicas: config.nats.replicas,
            nats_max_messages: config.nats.max_messages,
            master_key_file: config.master_key_file().ok().map(Path::to_owned),
            api: None,
            pid: std::process::id(),
            clock_offset_seconds: 0,
        })
    }

    /// Writes it into a folder, readable by its owner only; it stays as long as the value lives.
    pub(crate) fn publish(&self, folder: &Path) -> anyhow::Result<Published> {
        let path = file(folder);
        let text = serde_json::to_string_pretty(self)?;
        write_secret(&path, &text).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(Published { path })
    }

    /// Business time of this casebus.
    pub(crate) fn clock(&self) -> BusinessClock {
        BusinessClock::shifted(TimeDelta::seconds(self.clock_offset_seconds))
    }

    /// The bus, where NATS is known.
    pub(crate) fn bus(&self) -> Option<bus::BusConfig> {
        let mut bus = bus::BusConfig::new(self.nats_url.clone()?);
        bus.replicas = self.nats_replicas;
        bus.max_messages = self.nats_max_messages;
        Some(bus)
    }

    /// The accounts of this casebus, as its owner.
    pub(crate) async fn accounts(&self) -> anyhow::Result<accounts::Accounts> {
        let file = self.master_key_file.as_deref().ok_or_else(|| {
            Failure::new(
                "nothing says gateway.master_key_file: set CASEBUS_GATEWAY_MASTER_KEY_FILE, or use --data-dir",
                "缺少设置 gateway.master_key_file：请设置环境变量 CASEBUS_GATEWAY_MASTER_KEY_FILE，或使用 --data-dir",
            )
        })?;
        let master_key = accounts::MasterKey::load(file)?;
        let pool = crate::database::pool(&self.owner_database_url, 2).await?;
        Ok(accounts::Accounts::new(pool, master_key))
    }
}

/// The file of a running casebus; removed with this value.
pub(crate) struct Published {
    path: PathBuf,
}

impl Drop for Published {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_file(&self.path) {
            tracing::debug!(path = %self.path.display(), %error, "the connection file was not removed");
        }
    }
}

fn file(folder: &Path) -> PathBuf {
    folder.join("connection.json")
}

/// Writes a file that only its owner may read, whole or not at all.
pub(crate) fn write_secret(path: &Path, text: &str) -> std::io::Result<()> {
    let unfinished = path.with_extension("new");
    match std::fs::remove_file(&unfinished) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&unfinished)?;
    file.write_all(text.as_bytes())?;
    file.write_all(b"\n")?;
    std::fs::rename(&unfinished, path)
}
