//! What somebody would write by hand for one purpose, without what casebus promises: the measure of each ratio.

pub(crate) mod copy;
pub(crate) mod echo;
pub(crate) mod insert;
pub(crate) mod publish;
mod table;
pub(crate) mod unnest;
pub(crate) mod upsert;
