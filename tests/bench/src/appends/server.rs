//! The private Postgres of the appends, with everything durable, and a fresh database for each measurement.

use super::{FLOOR_CONNECTIONS_MAX, OTHER_CONNECTIONS};
use crate::report::Section;
use servers::{PostgresOptions, PostgresServer};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, Connection, Executor};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

/// What decides how long a commit takes.
const SETTINGS: [&str; 9] = [
    "server_version",
    "fsync",
    "synchronous_commit",
    "full_page_writes",
    "wal_sync_method",
    "commit_delay",
    "shared_buffers",
    "max_wal_size",
    "max_connections",
];

/// The server.
pub(crate) struct Server {
    postgres: PostgresServer,
    made: AtomicU32,
}

/// A database of the server.
pub(crate) struct Database {
    name: String,
    /// Where it is.
    pub(crate) url: String,
}

impl Server {
    /// Starts it in a folder.
    pub(crate) async fn start(folder: &Path) -> anyhow::Result<Self> {
        let mut options = PostgresOptions::new(folder);
        options.durable = true;
        options.max_connections = u16::try_from(FLOOR_CONNECTIONS_MAX)? + OTHER_CONNECTIONS;
        Ok(Self { postgres: PostgresServer::start(options).await?, made: AtomicU32::new(0) })
    }

    /// Makes a database and writes everything to disk, so that the next to measure starts clean.
    pub(crate) async fn fresh_database(&self) -> anyhow::Result<Database> {
        let name = format!("bench_{}", self.made.fetch_add(1, Ordering::Relaxed));
        let mut connection = self.connect().await?;
        connection.execute(AssertSqlSafe(format!("create database {name}"))).await?;
        connection.execute("checkpoint").await?;
        connection.close().await?;
        Ok(Database { url: self.postgres.database_url(&name), name })
    }

    /// Removes a database.
    pub(crate) async fn remove(&self, database: Database) -> anyhow::Result<()> {
        let mut connection = self.connect().await?;
        connection.execute(AssertSqlSafe(format!("drop database {} with (force)", database.name))).await?;
        connection.close().await?;
        Ok(())
    }

    /// The settings that decide how long a commit takes, by name.
    pub(crate) async fn settings(&self) -> anyhow::Result<Vec<(String, String)>> {
        let mut connection = self.connect().await?;
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

    async fn connect(&self) -> anyhow::Result<PgConnection> {
        let options: PgConnectOptions = self.postgres.url().parse()?;
        Ok(PgConnection::connect_with(&options).await?)
    }
}

/// The settings as a table.
pub(crate) fn section(settings: &[(String, String)]) -> Section {
    Section {
        title: "Postgres".to_owned(),
        columns: vec!["setting".to_owned(), "value".to_owned()],
        rows: settings.iter().map(|(name, value)| vec![name.clone(), value.clone()]).collect(),
        notes: Vec::new(),
        figures: serde_json::json!({ "settings": settings }),
    }
}
