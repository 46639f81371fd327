//! The event log: every writer hands its command to the one `log::Writer` of the process.

use super::POOL_CONNECTIONS;
use super::event_source::EventSource;
use super::timing::{Append, Timing};
use anyhow::{Context, ensure};
use contract::ids::fresh_id;
use log::{Guard, Log, NewCommand, Outcome, Writer};
use sqlx::postgres::PgPoolOptions;
use tokio::task::JoinSet;

struct Caller {
    writer: Writer,
    source: EventSource,
}

impl Append for Caller {
    async fn append(&mut self) -> anyhow::Result<()> {
        let (event, version) = self.source.next_event();
        let guards = vec![Guard { stream_id: event.stream_id, version }];
        let command = NewCommand { id: fresh_id(), request_hash: [7; 32], guards, events: vec![event] };
        let outcome = self.writer.append(command).await?;
        ensure!(matches!(outcome, Outcome::Appended { .. }), "the log answered {outcome:?}");
        Ok(())
    }
}

/// Appends per second, and events for each commit.
pub(crate) async fn measure(url: &str, writers: usize, timing: Timing) -> anyhow::Result<(f64, f64)> {
    let pool = PgPoolOptions::new().max_connections(POOL_CONNECTIONS).connect(url).await?;
    log::migrate(&pool, None).await?;
    let (writer, work) = Writer::new(Log::open(pool.clone()).await?);
    let mut task = JoinSet::new();
    task.spawn(work);
    let callers =
        (0..writers).map(|n| Caller { writer: writer.clone(), source: EventSource::new(n) }).collect();
    let written = timing.run(callers).await?;
    drop(writer);
    while let Some(ended) = task.join_next().await {
        ended.context("the writer of the event log panicked")?;
    }
    // Events of one commit have one recorded_at.
    let (head, rows, commits): (i64, i64, i64) = sqlx::query_as(
        "select (select position from log.log_head), count(*), count(distinct recorded_at) from log.event",
    )
    .fetch_one(&pool)
    .await?;
    pool.close().await;
    let answered = i64::try_from(written.all)?;
    ensure!(rows == answered && head == answered, "{answered} answered, {rows} rows, head at {head}");
    let per_commit = f64::from(u32::try_from(rows)?) / f64::from(u32::try_from(commits.max(1))?);
    Ok((timing.per_second(written), per_commit))
}
