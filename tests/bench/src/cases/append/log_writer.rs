//! The event log: every writer hands its command to the one `log::Writer` of the process.

use crate::cpu::Watched;
use crate::database::Server;
use crate::events::EventSource;
use crate::series::Measured;
use crate::timing::{Work, closed_loop};
use anyhow::{Context, ensure};
use contract::ids::fresh_id;
use log::{Guard, Log, NewCommand, Outcome, Writer};
use sqlx::PgPool;
use std::time::Duration;
use tokio::task::JoinSet;

/// What the event log did.
pub(crate) struct Appended {
    /// Events in a second.
    pub(crate) measured: Measured,
    /// Events that shared a commit, on average.
    pub(crate) per_commit: f64,
    /// Bytes on disk of one event, with all indexes.
    pub(crate) bytes_each: f64,
}

struct Caller {
    writer: Writer,
    source: EventSource,
}

impl Work for Caller {
    async fn once(&mut self) -> anyhow::Result<u32> {
        let (event, version) = self.source.next_event();
        let guards = vec![Guard { stream_id: event.stream_id, version }];
        let command = NewCommand { id: fresh_id(), request_hash: [7; 32], guards, events: vec![event] };
        let outcome = self.writer.append(command).await?;
        ensure!(matches!(outcome, Outcome::Appended { .. }), "the log answered {outcome:?}");
        Ok(1)
    }
}

/// The rate of so many writers, in a database of its own.
pub(crate) async fn measure(
    server: &Server,
    watched: &Watched,
    writers: usize,
    counted: Duration,
) -> anyhow::Result<Appended> {
    let database = server.fresh_database().await?;
    let pool = database.pool().await?;
    log::migrate(&pool, None).await?;
    let (writer, work) = Writer::new(Log::open(pool.clone()).await?);
    let mut task = JoinSet::new();
    task.spawn(work);
    let callers =
        (0..writers).map(|n| Caller { writer: writer.clone(), source: EventSource::new(n) }).collect();
    let done = closed_loop(callers, counted, watched).await?;
    drop(writer);
    while let Some(ended) = task.join_next().await {
        ended.context("the writer of the event log panicked")?;
    }
    let (per_commit, bytes_each) = look(&pool, done.all).await?;
    pool.close().await;
    server.remove(database).await?;
    Ok(Appended { measured: done.measured, per_commit, bytes_each })
}

/// Sees that everything that was answered is there, and how it lies there.
async fn look(pool: &PgPool, answered: u64) -> anyhow::Result<(f64, f64)> {
    // Events of one commit have one recorded_at.
    let (last, rows, commits, bytes): (i64, i64, i64, i64) = sqlx::query_as(
        "select coalesce(max(position), 0), count(*), count(distinct recorded_at), pg_total_relation_size('log.event')
           from log.event",
    )
    .fetch_one(pool)
    .await?;
    let answered = i64::try_from(answered)?;
    ensure!(rows == answered && last == answered, "{answered} answered, {rows} rows, the last at {last}");
    #[expect(clippy::cast_precision_loss, reason = "sizes and counts are far below 2^52")]
    let (rows, commits, bytes) = (rows.max(1) as f64, commits.max(1) as f64, bytes as f64);
    Ok((rows / commits, bytes / rows))
}
