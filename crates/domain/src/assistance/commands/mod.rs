//! One file per act.

mod ask;
pub(crate) mod criminal_side;
mod end_request;
pub mod end_with_case;
mod handle_jointly;
mod reply;

pub(crate) use ask::ask;
pub(crate) use end_request::{end_request, runs_on};
pub use handle_jointly::{HandleJointly, NewParticipant};
pub(crate) use reply::reply;
