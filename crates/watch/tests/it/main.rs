//! The watch on a real Postgres, beside a projector that reads the log.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod handoffs;
mod ladder;
mod missing;
mod moved;
mod quiet;
mod world;
