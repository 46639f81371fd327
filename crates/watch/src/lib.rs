//! The watch: turns clocks that ran out into `time-limit.missed` events, once each, by the same road as everyone.
//!
//! It looks for candidates in the read model and lets the rules decide on the log, so a read model that lags or a
//! second watch can do no harm: the command id is derived from the run of the clock.

mod diagnosis;
mod round;
mod service;

pub use service::{WatchConfig, WatchError, run};
