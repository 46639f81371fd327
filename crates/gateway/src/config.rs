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
    /// For how much it has room.
    pub limits: Limits,
}

/// For how much the gateway has room; what comes beyond is turned away at once, before memory grows.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections; beyond, new ones wait outside.
    pub connections: usize,
    /// Requests of `/v1` under way; a large body counts as several. As many as commands may wait for the log.
    pub requests: usize,
    /// The same of one department.
    pub requests_of_a_department: usize,
    /// Streams of events; each may hold a page.
    pub streams: usize,
    /// The same of one department.
    pub streams_of_a_department: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 8_192,
            requests: 4_096,
            requests_of_a_department: 2_048,
            streams: 512,
            streams_of_a_department: 64,
        }
    }
}
