//! The criminal handoff: its table of transitions, its clocks, its edges, and what holds in any history.

mod given;
mod reach;
mod saying;
mod transitions;
