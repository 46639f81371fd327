//! The event log on Postgres: dense positions in commit order, exact bytes, append only. It knows no event types.
//!
//! * [`Log`]: opens the log, reads it, waits for its end to move.
//! * [`append`]: the one way in; several commands in one call.
//! * [`writer`]: gathers the commands of a process into such calls (group commit).
//! * [`leader`]: elects one of several processes through Postgres.
//! * [`schema`]: migrations and rights.

pub mod append;
mod appender;
mod backend;
mod batch_size;
mod bulk;
mod call;
mod error;
mod finishing;
mod known;
pub mod leader;
mod lean;
mod read;
pub mod schema;
pub mod wait;
pub mod writer;

pub use append::{Guard, NewCommand, NewEvent, Outcome};
pub use backend::is_free;
pub use batch_size::BatchSize;
pub use error::LogError;
pub use leader::Leadership;
pub use read::{EarlierCommand, Head, Log, RecordedEvent, Standing, StreamPlace};
pub use schema::migrate;
pub use wait::Hints;
pub use writer::{Writer, WriterError};
