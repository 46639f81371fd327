//! The table of the hand-written floors.

use crate::database::{Database, POOL_CONNECTIONS};
use anyhow::ensure;
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;

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

/// A pool on a database with the table; without a ping when a connection is taken, which helps the floor.
pub(super) async fn open(database: &Database) -> anyhow::Result<PgPool> {
    let options = PgPoolOptions::new().max_connections(POOL_CONNECTIONS).test_before_acquire(false);
    let pool = options.connect(&database.url).await?;
    sqlx::query(TABLE).execute(&pool).await?;
    Ok(pool)
}

/// Closes the pool, after seeing that everything that was answered is there; answers the bytes on disk of one row.
pub(super) async fn close(pool: PgPool, answered: u64) -> anyhow::Result<f64> {
    let (rows, bytes): (i64, i64) =
        sqlx::query_as("select count(*), pg_total_relation_size('floor_event') from floor_event")
            .fetch_one(&pool)
            .await?;
    pool.close().await;
    ensure!(rows == i64::try_from(answered)?, "{answered} answered, {rows} rows");
    #[expect(clippy::cast_precision_loss, reason = "sizes and counts are far below 2^52")]
    Ok(bytes as f64 / rows.max(1) as f64)
}
