//! What answers look like in JSON.

pub(crate) mod clock;
pub(crate) mod clock_explanation;
pub(crate) mod clock_sentences;
pub(crate) mod event;
pub(crate) mod facts;
pub(crate) mod feedback;
mod from_log;
mod from_views;
pub(crate) mod handoff;
pub(crate) mod handoff_entry;
mod handoff_parts;
pub(crate) mod list_entry;
pub(crate) mod problem;
pub(crate) mod response_headers;
pub(crate) mod subject;
pub(crate) mod terms;
pub(crate) mod transfer;

pub(crate) use from_log::{from_log, state_of};
pub(crate) use from_views::{from_views, standing_in_views};
