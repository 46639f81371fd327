//! One file per operation: path, request, answer, refusals, handler.

pub(crate) mod about;
pub(crate) mod act;
pub(crate) mod create;
pub(crate) mod department;
pub(crate) mod feed;
pub(crate) mod handoff;
pub(crate) mod read;
pub(crate) mod watch;

#[cfg(test)]
mod tests;
