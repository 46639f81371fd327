//! The events that are written and read.
//!
//! [`plain`]: events of one size, for everything that does not look into bodies. [`lives`]: transfers from sending to
//! closing, for the read model. [`fill`]: a log that holds either.

mod fill;
mod lives;
mod plain;

pub(crate) use fill::{FilledLog, Kind, fill};
pub(crate) use plain::{BODY_BYTES, EventSource};
