//! esrs: events go straight to its store, with the state that a manager would have loaded. A unique index refuses a
//! version that is taken. Ids of events are ordered by time, which it offers and which suits its primary key.

use crate::event::{Body, NewEvent};
use crate::peer::{Peer, Setup, Writer};
use esrs::store::EventStore;
use esrs::store::postgres::{PgStore, PgStoreBuilder, UuidFormat};
use esrs::{Aggregate, AggregateState};
use std::convert::Infallible;

/// The store.
pub(crate) struct Store {
    store: PgStore<Case>,
}

/// Who appends to it, with the state of the stream on which they are.
pub(crate) struct StoreWriter {
    store: PgStore<Case>,
    state: AggregateState<()>,
}

impl Peer for Store {
    const TABLE: &'static str = "case_events";
    type Writer = StoreWriter;

    async fn open(setup: &Setup<'_>) -> anyhow::Result<Self> {
        let pool = setup.database.pool(setup.connections).await?;
        let builder = PgStoreBuilder::new(pool).with_event_id_format(UuidFormat::V7);
        Ok(Self { store: builder.try_build().await? })
    }

    fn writer(&self, _number: u32) -> StoreWriter {
        StoreWriter { store: self.store.clone(), state: AggregateState::new() }
    }
}

impl Writer for StoreWriter {
    async fn append(&mut self, event: NewEvent) -> anyhow::Result<()> {
        if event.before == 0 {
            self.state = AggregateState::with_id(event.stream_id);
        }
        self.store.persist(&mut self.state, vec![event.body]).await?;
        Ok(())
    }
}

/// A stream, without state: the store alone numbers its events.
pub(crate) struct Case;

impl Aggregate for Case {
    const NAME: &'static str = "case";
    type State = ();
    type Command = Body;
    type Event = Body;
    type Error = Infallible;

    fn handle_command(_state: &(), command: Body) -> Result<Vec<Body>, Infallible> {
        Ok(vec![command])
    }

    fn apply_event(_state: (), _event: Body) {}
}
