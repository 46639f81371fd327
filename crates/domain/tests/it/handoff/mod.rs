//! The criminal handoff: its table of transitions, its clocks, its edges, and what holds in any history.

mod any;
mod clock_rows;
mod clocks;
mod edges;
mod edges_supervision;
mod given;
mod reach;
mod saying;
mod transitions;
