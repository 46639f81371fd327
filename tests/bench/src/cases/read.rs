//! Catching up: the log read in order from its beginning, in the batches of the projector, against a binary COPY of
//! the same rows by psql.

use crate::events::FilledLog;
use crate::report::Found;
use crate::row::Figure;
use crate::series::{self, Measured, Series};
use crate::stage::{Stage, turns};
use crate::timing::Stopwatch;
use anyhow::{Context, ensure};
use log::Log;
use tokio::task::JoinSet;

/// Events of one batch: as many as the projector reads at once.
const BATCH: i64 = 1_000;
/// How often everything is read in one measurement, so that starting psql does not count.
const PASSES: u16 = 5;
/// The columns that the log reads, in its order.
const COPY: &str = "\\copy (select e.position, e.event_id, e.stream_id, e.version, e.event_type, e.schema_version, e.number, \
                    e.occurred_at, e.recorded_at, e.actor, e.correlation_id, e.causation_id, e.traceparent, e.body \
                    from log.event e order by e.position) to '/dev/null' with (format binary)";

#[derive(Clone, Copy)]
enum Contender {
    Read,
    Copy,
}

/// Measures all rounds on a filled log.
pub(crate) async fn run(stage: &Stage<'_>, filled: &FilledLog) -> anyhow::Result<Found> {
    let mut read = Series::new(format!("read of the log, typed, batches of {BATCH}"));
    let mut copy = Series::new("psql, binary COPY");
    // What was just filled is brought into the caches for both.
    read_all(stage, filled).await?;
    for round in stage.rounds() {
        for contender in turns(round, &[Contender::Read, Contender::Copy]) {
            match contender {
                Contender::Read => read.push(read_all(stage, filled).await?),
                Contender::Copy => copy.push(copy_all(stage, filled).await?),
            }
        }
    }
    let figures = Figure::ratio("read_vs_copy", &read, &copy).into_iter().collect();
    let notes = vec![format!(
        "Medians of {} interleaved rounds, each {PASSES} times over {} events, from the caches. COPY orders by position \
         as well and writes to nowhere.",
        stage.options.rounds, filled.events
    )];
    Ok(Found { sections: vec![series::section("Catching up", "events", &[read, copy], notes)], figures })
}

async fn read_all(stage: &Stage<'_>, filled: &FilledLog) -> anyhow::Result<Measured> {
    let pool = filled.database.pool().await?;
    let log = Log::open(pool.clone()).await?;
    let watched = stage.watched();
    let events = filled.events;
    let stopwatch = Stopwatch::start(&watched)?;
    // In a task, as services read: the thread that waits for the whole run would be woken by another one for each answer.
    let mut reading = JoinSet::new();
    reading.spawn(async move {
        for _ in 0..PASSES {
            let last = read_once(&log).await?;
            ensure!(last == events, "read to {last} of {events}");
        }
        anyhow::Ok(())
    });
    reading.join_next().await.context("nobody reads")???;
    let measured = stopwatch.so_far(filled.operations() * f64::from(PASSES))?;
    pool.close().await;
    Ok(measured)
}

/// From the beginning to the end; answers the last position.
async fn read_once(log: &Log) -> anyhow::Result<i64> {
    let mut position = 0;
    loop {
        let events = log.read_after(position, BATCH).await?;
        let Some(last) = events.last() else { return Ok(position) };
        ensure!(events.iter().all(|event| !event.body.is_empty()), "an event without its body");
        position = last.position;
    }
}

async fn copy_all(stage: &Stage<'_>, filled: &FilledLog) -> anyhow::Result<Measured> {
    let psql = stage.server.psql(&filled.database);
    let watched = stage.watched().and_ended("psql");
    let stopwatch = Stopwatch::start(&watched)?;
    psql.run(&vec![COPY.to_owned(); usize::from(PASSES)]).await?;
    stopwatch.so_far(filled.operations() * f64::from(PASSES))
}
