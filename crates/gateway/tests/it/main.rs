//! The gateway over HTTP on a real Postgres: one database, one gateway and one projector per test.

#![expect(clippy::unwrap_used, reason = "helpers of tests stop the test where something is wrong")]

mod about;
mod acts;
mod bad_input;
mod departments;
mod documents;
mod feed;
mod handoffs;
mod idempotency;
mod intake;
mod ladder;
mod life;
mod overseen;
mod routing;
mod scorecard;
mod tasks;
mod time_limits;
mod together;
mod traces;
mod visibility;
mod watch_lists;
mod world;
