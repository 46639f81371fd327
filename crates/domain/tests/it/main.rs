//! The rules in sentences: given events, when an act, then events or a refusal.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod any;
mod clock_rows;
mod clock_table;
mod criminal_side;
mod edges;
mod feedback;
mod given;
mod handoff;
mod handover;
mod invariants;
mod jurisdiction;
mod ladder;
mod recount;
mod time_limits;
mod together;
mod ways_around;
