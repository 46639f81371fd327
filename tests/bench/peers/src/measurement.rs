//! One measurement of one peer.

use crate::database::Database;
use crate::event::EventSource;
use crate::options::Measuring;
use crate::peer::{Peer, Setup, Writer};
use crate::timing::{self, Written};
use anyhow::{Context, ensure};
use serde::Serialize;

/// Writers share at most so many connections.
const CONNECTIONS_MAX: u32 = 64;

/// What is printed of it.
#[derive(Debug, Serialize)]
pub(crate) struct Measurement {
    /// Who was measured.
    pub(crate) peer: String,
    /// In which version.
    pub(crate) version: String,
    /// How many appended at the same time.
    pub(crate) writers: u32,
    /// How many connections they shared.
    pub(crate) connections: u32,
    /// What was acknowledged in the time that counts.
    pub(crate) events: u64,
    /// How long that was.
    pub(crate) seconds: f64,
    /// The quotient.
    pub(crate) per_second: f64,
    /// Rows that its table has afterwards: as many as were acknowledged, warm-up included.
    pub(crate) verified_rows: u64,
}

/// Measures a peer in a database of its own.
pub(crate) async fn measure<P: Peer>(measuring: &Measuring) -> anyhow::Result<Measurement> {
    let database = Database::make(&measuring.database_url).await?;
    let measured = measure_in::<P>(&database, measuring).await;
    let removed = database.remove().await;
    let measurement = measured?;
    removed.context("removing the database")?;
    Ok(measurement)
}

async fn measure_in<P: Peer>(database: &Database, measuring: &Measuring) -> anyhow::Result<Measurement> {
    let connections = measuring.writers.min(CONNECTIONS_MAX);
    let peer = P::open(&Setup { database, connections, message_db: &measuring.message_db }).await?;
    let checked = check_refusal(&peer).await?;
    let writers = (0..measuring.writers)
        .map(|number| (peer.writer(number), EventSource::new(number, P::WRAPPING_BYTES)))
        .collect();
    let running = timing::run(writers, measuring.counted);
    let (written, ()) = tokio::try_join!(running, analyze_while_warming_up(database, P::TABLE))?;
    drop(peer);
    let acknowledged = written.all + checked;
    let rows = database.rows(P::TABLE).await?;
    ensure!(rows == acknowledged, "{acknowledged} events were acknowledged, {} has {rows} rows", P::TABLE);
    measurement(measuring, connections, written, rows)
}

/// A database that is used has statistics. Without them Postgres takes the wrong index for what some peers ask.
async fn analyze_while_warming_up(database: &Database, table: &str) -> anyhow::Result<()> {
    tokio::time::sleep(timing::WARM_UP / 2).await;
    database.analyze(table).await
}

/// Appends an event and makes sure that it is refused a second time: the peer does check versions. Returns what
/// was acknowledged.
async fn check_refusal<P: Peer>(peer: &P) -> anyhow::Result<u64> {
    let mut writer = peer.writer(0);
    let event = EventSource::new(0, P::WRAPPING_BYTES).next_event();
    writer.append(event.clone()).await.context("the first append")?;
    ensure!(writer.append(event).await.is_err(), "an append at a version that is taken was not refused");
    Ok(1)
}

fn measurement(
    measuring: &Measuring,
    connections: u32,
    written: Written,
    rows: u64,
) -> anyhow::Result<Measurement> {
    let seconds = measuring.counted.as_secs_f64();
    Ok(Measurement {
        peer: measuring.peer.shown(),
        version: measuring.peer.version(&measuring.message_db)?,
        writers: measuring.writers,
        connections,
        events: written.counted,
        seconds,
        per_second: f64::from(u32::try_from(written.counted)?) / seconds,
        verified_rows: rows,
    })
}
