//! The read model on a real Postgres: events in, rows and pages out.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod checkpoint;
mod feed;
mod life_of_a_clue;
mod paging;
mod parking;
mod rebuild;
mod schema;
mod story;
mod visibility;
mod watch_lists;
