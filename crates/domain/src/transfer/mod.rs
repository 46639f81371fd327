//! A transfer: its state, its clocks, and the acts that move it from sending to its end.

pub mod clocks;
pub mod commands;
pub mod event;
pub mod permission;
pub mod state;

pub(crate) use permission::has_room;
pub use permission::{Standing, permit};
pub use state::{FeedbackState, Given, State, Transfer};
