//! The gateway over HTTP on a real Postgres: one database, one gateway and one projector per test.

#![expect(clippy::unwrap_used, reason = "helpers of tests stop the test where something is wrong")]

mod about;
mod acts;
mod bad_input;
mod documents;
mod feed;
mod idempotency;
mod life;
mod routing;
mod visibility;
mod watch_lists;
mod world;
