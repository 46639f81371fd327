//! Many rows in one INSERT: arrays, unnested. Nobody waits for a single event, nothing is checked.

use super::table;
use crate::cpu::Watched;
use crate::database::Server;
use crate::events::EventSource;
use crate::series::Measured;
use crate::timing::{Work, closed_loop};
use chrono::{DateTime, Utc};
use sqlx::Postgres;
use sqlx::pool::PoolConnection;
use std::time::Duration;
use uuid::Uuid;

/// Rows of one statement.
pub(crate) const ROWS: u16 = 100;

const INSERT: &str = "insert into floor_event
    (version, occurred_at, stream_id, event_id, correlation_id, schema_version, event_type, actor, body)
    select * from unnest($1::bigint[], $2::timestamptz[], $3::uuid[], $4::uuid[], $5::uuid[], $6::smallint[],
      $7::text[], $8::text[], $9::bytea[])";

struct Inserter {
    connection: PoolConnection<Postgres>,
    source: EventSource,
}

/// The values of a statement, a column each.
#[derive(Default)]
struct Columns {
    versions: Vec<i64>,
    occurred_at: Vec<DateTime<Utc>>,
    streams: Vec<Uuid>,
    ids: Vec<Uuid>,
    correlations: Vec<Uuid>,
    schemas: Vec<i16>,
    types: Vec<String>,
    actors: Vec<String>,
    bodies: Vec<Vec<u8>>,
}

impl Columns {
    fn of(source: &mut EventSource) -> Self {
        let mut columns = Self::default();
        for _ in 0..ROWS {
            let (event, before) = source.next_event();
            columns.versions.push(before + 1);
            columns.occurred_at.push(event.occurred_at);
            columns.streams.push(event.stream_id);
            columns.ids.push(event.event_id);
            columns.correlations.push(event.correlation_id);
            columns.schemas.push(event.schema_version);
            columns.types.push(event.event_type);
            columns.actors.push(event.actor);
            columns.bodies.push(event.body);
        }
        columns
    }
}

impl Work for Inserter {
    async fn once(&mut self) -> anyhow::Result<u32> {
        let columns = Columns::of(&mut self.source);
        sqlx::query(INSERT)
            .bind(columns.versions)
            .bind(columns.occurred_at)
            .bind(columns.streams)
            .bind(columns.ids)
            .bind(columns.correlations)
            .bind(columns.schemas)
            .bind(columns.types)
            .bind(columns.actors)
            .bind(columns.bodies)
            .execute(&mut *self.connection)
            .await?;
        Ok(u32::from(ROWS))
    }
}

/// Rows in a second over so many connections, in a database of its own.
pub(crate) async fn measure(
    server: &Server,
    watched: &Watched,
    connections: usize,
    counted: Duration,
) -> anyhow::Result<Measured> {
    let database = server.fresh_database().await?;
    let pool = table::open(&database).await?;
    let mut inserters = Vec::with_capacity(connections);
    for writer in 0..connections {
        let connection = pool.acquire().await?;
        inserters.push(Inserter { connection, source: EventSource::new(writer) });
    }
    let done = closed_loop(inserters, counted, watched).await?;
    table::close(pool, done.all).await?;
    server.remove(database).await?;
    Ok(done.measured)
}
