//! Loading one stream of ten events, as every command does before it decides.

use crate::events::FilledLog;
use crate::report::Found;
use crate::series::{self, Series};
use crate::stage::Stage;
use crate::timing::{Work, closed_loop};
use anyhow::ensure;
use log::Log;
use sqlx::PgPool;
use uuid::Uuid;

/// How many load at the same time.
const READERS: [usize; 3] = [1, 8, 32];
/// Events of each stream.
const EVENTS: usize = 10;

struct Loader {
    log: Log,
    streams: Vec<Uuid>,
    place: usize,
}

impl Work for Loader {
    async fn once(&mut self) -> anyhow::Result<u32> {
        let stream = self.streams[self.place % self.streams.len()];
        self.place += 1;
        let events = self.log.read_stream(stream).await?;
        ensure!(events.len() == EVENTS, "a stream of {} events", events.len());
        Ok(1)
    }
}

/// Measures all rounds on a log filled with streams of ten.
pub(crate) async fn run(stage: &Stage<'_>, filled: &FilledLog) -> anyhow::Result<Found> {
    let pool = filled.database.pool().await?;
    let streams = streams(&pool).await?;
    let log = Log::open(pool.clone()).await?;
    let mut all: Vec<Series> =
        READERS.iter().map(|readers| Series::new(format!("{readers} readers"))).collect();
    for _ in stage.rounds() {
        for (readers, series) in READERS.iter().zip(&mut all) {
            let loader = |place| Loader { log: log.clone(), streams: streams.clone(), place: place * 31 };
            let loaders = (0..*readers).map(loader).collect();
            series.push(closed_loop(loaders, stage.options.counted(), &stage.watched()).await?.measured);
        }
    }
    pool.close().await;
    let notes =
        vec![format!("`read_stream` of {EVENTS} events of 400 bytes, from the caches, streams in no order.")];
    let section = series::section("Loading a stream of ten", "streams", &all, notes);
    Ok(Found { sections: vec![section], figures: Vec::new() })
}

/// Some streams of the log, scattered over it.
async fn streams(pool: &PgPool) -> anyhow::Result<Vec<Uuid>> {
    let rows = sqlx::query_scalar(
        "select stream_id from log.event where version = 10 order by md5(stream_id::text) limit 2000",
    );
    Ok(rows.fetch_all(pool).await?)
}
