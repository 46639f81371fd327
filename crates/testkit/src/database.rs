//! One Postgres per test process, one database per test.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use servers::{PostgresOptions, PostgresServer};
use tokio::sync::OnceCell;

use crate::scratch;

const TEMPLATE: &str = "casebus_template";
/// Connections of a migration may take a moment to be gone after its pool was closed.
const COPY_TRIES: u32 = 50;

/// A database of one test's own. It is dropped with this value, best effort; all end with the process.
#[derive(Debug)]
pub struct TestDatabase {
    /// Where it is, as sqlx wants it.
    pub url: String,
    /// Its name.
    pub name: String,
}

/// A fresh empty database.
///
/// # Panics
/// When Postgres cannot be started or asked.
pub async fn database() -> TestDatabase {
    create("template0").await
}

/// A fresh database as `migrate` leaves it. The migration runs once per test process, on a template that each later
/// call copies, so every call in one test binary must pass the same migration.
///
/// # Panics
/// When Postgres cannot be started or asked, or the migration fails.
pub async fn database_with<Migrate, Migrated>(migrate: Migrate) -> TestDatabase
where
    Migrate: FnOnce(String) -> Migrated,
    Migrated: Future<Output = anyhow::Result<()>>,
{
    static MIGRATED: OnceCell<()> = OnceCell::const_new();
    MIGRATED
        .get_or_init(|| async {
            let server = server().await;
            client("createdb", &["-T", "template0", TEMPLATE]).await;
            if let Err(error) = migrate(server.database_url(TEMPLATE)).await {
                panic!("the migration of the test database failed: {error:#}");
            }
        })
        .await;
    create(TEMPLATE).await
}

async fn create(template: &'static str) -> TestDatabase {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed));
    client("createdb", &["-T", template, &name]).await;
    TestDatabase { url: server().await.database_url(&name), name }
}

async fn server() -> &'static PostgresServer {
    static SERVER: OnceCell<PostgresServer> = OnceCell::const_new();
    SERVER
        .get_or_init(|| async {
            let mut options = PostgresOptions::new(scratch::root().join("postgres"));
            options.durable = false;
            options.max_connections = 300;
            match PostgresServer::start(options).await {
                Ok(server) => server,
                Err(error) => panic!("no Postgres for the tests: {error}"),
            }
        })
        .await
}

/// Calls one of Postgres' own client programs, again while the template is in use.
async fn client(program: &'static str, arguments: &[&str]) {
    let server = server().await;
    let command = ClientCommand::new(server, program, arguments);
    let asked = tokio::task::spawn_blocking(move || command.ask()).await;
    match asked {
        Ok(Ok(())) => {}
        Ok(Err(said)) => panic!("{program} failed: {said}"),
        Err(error) => panic!("{program} was not asked: {error}"),
    }
}

struct ClientCommand {
    program: PathBuf,
    arguments: Vec<String>,
}

impl ClientCommand {
    fn new(server: &PostgresServer, program: &str, arguments: &[&str]) -> Self {
        let socket = server.socket_dir().to_string_lossy().into_owned();
        let mut all = ["-h", &socket, "-p", "5432", "-U", "casebus"].map(str::to_owned).to_vec();
        all.extend(arguments.iter().map(|argument| (*argument).to_owned()));
        Self { program: server.bin_dir().join(program), arguments: all }
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).stdin(Stdio::null()).env("LC_ALL", "C").env_remove("PGOPTIONS");
        command
    }

    fn ask(&self) -> Result<(), String> {
        let mut said = String::new();
        for _ in 0..COPY_TRIES {
            let output = self.command().output().map_err(|error| error.to_string())?;
            if output.status.success() {
                return Ok(());
            }
            said = String::from_utf8_lossy(&output.stderr).into_owned();
            if !said.contains("is being accessed by other users") {
                break;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Err(said)
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let name = self.name.clone();
        std::thread::spawn(move || drop_database(&name));
    }
}

/// Best effort: the whole cluster goes with the process anyway.
fn drop_database(name: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let Ok(runtime) = runtime else { return };
    let server = runtime.block_on(server());
    let mut command = ClientCommand::new(server, "dropdb", &["--force", "--if-exists", name]).command();
    let _ = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
}
