//! What the gateway is given.

use accounts::Accounts;
use chrono::{DateTime, Utc};
use command::Desk;
use metrics_exporter_prometheus::PrometheusHandle;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use views::Views;

/// Business time.
pub type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// Further checks of `/readyz`: a name each, and a sentence where the check fails.
pub type Readiness = Arc<dyn Fn() -> Vec<(&'static str, Result<(), String>)> + Send + Sync>;

/// The usual most requests under way at once: as many as commands may wait for the log.
pub const REQUESTS_AT_ONCE: usize = 4_096;
/// The usual most streams of events at once: each may hold a page.
pub const STREAMS_AT_ONCE: usize = 512;

/// What the gateway is given.
pub struct GatewayConfig {
    /// Where it listens: bound already, so that the caller can report a taken port.
    pub listener: TcpListener,
    /// Where commands are carried out.
    pub desk: Desk,
    /// Keys, personal data, the registry, readings.
    pub accounts: Accounts,
    /// The read model.
    pub views: Views,
    /// Business time.
    pub now: Clock,
    /// Renders the metrics of the process.
    pub metrics: PrometheusHandle,
    /// Further checks of `/readyz`, beside the log and the read model.
    pub readiness: Readiness,
    /// How often the registry is looked at for a new version.
    pub registry_refresh_interval: Duration,
    /// Requests of `/v1` under way, at most; others are turned away at once, before memory grows. A large body counts as
    /// several.
    pub requests_at_once: usize,
    /// Streams of events, at most; others are turned away.
    pub streams_at_once: usize,
}
