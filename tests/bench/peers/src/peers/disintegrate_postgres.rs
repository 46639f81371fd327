//! disintegrate with disintegrate-postgres: an append names the query on which it was decided, here all events of
//! its stream, and the last event that was seen.
//!
//! It runs in serializable transactions, which Postgres may refuse although no event came in between. Then the
//! append is made again, as its users have to; only the one that is acknowledged counts.

use crate::event::{Body, NewEvent};
use crate::peer::{Peer, Setup, Writer};
use anyhow::bail;
use disintegrate::serde::json::Json;
use disintegrate::{Event, EventStore, query};
use disintegrate_postgres::{Error, PgEventStore};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How often an append is made before it is given up.
const TRIES: u32 = 200;
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
}

/// Who appends to it, with the last event of the stream on which they are.
pub(crate) struct StoreWriter {
    store: Inner,
    seen: i64,
}

impl Peer for Store {
    const TABLE: &'static str = "event";
    const WRAPPING_BYTES: usize =
        "{\"Sent\":{\"stream_id\":\"00000000-0000-0000-0000-000000000000\",\"body\":}}".len();
    type Writer = StoreWriter;

    async fn open(setup: &Setup<'_>) -> anyhow::Result<Self> {
        let pool = setup.database.pool(setup.connections).await?;
        Ok(Self { store: PgEventStore::try_new(pool, Json::default()).await? })
    }

    fn writer(&self, _number: u32) -> StoreWriter {
        StoreWriter { store: self.store.clone(), seen: 0 }
    }
}

impl Writer for StoreWriter {
    async fn append(&mut self, event: NewEvent) -> anyhow::Result<()> {
        let seen = if event.before == 0 { 0 } else { self.seen };
        let stream_id = event.stream_id;
        let event = CaseEvent::Sent { stream_id, body: event.body };
        for _ in 0..TRIES {
            let decided_on = query!(CaseEvent; stream_id == stream_id);
            match self.store.append(vec![event.clone()], decided_on, seen).await {
                Ok(appended) => {
                    self.seen = appended.first().map_or(0, disintegrate::PersistedEvent::id);
                    return Ok(());
                }
                Err(error) if is_to_be_repeated(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
        bail!("refused {TRIES} times");
    }
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
