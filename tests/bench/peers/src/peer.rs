//! What a peer has to offer to be measured.

use crate::database::Database;
use crate::event::NewEvent;
use std::path::Path;

/// What a peer gets to begin with.
#[derive(Debug)]
pub(crate) struct Setup<'a> {
    /// An empty database.
    pub(crate) database: &'a Database,
    /// How many connections its writers share.
    pub(crate) connections: u32,
    /// The unpacked package of message-db.
    pub(crate) message_db: &'a Path,
}

/// A public event store.
pub(crate) trait Peer: Sized {
    /// The table that gets one row for each event.
    const TABLE: &'static str;
    /// Bytes that its JSON puts around a body.
    const WRAPPING_BYTES: usize = 0;
    /// One who appends to it.
    type Writer: Writer;

    /// Makes what it needs in the database.
    async fn open(setup: &Setup<'_>) -> anyhow::Result<Self>;

    /// A writer.
    fn writer(&self, number: u32) -> Self::Writer;
}

/// One who appends to a peer, one event at a time.
pub(crate) trait Writer: Send + 'static {
    /// Appends the event and returns when it is durable. Fails if its stream does not stand where the event says.
    fn append(&mut self, event: NewEvent) -> impl Future<Output = anyhow::Result<()>> + Send;
}
