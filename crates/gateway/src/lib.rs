//! The HTTP API: creates, acts, reads, the watch lists and the feed of events, for departments and their systems.
//!
//! * [`run`]: the service. [`openapi`]: the description of the API, without a service.
//! * `operations`: one file per operation. `router`: all of them in one place; `policy`: who may use which.
//! * `fields`, `body`, `query`, `headers`: reading requests, with every mistake in one answer.
//! * `problem`: what went wrong, as RFC 9457 in zh-CN and en. `layers`: what surrounds every request.
//! * `writing`, `reading`: what all writes and all reads share. `answers`: what answers look like.
//! * `serve`: connections. `room`: for how many requests there is room, and for how many of one department.
//! * `visibility`: who may know of which transfer.
//!
//! A write goes to the command desk and is answered from its events; a read is answered from the read model.

mod answers;
mod app;
mod body;
mod caller;
mod civil_time;
mod config;
mod cursor;
mod error;
mod fields;
mod freshness;
mod headers;
mod in_flight;
mod layers;
mod metrics_endpoint;
mod operations;
mod policy;
mod problem;
mod query;
mod reading;
mod room;
mod router;
mod serve;
mod service;
mod strict_json;
mod visibility;
mod writing;

pub use config::{Clock, GatewayConfig, Limits, Readiness};
pub use error::GatewayError;
pub use metrics_endpoint::serve_metrics;
pub use router::openapi;
pub use service::run;
