//! The service itself: its description, its health, its metrics.

pub(crate) mod docs;
pub(crate) mod healthz;
pub(crate) mod metrics;
pub(crate) mod openapi_json;
pub(crate) mod readyz;
