//! The read model on Postgres: what the transfers look like, folded from the log. It can be thrown away and built
//! again, and the same log always gives the same rows: nothing here reads a clock.
//!
//! Writing, which only the projector does:
//! * [`Projection`]: folds batches of events, each in one transaction that moves the checkpoint first. It asks for what it
//!   does not remember (`known`, `load`), folds in memory (`batch`, `life`), and writes what changed (`write`).
//! * [`rebuild`]: builds the next read model beside the serving one, and builds parked streams anew.
//! * `binary`: rows as Postgres takes them in fastest, where they are many.
//! * [`event`]: an event as the fold takes it, from the bus or from the log.
//!
//! The views, one file each, with table, fold and queries:
//! * [`transfer`], [`clock`], [`feedback`], [`assignment`]: how each transfer stands.
//! * [`handoff`]: each criminal handoff, its lanes, its papers.
//! * [`timeline`], [`audience`]: what happened, and who may see it in a feed.
//! * [`unacknowledged`], [`missing_feedback`], [`summary`]: what the watch looks at; `watch_count`: what the summary adds up.
//! * [`agenda`], [`ledger`]: what a coordination office looks at.
//! * [`digest`]: what a department should know this morning.
//! * `due_steps`: what the watch may have to do, as methods of [`Views`].
//! * [`scorecard`]: who had what for how long, now and at any past moment.
//! * [`checkpoint`], [`parked`]: how far the log is folded, and what could not be.
//! * [`verify`]: what is held, for a comparison with the log.
//!
//! Reading goes through [`Views`]; every query takes the [`Visibility`] of its caller.

pub mod agenda;
pub mod assignment;
pub mod audience;
mod batch;
mod binary;
pub mod checkpoint;
mod civil;
pub mod clock;
pub mod digest;
mod due_steps;
mod error;
pub mod event;
pub mod feedback;
pub mod handoff;
mod known;
pub mod ledger;
mod life;
mod load;
pub mod missing_feedback;
mod page;
pub mod parked;
mod projection;
pub mod rebuild;
mod rows;
pub mod schema;
pub mod scorecard;
pub mod summary;
pub mod timeline;
pub mod transfer;
pub mod unacknowledged;
pub mod verify;
mod visibility;
mod watch_count;
mod write;

pub use checkpoint::{Checkpoint, wait_for_position};
pub use error::ViewsError;
pub use event::Event;
pub use page::{DueCursor, Page};
pub use projection::{Landed, Projection};
pub use schema::{migrate, reset};
pub use unacknowledged::WatchFilter;
pub use visibility::Visibility;

/// A handle. Clones tell each other how far the read model is.
#[derive(Clone, Debug)]
pub struct Views {
    pool: sqlx::PgPool,
    /// How far a projector that works with a clone has folded.
    folded: tokio::sync::watch::Sender<i64>,
}

impl Views {
    /// Reads through this pool.
    pub fn new(pool: sqlx::PgPool) -> Self {
        Self { pool, folded: tokio::sync::watch::Sender::new(0) }
    }

    /// The same read model through another pool.
    #[must_use]
    pub fn through(&self, pool: sqlx::PgPool) -> Self {
        Self { pool, folded: self.folded.clone() }
    }

    /// How far a projector that works with a clone of this handle has folded; 0 while none does. A hint: the checkpoint
    /// is the truth.
    pub fn folded(&self) -> tokio::sync::watch::Receiver<i64> {
        self.folded.subscribe()
    }

    /// The pool behind the handle.
    pub fn pool(&self) -> &sqlx::PgPool {
        &self.pool
    }
}
