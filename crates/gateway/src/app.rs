//! What all handlers share.

use crate::config::{Clock, Readiness};
use crate::freshness::Freshness;
use crate::in_flight::InFlight;
use crate::operations::about::readyz::LastLook;
use crate::room::Room;
use accounts::Accounts;
use bytes::Bytes;
use chrono::{DateTime, SubsecRound, Utc};
use command::Desk;
use domain::registry::Registry;
use metrics_exporter_prometheus::PrometheusHandle;
use std::ops::Deref;
use std::sync::Arc;
use tokio::sync::{Semaphore, watch};
use tokio_util::sync::CancellationToken;
use views::Views;

/// A cheap handle on what all handlers share.
#[derive(Clone)]
pub(crate) struct App(Arc<Shared>);

/// What all handlers share.
pub(crate) struct Shared {
    pub(crate) desk: Desk,
    pub(crate) accounts: Accounts,
    pub(crate) views: Views,
    pub(crate) clock: Clock,
    pub(crate) metrics: PrometheusHandle,
    pub(crate) readiness: Readiness,
    pub(crate) registry: watch::Sender<Arc<Registry>>,
    /// How far the read model has come, while somebody listens to the stream of events.
    pub(crate) folded_to: watch::Sender<i64>,
    pub(crate) in_flight: InFlight,
    /// Room for requests of `/v1`.
    pub(crate) requests: Room,
    /// Room for streams of events.
    pub(crate) streams: Room,
    /// Who may load and compute a scorecard now.
    pub(crate) scoring: Arc<Semaphore>,
    pub(crate) freshness: Freshness,
    /// What the last look at the stores found, for `/readyz`.
    pub(crate) last_look: LastLook,
    pub(crate) openapi: Bytes,
    pub(crate) shutdown: CancellationToken,
}

impl App {
    pub(crate) fn new(shared: Shared) -> Self {
        Self(Arc::new(shared))
    }

    /// Business time to the millisecond, which every store keeps as it is.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        (self.clock)().trunc_subsecs(3)
    }

    /// The registry as it stands now.
    pub(crate) fn registry(&self) -> Arc<Registry> {
        self.0.registry.borrow().clone()
    }
}

impl Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}
