//! The projector on a real Postgres and a real nats-server.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod bus_trouble;
mod from_the_bus;
mod from_the_log;
mod gauges;
mod lag;
mod leading;
mod rebuilding;
mod traces;
mod world;
