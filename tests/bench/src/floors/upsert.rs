//! Rows of one width into one table with one key, in bulk: half of them new, half of them there already.

use crate::cpu::Watched;
use crate::database::Server;
use crate::series::Measured;
use crate::timing::{Work, closed_loop};
use chrono::{DateTime, Utc};
use contract::ids::fresh_id;
use sqlx::Postgres;
use sqlx::pool::PoolConnection;
use std::time::Duration;
use uuid::Uuid;

/// Rows of one statement, which is one commit.
pub(crate) const ROWS: u16 = 2_000;
/// What a row takes beside its text: its head, and its other columns.
const OTHER_BYTES: usize = 24 + 16 + 14 + 9 + 11 + 11 + 11 + 4 * 8;

/// As many columns as the rows of the read model have on average.
const TABLE: &str = "create table floor_row (
    id uuid primary key,
    kind text not null collate \"C\",
    state text not null collate \"C\",
    holder text collate \"C\",
    from_department text not null collate \"C\",
    to_department text not null collate \"C\",
    sent_at timestamptz not null,
    due_at timestamptz,
    version bigint not null,
    position bigint not null,
    body text not null
)";

const UPSERT: &str = "insert into floor_row
    select id, 'clue_transfer', 'accepted', holder, holder, holder, at, at, number, number, body
      from unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::bigint[], $5::text[]) x(id, holder, at, number, body)
    on conflict (id) do update set (state, holder, due_at, version, position, body)
      = (excluded.state, excluded.holder, excluded.due_at, excluded.version, excluded.position, excluded.body)";

struct Upserter {
    connection: PoolConnection<Postgres>,
    body: String,
    /// Those that were new last time.
    known: Vec<Uuid>,
    version: i64,
}

impl Work for Upserter {
    async fn once(&mut self) -> anyhow::Result<u32> {
        let rows = usize::from(ROWS);
        let fresh: Vec<Uuid> = (self.known.len()..rows).map(|_| fresh_id()).collect();
        let ids: Vec<Uuid> = self.known.drain(..).chain(fresh.iter().copied()).collect();
        self.known = fresh.into_iter().take(rows / 2).collect();
        self.version += 1;
        sqlx::query(UPSERT)
            .bind(ids)
            .bind(vec!["320100-ybj"; rows])
            .bind(vec![DateTime::<Utc>::UNIX_EPOCH; rows])
            .bind(vec![self.version; rows])
            .bind(vec![self.body.as_str(); rows])
            .execute(&mut *self.connection)
            .await?;
        Ok(u32::from(ROWS))
    }
}

/// Rows of about so many bytes in a second, on one connection, in a database of its own.
pub(crate) async fn measure(
    server: &Server,
    watched: &Watched,
    row_bytes: usize,
    counted: Duration,
) -> anyhow::Result<Measured> {
    let database = server.fresh_database().await?;
    let pool = database.pool().await?;
    sqlx::query(TABLE).execute(&pool).await?;
    let body = "x".repeat(row_bytes.saturating_sub(OTHER_BYTES).max(1));
    let mut connection = pool.acquire().await?;
    // As the projector: what a crash takes away can be written again.
    sqlx::query("set synchronous_commit = off").execute(&mut *connection).await?;
    let upserter = Upserter { connection, body, known: Vec::new(), version: 0 };
    let done = closed_loop(vec![upserter], counted, watched).await?;
    pool.close().await;
    server.remove(database).await?;
    Ok(done.measured)
}
