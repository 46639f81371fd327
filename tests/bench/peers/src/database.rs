//! A fresh database for each measurement.

use anyhow::Context;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection, Executor, PgConnection, PgPool};

/// A database of one measurement's own.
#[derive(Debug)]
pub(crate) struct Database {
    url: String,
    name: String,
}

impl Database {
    /// Makes it, beside the one that the URL names, and writes everything to disk, so that the peer starts clean.
    pub(crate) async fn make(url: &str) -> anyhow::Result<Self> {
        let database = Self { url: url.to_owned(), name: format!("peers_{}", std::process::id()) };
        let mut connection = database.maintenance().await?;
        connection.execute(format!("create database {}", database.name).as_str()).await?;
        connection.execute("checkpoint").await?;
        connection.close().await?;
        Ok(database)
    }

    /// Removes it.
    pub(crate) async fn remove(self) -> anyhow::Result<()> {
        let mut connection = self.maintenance().await?;
        connection.execute(format!("drop database {} with (force)", self.name).as_str()).await?;
        connection.close().await?;
        Ok(())
    }

    /// So many connections to it, without a ping when one is taken.
    pub(crate) async fn pool(&self, connections: u32) -> anyhow::Result<PgPool> {
        let pool = PgPoolOptions::new().max_connections(connections).test_before_acquire(false);
        Ok(pool.connect_with(self.options()?).await?)
    }

    fn options(&self) -> anyhow::Result<PgConnectOptions> {
        let options: PgConnectOptions = self.url.parse().context("the URL of the database")?;
        Ok(options.database(&self.name))
    }

    /// Its name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Rows of a table.
    pub(crate) async fn rows(&self, table: &str) -> anyhow::Result<u64> {
        let mut connection = PgConnection::connect_with(&self.options()?).await?;
        let rows: i64 = sqlx::query_scalar(&format!("select count(*) from {table}"))
            .fetch_one(&mut connection)
            .await
            .with_context(|| format!("counting {table}"))?;
        connection.close().await?;
        Ok(u64::try_from(rows)?)
    }

    /// Lets Postgres count a table now, as it would have done in a database that is older than a few seconds.
    pub(crate) async fn analyze(&self, table: &str) -> anyhow::Result<()> {
        let mut connection = PgConnection::connect_with(&self.options()?).await?;
        connection.execute(format!("analyze {table}").as_str()).await?;
        Ok(connection.close().await?)
    }

    async fn maintenance(&self) -> anyhow::Result<PgConnection> {
        let options: PgConnectOptions = self.url.parse().context("the URL of the database")?;
        PgConnection::connect_with(&options).await.context("connecting to Postgres")
    }
}
