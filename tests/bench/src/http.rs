//! casebus over HTTP, as the programs of departments use it.
//!
//! The client is as small as the protocol allows, because on a small machine it shares the processors with what it
//! measures: requests are prepared bytes, connections are kept, of an answer only what is needed is read.

mod api;
mod create;
mod creator;
mod wire;

pub(crate) use api::Api;
pub(crate) use creator::Creator;
pub(crate) use wire::Connection;
