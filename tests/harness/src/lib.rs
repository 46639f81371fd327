//! A real casebus for tests: the built binary as a process of its own, spoken to over HTTP, NATS and SQL only.
//!
//! * [`Casebus`]: starts, stops and kills it, and knows where its servers are.
//! * [`Caller`]: one department's key, and requests with it.
//! * [`Wire`]: a plain NATS client that reads a department's subjects.
//! * [`evidence`]: what must hold of log, stream and views at the end.
#![expect(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a test that cannot go on has failed")]

mod caller;
mod casebus;
mod demonstration;
pub mod evidence;
mod wire;

pub use caller::{Answer, Caller};
pub use casebus::{Casebus, Options, binary, real_now};
pub use evidence::Evidence;
pub use wire::Wire;
