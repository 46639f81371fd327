//! COPY of many rows on one connection, which are formatted as text while they are sent.

use super::table;
use crate::cpu::Watched;
use crate::database::Server;
use crate::events::EventSource;
use crate::series::Measured;
use crate::timing::{Work, closed_loop};
use sqlx::Postgres;
use sqlx::pool::PoolConnection;
use std::fmt::Write as _;
use std::time::Duration;

/// Rows of one COPY, which is one commit.
pub(crate) const ROWS: u32 = 2_000;

const COPY: &str = "copy floor_event
    (version, occurred_at, stream_id, event_id, correlation_id, schema_version, event_type, actor, body) from stdin";

struct Copier {
    connection: PoolConnection<Postgres>,
    source: EventSource,
}

impl Work for Copier {
    async fn once(&mut self) -> anyhow::Result<u32> {
        let text = lines(&mut self.source)?;
        let mut copy = self.connection.copy_in_raw(COPY).await?;
        copy.send(text.as_bytes()).await?;
        copy.finish().await?;
        Ok(ROWS)
    }
}

/// The rows in the text format of COPY; a body goes as `\\x` and hexadecimal digits.
fn lines(source: &mut EventSource) -> anyhow::Result<String> {
    let mut text = String::new();
    for _ in 0..ROWS {
        let (event, before) = source.next_event();
        write!(
            text,
            "{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t\\\\x",
            before + 1,
            event.occurred_at.to_rfc3339(),
            event.stream_id,
            event.event_id,
            event.correlation_id,
            event.schema_version,
            event.event_type,
            event.actor,
        )?;
        for byte in event.body {
            write!(text, "{byte:02x}")?;
        }
        text.push('\n');
    }
    Ok(text)
}

/// Rows in a second, in a database of its own.
pub(crate) async fn measure(
    server: &Server,
    watched: &Watched,
    counted: Duration,
) -> anyhow::Result<Measured> {
    let database = server.fresh_database().await?;
    let pool = table::open(&database).await?;
    let copier = Copier { connection: pool.acquire().await?, source: EventSource::new(0) };
    let done = closed_loop(vec![copier], counted, watched).await?;
    table::close(pool, done.all).await?;
    server.remove(database).await?;
    Ok(done.measured)
}
