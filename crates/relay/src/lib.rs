//! The relay: publishes the events of the log to the bus, in order, without holes.
//!
//! One of any number of relays leads, elected through Postgres; even two leaders at once could do no harm, because
//! every message names the stream sequence that must stand before it. The log is the truth and the stream a copy:
//!
//! * On connecting, after every refusal and whenever it is idle, the relay compares the event at the end of the stream
//!   with the event at the same position in the log (`verdict`).
//! * A stream that is behind, also because `JetStream` lost its tail, is filled again; one that is gone is made again
//!   with the same sequences and the same bytes.
//! * A stream that is ahead of the log, or has other content, means that one of the two is not what we think it is:
//!   the relay publishes nothing, raises one alarm and looks again until an operator has begun a new epoch.
//! * While NATS or Postgres is away, or `JetStream` takes nothing, it waits, for ever; nothing is lost, because the log has it.
//!
//! What it is doing is seen in [`RelayStatus`] and in the metrics `casebus_relay_published_events_total`,
//! `casebus_relay_lag_events`, `casebus_relay_interrupted` and `casebus_relay_halted`.

mod error;
mod follower;
mod progress;
mod service;
mod status;
mod verdict;

pub use error::RelayError;
pub use service::{RelayConfig, run};
pub use status::{RelayState, RelayStatus};
