//! A migrated database with registry and keys, made once and copied for every deployment.

use crate::postgres::Postgres;
use crate::process;
use anyhow::Context;
use std::collections::HashMap;
use std::net::TcpListener;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// The role of the services.
pub const SERVICE_ROLE: &str = "casebus_service";
/// Who sends.
pub const SENDER: &str = "320100-wjw";
/// Who receives.
pub const RECEIVER: &str = "320100-ybj";
/// Who is asked for assistance.
pub const ASSISTANT: &str = "320100-gaj";

/// What every deployment begins with.
#[derive(Debug)]
pub struct Template {
    /// The files of a stopped cluster.
    pub cluster: PathBuf,
    /// The master key.
    pub master_key_file: PathBuf,
    /// Department → its key.
    pub keys: HashMap<&'static str, String>,
}

impl Template {
    /// Makes it.
    pub async fn make() -> anyhow::Result<Self> {
        let folder = testkit::folder("faults-template");
        std::fs::create_dir_all(&folder)?;
        let master_key_file = folder.join("master.key");
        write_master_key(&master_key_file)?;
        let cluster = folder.join("cluster");
        let mut postgres = Postgres::over(cluster.clone(), free_port()?)?;
        postgres.initialise().await?;
        postgres.start().await?;
        let mut connection = postgres.connect().await?;
        let role = sqlx::AssertSqlSafe(format!("create role {SERVICE_ROLE} login"));
        sqlx::query(role).execute(&mut connection).await?;
        let administrator = Administrator { url: postgres.owner_url(), master_key_file: &master_key_file };
        let keys = administrator.prepare().await?;
        postgres.stop().await?;
        Ok(Self { cluster, master_key_file, keys })
    }
}

/// Runs administrator's commands on a database.
pub struct Administrator<'a> {
    /// The database as its owner.
    pub url: String,
    /// The master key.
    pub master_key_file: &'a Path,
}

impl Administrator<'_> {
    /// Runs one; answers what it printed.
    pub async fn run(&self, arguments: &[&str], nats_url: Option<&str>) -> anyhow::Result<String> {
        let mut command = process::command(&harness::binary(), None);
        command.args(arguments).env("CASEBUS_DATABASE_URL", &self.url);
        command.env("CASEBUS_GATEWAY_MASTER_KEY_FILE", self.master_key_file);
        if let Some(url) = nats_url {
            command.env("CASEBUS_NATS_URL", url);
        }
        let output = command.output().await.context("casebus cannot be started")?;
        let said =
            String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        anyhow::ensure!(output.status.success(), "casebus {arguments:?} failed: {said}");
        Ok(said)
    }

    async fn prepare(&self) -> anyhow::Result<HashMap<&'static str, String>> {
        self.run(&["migrate", "--service-role", SERVICE_ROLE], None).await?;
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../crates/casebus/data");
        for what in ["departments", "groups", "responsibilities"] {
            let file = data.join(format!("{what}.csv"));
            let file = file.to_str().context("the folder of the data has a strange name")?;
            self.run(&["import", what, file], None).await?;
        }
        let mut keys = HashMap::new();
        for department in [SENDER, RECEIVER, ASSISTANT] {
            let said =
                self.run(&["key", "create", "--department", department, "--role", "clerk"], None).await?;
            let secret = said.lines().next().context("no key was printed")?;
            keys.insert(department, secret.to_owned());
        }
        Ok(keys)
    }
}

/// A key for tests: 32 bytes of zero in base64.
fn write_master_key(path: &Path) -> anyhow::Result<()> {
    let mut file = std::fs::OpenOptions::new().create_new(true).write(true).mode(0o600).open(path)?;
    std::io::Write::write_all(&mut file, format!("{}=\n", "A".repeat(43)).as_bytes())?;
    Ok(())
}

/// The first port that is given out, and how many there are. Linux gives connections ports from 32768 on: one that somebody else
/// opens while a program is stopped must not get the port of that.
const PORTS: (u16, u32) = (10_000, 22_000);

/// A port that nobody has at the moment, and that was not given out before.
pub fn free_port() -> anyhow::Result<u16> {
    static GIVEN: AtomicU32 = AtomicU32::new(0);
    let (first, count) = PORTS;
    for _ in 0..count {
        let place = std::process::id().wrapping_add(GIVEN.fetch_add(1, Ordering::Relaxed)) % count;
        let port = first + u16::try_from(place)?;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return Ok(port);
        }
    }
    anyhow::bail!("no port from {first} on is free")
}
