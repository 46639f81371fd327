//! The road of every command: load the transfer, let the rules decide, append, and answer from the events.
//!
//! The gateway, the watch and the imports all go this way, so that a repeat, a conflict and an unknown outcome are
//! handled in one place.

mod desk;
mod encode;
mod error;
mod handoff_desk;
mod request;
mod shared_rules;

pub use desk::{Desk, Done};
pub use error::CommandError;
pub use handoff_desk::HandoffDone;
pub use request::{Request, request_hash};
pub use shared_rules::SharedRules;
