//! The relay between a real Postgres and a real nats-server.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

mod alarms;
mod internal_events;
mod leaders;
mod losses;
mod outages;
mod refusals;
mod relaying;
mod support;
