//! Faults under load: a whole casebus as separate processes, random faults of a seed, and a checker that compares
//! acknowledged commands, log, stream, views, feed and a department's consumer afterwards.
//!
//! The program `faults` runs hundreds of schedules; the integration test runs a few, and four stories of its own over
//! `casebus up`. `docs/fault-tests.md` says how to run it.

mod check;
mod consumer;
mod deployment;
pub mod fault;
mod feed_reader;
mod inject;
mod load;
mod loss;
mod member;
mod nats;
pub mod plan;
mod postgres;
mod process;
mod proxy;
pub mod random;
pub mod report;
pub mod run;
mod template;
mod volume;

pub use deployment::Class;
