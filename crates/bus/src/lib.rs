//! The bus: one `JetStream` stream in which an event's sequence is its position in the log.
//!
//! The only crate that knows NATS. `JetStream` acknowledges before its disk does, so the stream is a distribution
//! buffer and the log is the truth: everything here can be filled again from the log, with the same sequences and
//! the same bytes.
//!
//! * [`Bus`]: the connection, with the oldest server we accept.
//! * [`stream`]: makes the stream, says where it ends, compares the settings that the server kept with those asked for.
//! * [`publisher`]: up to 64 messages in flight, each fenced by the sequence that must stand before it.
//! * [`feed`]: reads the stream from a position on, through every outage.
//! * [`department`]: the durable consumers of departments, and how far they have acknowledged.

mod config;
mod connection;
pub mod department;
mod error;
pub mod feed;
pub mod publisher;
pub mod stream;
mod version;

pub use config::BusConfig;
pub use connection::Bus;
pub use error::{BusError, Remedy};
pub use feed::{Feed, Received};
pub use publisher::Publisher;
pub use stream::{EndEvent, StreamEnd};
pub use version::ServerVersion;
