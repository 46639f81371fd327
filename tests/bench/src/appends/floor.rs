//! The hand-written floor: one prepared INSERT in a transaction of its own for each event.
//!
//! It gives less than the event log: positions have holes and no commit order, a repeat is not recognised, and there
//! is no epoch. It gets the better conditions: no ping when a connection is taken from the pool, and where there is
//! a connection for each writer, the writer keeps it.

use super::event_source::EventSource;
use super::timing::{Append, Timing};
use anyhow::ensure;
use log::NewEvent;
use sqlx::pool::PoolConnection;
use sqlx::postgres::PgPoolOptions;
use sqlx::{PgPool, Postgres};

/// The columns of `log.event`, less those that belong to commands and numbers, under the same storage settings.
const TABLE: &str = "create table floor_event (
    position bigint generated always as identity primary key,
    version bigint not null,
    occurred_at timestamptz not null,
    recorded_at timestamptz not null default clock_timestamp(),
    stream_id uuid not null,
    event_id uuid not null,
    correlation_id uuid not null,
    causation_id uuid,
    schema_version smallint not null,
    event_type text not null collate \"C\",
    actor text not null collate \"C\",
    body bytea not null,
    unique (stream_id, version)
) with (fillfactor = 100, autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 50000,
    autovacuum_freeze_min_age = 0)";

const INSERT: &str = "insert into floor_event
    (version, occurred_at, stream_id, event_id, correlation_id, causation_id, schema_version, event_type, actor, body)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

enum Connection {
    Kept(Box<PoolConnection<Postgres>>),
    FromPool(PgPool),
}

struct Inserter {
    connection: Connection,
    source: EventSource,
}

impl Append for Inserter {
    async fn append(&mut self) -> anyhow::Result<()> {
        let (event, before) = self.source.next_event();
        match &mut self.connection {
            Connection::Kept(connection) => insert(&mut ***connection, event, before + 1).await,
            Connection::FromPool(pool) => insert(&*pool, event, before + 1).await,
        }
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
        .bind(event.causation_id)
        .bind(event.schema_version)
        .bind(event.event_type)
        .bind(event.actor)
        .bind(event.body)
        .execute(executor)
        .await?;
    Ok(())
}

/// Appends per second over so many connections.
pub(crate) async fn measure(
    url: &str,
    connections: u32,
    writers: usize,
    timing: Timing,
) -> anyhow::Result<f64> {
    let pool =
        PgPoolOptions::new().max_connections(connections).test_before_acquire(false).connect(url).await?;
    sqlx::query(TABLE).execute(&pool).await?;
    let is_enough = usize::try_from(connections)? >= writers;
    let mut inserters = Vec::with_capacity(writers);
    for writer in 0..writers {
        let connection = if is_enough {
            Connection::Kept(Box::new(pool.acquire().await?))
        } else {
            Connection::FromPool(pool.clone())
        };
        inserters.push(Inserter { connection, source: EventSource::new(writer) });
    }
    let written = timing.run(inserters).await?;
    let rows: i64 = sqlx::query_scalar("select count(*) from floor_event").fetch_one(&pool).await?;
    pool.close().await;
    ensure!(rows == i64::try_from(written.all)?, "{} answered, {rows} rows", written.all);
    Ok(timing.per_second(written))
}
