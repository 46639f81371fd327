//! Folders, programs and processes for the tests.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use servers::PostgresOptions;
use sqlx::{Connection, PgConnection};

/// A folder for one test, removed at its end.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("servers-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let folder = std::env::temp_dir().join(name);
        servers::create_data_folder(&folder).unwrap();
        Self(folder)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The nats-server of deploy/install.sh, if the system has none that is new enough.
pub fn nats_candidates() -> Vec<PathBuf> {
    let named = std::env::var_os("CASEBUS_TEST_NATS_SERVER").map(PathBuf::from);
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tools/nats-server");
    named.into_iter().chain([tools]).collect()
}

pub fn nats_program() -> PathBuf {
    nats_candidates().into_iter().find(|path| path.exists()).unwrap_or_else(|| "/usr/bin/nats-server".into())
}

pub fn quick(folder: &Folder) -> PostgresOptions {
    let mut options = PostgresOptions::new(folder.path().join("postgres"));
    options.durable = false;
    options
}

/// A program that prints `text` for whatever it is asked.
pub fn fake_program(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, format!("#!/bin/sh\necho '{text}'\n")).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

pub async fn execute(url: &str, sql: &'static str) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

pub async fn number(url: &str, sql: &'static str) -> i64 {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let value = sqlx::query_scalar::<_, i64>(sql).fetch_one(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    value
}

pub fn kill_9(pid: u32) {
    let pid = rustix::process::Pid::from_raw(pid.try_into().unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
}

/// Is the process there, other than as a zombie?
pub fn lives(pid: u32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}

/// Waits up to 15 s for the process to end.
pub fn ends(pid: u32) -> bool {
    let start = Instant::now();
    while lives(pid) && start.elapsed() < Duration::from_secs(15) {
        std::thread::sleep(Duration::from_millis(20));
    }
    !lives(pid)
}
