//! The events that are written and read.

mod plain;

pub(crate) use plain::{BODY_BYTES, EventSource};
