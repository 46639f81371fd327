//! The rules in sentences: given events, when an act, then events or a refusal.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod feedback;
mod given;
mod handover;
mod invariants;
mod jurisdiction;
mod time_limits;
