//! What answers look like in JSON.

pub(crate) mod clock;
pub(crate) mod event;
pub(crate) mod feedback;
mod from_log;
mod from_views;
pub(crate) mod list_entry;
pub(crate) mod problem;
pub(crate) mod subject;
pub(crate) mod transfer;

pub(crate) use from_log::from_log;
pub(crate) use from_views::{from_views, standing_in_views};
