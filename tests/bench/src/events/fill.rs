//! A log that holds events before anything is measured.

use super::lives;
use super::plain::EventSource;
use crate::database::{Database, Server};
use anyhow::{Context, ensure};
use contract::ids::fresh_id;
use log::{Guard, Log, NewCommand, NewEvent, Outcome};
use sqlx::PgPool;

/// Commands of one append.
const AT_ONCE: usize = 500;
/// Events of a stream of plain events.
pub(crate) const STREAM_EVENTS: i64 = 10;

/// What a log holds.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// Events of one size in streams of ten.
    Plain,
    /// Whole lives of transfers, side by side.
    Lives,
}

/// A database with a filled log.
pub(crate) struct FilledLog {
    /// Where it is.
    pub(crate) database: Database,
    /// How many events it holds.
    pub(crate) events: i64,
}

impl FilledLog {
    /// Fills a log in a fresh database with about so many events, vacuumed and written to disk.
    pub(crate) async fn make(server: &Server, kind: Kind, events: usize) -> anyhow::Result<Self> {
        let database = server.fresh_database().await?;
        let pool = database.pool().await?;
        log::migrate(&pool, None).await?;
        let log = Log::open(pool.clone()).await?;
        fill(&log, kind, events).await?;
        let events = log.head().await?.position;
        settle(&pool).await?;
        pool.close().await;
        server.checkpoint().await?;
        Ok(Self { database, events })
    }

    /// Its number of events, for rates.
    pub(crate) fn operations(&self) -> f64 {
        // Far below 2^32.
        u32::try_from(self.events).map_or(f64::INFINITY, f64::from)
    }
}

/// Appends about so many events.
pub(crate) async fn fill(log: &Log, kind: Kind, events: usize) -> anyhow::Result<()> {
    match kind {
        Kind::Plain => append_all(log, plain(events)).await,
        Kind::Lives => append_all(log, lives::commands(events)).await,
    }
}

/// As autovacuum would leave it.
async fn settle(pool: &PgPool) -> anyhow::Result<()> {
    sqlx::query("vacuum (freeze, analyze) log.event").execute(pool).await?;
    Ok(())
}

fn plain(events: usize) -> impl Iterator<Item = NewCommand> {
    let mut source = EventSource::with_streams_of(0, STREAM_EVENTS);
    (0..events).map(move |_| {
        let (event, version) = source.next_event();
        command(vec![event], version)
    })
}

/// A command over one stream that stands at a version.
pub(super) fn command(events: Vec<NewEvent>, version: i64) -> NewCommand {
    let stream_id = events.first().map(|event| event.stream_id).unwrap_or_default();
    NewCommand { id: fresh_id(), request_hash: [7; 32], guards: vec![Guard { stream_id, version }], events }
}

async fn append_all(log: &Log, commands: impl Iterator<Item = NewCommand>) -> anyhow::Result<()> {
    let mut commands = commands.peekable();
    while commands.peek().is_some() {
        let batch: Vec<NewCommand> = commands.by_ref().take(AT_ONCE).collect();
        let outcomes = log.append(&batch).await.context("the log could not be filled")?;
        let all_in = outcomes.iter().all(|outcome| matches!(outcome, Outcome::Appended { .. }));
        ensure!(all_in, "the log did not take all events that fill it");
    }
    Ok(())
}
