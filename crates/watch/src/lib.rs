//! The watch: does what is due by itself, once each, by the same road as everyone: it ends suspensions, recalculates
//! clocks under a new holiday calendar, records missed time limits, warns, urges and opens supervision.
//!
//! It looks for candidates in the read model and lets the rules decide on the log, so a read model that lags or a
//! second watch can do no harm: the command id is derived from what is done for which run of which clock.
//!
//! * `round`: one round, step by step; `step`: the steps and their candidates.
//! * `missed`, `warnings`, `urging`, `supervision`, `suspensions`, `calendars`, `handoffs`, `handoff_calendars`: one
//!   file per step.
//! * `sweep`: takes all candidates of a step; `carry_out`: one command; `memory`: what is not tried again at once.
//! * `diagnosis`: why a clock ran out; `consumers`: what departments have acknowledged on the bus.
//! * `read_model`: whether the read model lists everything.

mod calendars;
mod carry_out;
mod consumers;
mod diagnosis;
mod ended_cases;
mod handoff_calendars;
mod handoffs;
mod memory;
mod missed;
mod quiet_hours;
mod read_model;
mod round;
mod service;
mod step;
mod supervision;
mod suspensions;
mod sweep;
mod urging;
mod warnings;

pub use service::{WatchConfig, WatchError, run};
