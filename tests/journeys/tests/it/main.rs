//! Journeys across the system, over HTTP and NATS only, in business words.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod clue_to_closure;
mod jurisdiction;
mod silence;
