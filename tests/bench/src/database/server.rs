//! One server for the whole run, and a fresh database for each measurement.

use super::Psql;
use servers::{PostgresOptions, PostgresServer};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection, Executor};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

/// Connections of every contender's pool.
pub(crate) const POOL_CONNECTIONS: u32 = 32;
/// Connections of the server: the pools of all who run at the same time, and those of public event stores.
const SERVER_CONNECTIONS: u16 = 300;

/// What decides how long a commit takes.
const SETTINGS: [&str; 10] = [
    "server_version",
    "fsync",
    "synchronous_commit",
    "full_page_writes",
    "wal_sync_method",
    "commit_delay",
    "shared_buffers",
    "wal_buffers",
    "max_wal_size",
    "max_connections",
];

/// The server.
pub(crate) struct Server {
    postgres: PostgresServer,
    made: AtomicU32,
}

/// A database of the server.
#[derive(Clone, Debug)]
pub(crate) struct Database {
    pub(super) name: String,
    /// Where it is.
    pub(crate) url: String,
}

impl Database {
    /// A pool of the size that every contender has.
    pub(crate) async fn pool(&self) -> anyhow::Result<PgPool> {
        let options = PgPoolOptions::new().max_connections(POOL_CONNECTIONS);
        Ok(options.connect(&self.url).await?)
    }

    /// One connection.
    pub(crate) async fn connection(&self) -> anyhow::Result<PgConnection> {
        connect(&self.url).await
    }
}

impl Server {
    /// Starts it in a folder.
    pub(crate) async fn start(folder: &Path) -> anyhow::Result<Self> {
        let mut options = PostgresOptions::new(folder);
        options.durable = true;
        options.max_connections = SERVER_CONNECTIONS;
        Ok(Self { postgres: PostgresServer::start(options).await?, made: AtomicU32::new(0) })
    }

    /// Its process id.
    pub(crate) fn pid(&self) -> u32 {
        self.postgres.pid()
    }

    /// Its client program, on a database.
    pub(crate) fn psql(&self, database: &Database) -> Psql {
        Psql::new(self.postgres.bin_dir(), self.postgres.socket_dir(), database)
    }

    /// Makes a database and writes everything to disk, so that the next to measure starts clean.
    pub(crate) async fn fresh_database(&self) -> anyhow::Result<Database> {
        self.make("").await
    }

    /// Makes a database with everything that another one holds; nobody may be connected to that.
    pub(crate) async fn copy_of(&self, other: &Database) -> anyhow::Result<Database> {
        self.make(&format!(" template {}", other.name)).await
    }

    async fn make(&self, from: &str) -> anyhow::Result<Database> {
        let name = format!("bench_{}", self.made.fetch_add(1, Ordering::Relaxed));
        let mut connection = connect(&self.postgres.url()).await?;
        connection.execute(AssertSqlSafe(format!("create database {name}{from}"))).await?;
        connection.execute("checkpoint").await?;
        connection.close().await?;
        Ok(Database { url: self.postgres.database_url(&name), name })
    }

    /// Removes a database.
    pub(crate) async fn remove(&self, database: Database) -> anyhow::Result<()> {
        let mut connection = connect(&self.postgres.url()).await?;
        connection.execute(AssertSqlSafe(format!("drop database {} with (force)", database.name))).await?;
        connection.close().await?;
        Ok(())
    }

    /// Writes everything to disk.
    pub(crate) async fn checkpoint(&self) -> anyhow::Result<()> {
        let mut connection = connect(&self.postgres.url()).await?;
        connection.execute("checkpoint").await?;
        connection.close().await?;
        Ok(())
    }

    /// The settings that decide how long a commit takes, by name.
    pub(crate) async fn settings(&self) -> anyhow::Result<Vec<(String, String)>> {
        let mut connection = connect(&self.postgres.url()).await?;
        let mut settings = Vec::with_capacity(SETTINGS.len());
        for name in SETTINGS {
            let value = sqlx::query_scalar("select current_setting($1)").bind(name);
            settings.push((name.to_owned(), value.fetch_one(&mut connection).await?));
        }
        connection.close().await?;
        Ok(settings)
    }

    /// Stops it.
    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        Ok(self.postgres.stop().await?)
    }
}

async fn connect(url: &str) -> anyhow::Result<PgConnection> {
    let options: PgConnectOptions = url.parse()?;
    Ok(PgConnection::connect_with(&options).await?)
}
