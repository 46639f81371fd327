//! disintegrate with disintegrate-postgres: an append names the query on which it was decided, here all events of
//! its stream, and the last event that was seen.
//!
//! It runs in serializable transactions, which Postgres may refuse although no event came in between. Then the
//! append is made again, as its users have to, but without loading the stream again each time, as they would; only
//! the one that is acknowledged counts.

use crate::event::{Body, NewEvent};
use crate::peer::{Peer, Setup, Writer};
use anyhow::ensure;
use disintegrate::serde::json::Json;
use disintegrate::{Event, EventStore, PersistedEvent, query};
use disintegrate_postgres::{Error, PgEventStore};
use serde::{Deserialize, Serialize};
use sqlx::{Executor, PgPool};
use uuid::Uuid;

/// After so many refusals of an append it is looked up whether its stream has moved.
const REFUSALS: u32 = 50;
/// What Postgres says when a transaction is to be made again.
const SERIALIZATION_FAILURE: &str = "40001";

/// What it stores: the body, and the stream both in the JSON and in a column.
#[derive(Clone, Debug, PartialEq, Eq, Event, Serialize, Deserialize)]
pub(crate) enum CaseEvent {
    /// The only event.
    Sent {
        /// Its stream.
        #[id]
        stream_id: Uuid,
        /// What happened.
        body: Body,
    },
}

type Inner = PgEventStore<CaseEvent, Json<CaseEvent>>;

/// The store.
pub(crate) struct Store {
    store: Inner,
    pool: PgPool,
}

/// Who appends to it, with the last event of the stream on which they are.
pub(crate) struct StoreWriter {
    store: Inner,
    pool: PgPool,
    seen: i64,
}

impl Peer for Store {
    const TABLE: &'static str = "event";
    const WRAPPING_BYTES: usize =
        "{\"Sent\":{\"stream_id\":\"00000000-0000-0000-0000-000000000000\",\"body\":}}".len();
    type Writer = StoreWriter;

    async fn open(setup: &Setup<'_>) -> anyhow::Result<Self> {
        make_tables(setup.database.pool(1).await?).await?;
        let pool = setup.database.pool(setup.connections).await?;
        Ok(Self { store: PgEventStore::new_uninitialized(pool.clone(), Json::default()), pool })
    }

    fn writer(&self, _number: u32) -> StoreWriter {
        StoreWriter { store: self.store.clone(), pool: self.pool.clone(), seen: 0 }
    }
}

impl Writer for StoreWriter {
    async fn append(&mut self, event: NewEvent) -> anyhow::Result<()> {
        let seen = if event.before == 0 { 0 } else { self.seen };
        let (stream_id, before) = (event.stream_id, event.before);
        let event = CaseEvent::Sent { stream_id, body: event.body };
        let mut refusals = 0;
        loop {
            let decided_on = query!(CaseEvent; stream_id == stream_id);
            match self.store.append(vec![event.clone()], decided_on, seen).await {
                Ok(appended) => {
                    self.seen = appended.first().map_or(0, PersistedEvent::id);
                    return Ok(());
                }
                Err(error) if is_to_be_repeated(&error) => refusals += 1,
                Err(error) => return Err(error.into()),
            }
            if refusals % REFUSALS == 0 {
                check_stands_at(&self.pool, stream_id, before).await?;
            }
        }
    }
}

async fn check_stands_at(pool: &PgPool, stream_id: Uuid, before: u32) -> anyhow::Result<()> {
    let count = sqlx::query_scalar("select count(*) from event where stream_id = $1").bind(stream_id);
    let events: i64 = count.fetch_one(pool).await?;
    ensure!(events == i64::from(before), "the stream has {events} events, not {before}");
    Ok(())
}

/// Lets the store make its tables. One of its functions has a hexadecimal number, which Postgres before 16 does not
/// know: it gets the same number in decimal.
async fn make_tables(pool: PgPool) -> anyhow::Result<()> {
    pool.execute("set check_function_bodies to off").await?;
    Inner::try_new(pool.clone(), Json::default()).await?;
    let function: String =
        sqlx::query_scalar("select pg_get_functiondef('event_store_begin_epoch'::regproc)")
            .fetch_one(&pool)
            .await?;
    pool.execute(function.replace("0xFFFFFFFF", "4294967295").as_str()).await?;
    pool.close().await;
    Ok(())
}

fn is_to_be_repeated(error: &Error) -> bool {
    match error {
        Error::Concurrency => true,
        Error::Database(error) => error
            .as_database_error()
            .is_some_and(|error| error.code().as_deref() == Some(SERIALIZATION_FAILURE)),
        Error::Migration(_)
        | Error::Deserialization(_)
        | Error::AppendPermit(_)
        | Error::QueryEventMapping(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{BODY_BYTES, EventSource};

    #[test]
    fn what_is_stored_is_as_large_as_with_other_peers() {
        let event = EventSource::new(3, Store::WRAPPING_BYTES).next_event();
        let stored = CaseEvent::Sent { stream_id: event.stream_id, body: event.body };
        assert_eq!(serde_json::to_vec(&stored).unwrap().len(), BODY_BYTES);
    }
}
