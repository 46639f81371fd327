//! What the private servers promise, shown on real ones.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod nats;
mod orphans;
mod postgres;
mod support;
