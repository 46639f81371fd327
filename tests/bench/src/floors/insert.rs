//! One prepared INSERT in a transaction of its own for each event.
//!
//! It gives less than the event log: positions have holes and no commit order, a repeat is not recognised, and there
//! is no epoch. It gets the better conditions: no ping when a connection is taken from the pool, and where there is
//! a connection for each writer, the writer keeps it.

use super::table;
use crate::cpu::Watched;
use crate::database::{Database, POOL_CONNECTIONS, Server};
use crate::events::EventSource;
use crate::series::Measured;
use crate::timing::{Work, closed_loop};
use anyhow::Context;
use log::NewEvent;
use sqlx::pool::PoolConnection;
use sqlx::{PgPool, Postgres};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

const INSERT: &str = "insert into floor_event
    (version, occurred_at, stream_id, event_id, correlation_id, schema_version, event_type, actor, body)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

enum Connection {
    Kept(Box<PoolConnection<Postgres>>),
    FromPool(PgPool),
}

/// One who inserts, one event at a time.
pub(crate) struct Inserter {
    connection: Connection,
    source: EventSource,
}

impl Inserter {
    /// So many of them on one pool.
    pub(crate) async fn several(pool: &PgPool, writers: usize) -> anyhow::Result<Vec<Self>> {
        let is_enough = usize::try_from(POOL_CONNECTIONS)? >= writers;
        let mut inserters = Vec::with_capacity(writers);
        for writer in 0..writers {
            let connection = if is_enough {
                Connection::Kept(Box::new(pool.acquire().await?))
            } else {
                Connection::FromPool(pool.clone())
            };
            inserters.push(Self { connection, source: EventSource::new(writer) });
        }
        Ok(inserters)
    }
}

impl Work for Inserter {
    async fn once(&mut self) -> anyhow::Result<u32> {
        let (event, before) = self.source.next_event();
        match &mut self.connection {
            Connection::Kept(connection) => insert(&mut ***connection, event, before + 1).await?,
            Connection::FromPool(pool) => insert(&*pool, event, before + 1).await?,
        }
        Ok(1)
    }
}

async fn insert<'connection>(
    executor: impl sqlx::Executor<'connection, Database = Postgres>,
    event: NewEvent,
    version: i64,
) -> anyhow::Result<()> {
    sqlx::query(INSERT)
        .bind(version)
        .bind(event.occurred_at)
        .bind(event.stream_id)
        .bind(event.event_id)
        .bind(event.correlation_id)
        .bind(event.schema_version)
        .bind(event.event_type)
        .bind(event.actor)
        .bind(event.body)
        .execute(executor)
        .await?;
    Ok(())
}

/// The rate of so many writers, in a database of its own.
pub(crate) async fn measure(
    server: &Server,
    watched: &Watched,
    writers: usize,
    counted: Duration,
) -> anyhow::Result<Measured> {
    let database = server.fresh_database().await?;
    let pool = table::open(&database).await?;
    let inserters = Inserter::several(&pool, writers).await?;
    let done = closed_loop(inserters, counted, watched).await?;
    table::close(pool, done.all).await?;
    server.remove(database).await?;
    Ok(done.measured)
}

/// Inserters that are taken and given back, for arrivals by schedule.
#[derive(Clone)]
pub(crate) struct Shared {
    database: Database,
    pool: PgPool,
    idle: Arc<Mutex<Vec<Inserter>>>,
}

impl Shared {
    /// As many as a pool has connections, in a database of their own, each used once already.
    pub(crate) async fn open(server: &Server) -> anyhow::Result<Self> {
        let database = server.fresh_database().await?;
        let pool = table::open(&database).await?;
        let mut inserters = Inserter::several(&pool, usize::try_from(POOL_CONNECTIONS)?).await?;
        for inserter in &mut inserters {
            inserter.once().await?;
        }
        Ok(Self { database, pool, idle: Arc::new(Mutex::new(inserters)) })
    }

    /// Inserts one event and waits until it is durable.
    pub(crate) async fn insert_one(&self) -> anyhow::Result<()> {
        let taken = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut inserter = taken.context("more commits at once than connections")?;
        inserter.once().await?;
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(inserter);
        Ok(())
    }

    /// Ends it.
    pub(crate) async fn close(self, server: &Server) -> anyhow::Result<()> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.pool.close().await;
        server.remove(self.database).await
    }
}
