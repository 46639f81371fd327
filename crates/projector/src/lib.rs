//! The projector: folds the log into the read model, one batch after the other.
//!
//! Events come from the bus. What the bus does not have, may not show, or is too slow to deliver comes from the log:
//! the bytes are the same. One projector leads; a second one that believes it leads is fenced by the checkpoint.
//!
//! * [`run`]: the service.
//! * [`rebuild`]: builds the next read model from the log while the service goes on, and switches to it.
//! * [`retry_parked`]: folds streams again that were parked.
//! * [`ProjectorStatus`]: how far it is, for those in the same process who wait for a position. Others ask
//!   [`views::wait_for_position`].

mod envelope;
mod error;
mod lag;
mod log_reader;
pub mod rebuild;
mod retry;
mod run;
mod source;
mod status;
mod streams;
mod traces;

pub use error::ProjectorError;
pub use retry::retry_parked;
pub use run::{ProjectorConfig, run};
pub use status::ProjectorStatus;
