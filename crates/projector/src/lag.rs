//! How far the read model is behind, in the metrics: looked at beside the folding, which may be stuck.

use crate::{ProjectorConfig, ProjectorError};
use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// How often it is looked at.
const INTERVAL: Duration = Duration::from_secs(5);
/// How long Postgres may take to say it, in the middle of trouble.
const PATIENCE: Duration = Duration::from_secs(2);

/// What the metrics say of this projector; nothing while it does not lead.
#[derive(Debug, Default)]
pub(crate) struct Lag {
    leads: AtomicBool,
}

/// How far the read model is behind.
struct Seen {
    events: i64,
    waiting: Duration,
    parked: i64,
}

impl Lag {
    /// The projector leads; also through trouble that passes, until it hears that another one does.
    pub(crate) fn leads(&self) {
        self.leads.store(true, Ordering::Relaxed);
    }

    /// Another projector leads, and says how far the read model is.
    pub(crate) fn leads_no_longer(&self) {
        self.leads.store(false, Ordering::Relaxed);
        Seen { events: 0, waiting: Duration::ZERO, parked: 0 }.tell();
    }

    /// Looks every few seconds, for as long as it is polled, in the same task as the folding.
    pub(crate) async fn keep_telling(&self, config: &ProjectorConfig) -> Infallible {
        loop {
            self.tell(config).await;
            sleep(INTERVAL).await;
        }
    }

    /// Looks now, if this projector leads.
    pub(crate) async fn tell(&self, config: &ProjectorConfig) {
        if !self.leads.load(Ordering::Relaxed) {
            return;
        }
        let seen = timeout(PATIENCE, Seen::look(config)).await;
        // Where Postgres does not answer, the next time will do. The lead may be gone meanwhile.
        if let Ok(Ok(seen)) = seen
            && self.leads.load(Ordering::Relaxed)
        {
            seen.tell();
        }
    }
}

impl Seen {
    async fn look(config: &ProjectorConfig) -> Result<Self, ProjectorError> {
        let folded = config.views.checkpoint().await?.position;
        let head = config.log.head().await?.position;
        let waiting = config.log.waiting_since(folded).await?;
        let parked = config.views.parked_count().await?;
        Ok(Self { events: (head - folded).max(0), waiting, parked })
    }

    fn tell(&self) {
        tell_events(self.events);
        metrics::gauge!("casebus_projector_lag_seconds").set(self.waiting.as_secs_f64());
        let parked = u32::try_from(self.parked).unwrap_or(u32::MAX);
        metrics::gauge!("casebus_projector_parked_events").set(f64::from(parked));
    }
}

/// So many events of the log are not in the read model.
pub(crate) fn tell_events(events: i64) {
    // Positions are far below 2^52, where a gauge begins to round.
    #[expect(clippy::cast_precision_loss, reason = "a lag is far below 2^52")]
    metrics::gauge!("casebus_projector_lag_events").set(events as f64);
}
