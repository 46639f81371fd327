//! The read model on a real Postgres: events in, rows and pages out.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod beside;
mod checkpoint;
mod copies_and_internal_hops;
mod digest;
mod due_steps;
mod feed;
mod handoffs;
mod ledger;
mod life_of_a_clock;
mod life_of_a_clue;
mod office_lists;
mod paging;
mod parking;
mod rebuild;
mod schema;
mod scorecard;
mod story;
mod visibility;
mod watch_lists;
