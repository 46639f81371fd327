//! The cases, one module each. Every one brings its floor along and measures it in the same rounds.

pub(crate) mod append;
pub(crate) mod beside;
pub(crate) mod http;
pub(crate) mod load;
pub(crate) mod peers;
pub(crate) mod pipeline;
pub(crate) mod project;
pub(crate) mod read;
pub(crate) mod rebuild;
pub(crate) mod relay;
pub(crate) mod roles;
pub(crate) mod start;
pub(crate) mod visible;
pub(crate) mod watch;
