//! Leads, follows the log, and begins again after whatever happened.

use crate::RelayError;
use crate::follower::{Follower, report_lag, set_lag};
use crate::progress::Progress;
use crate::status::{RelayState, RelayStatus};
use bus::{Bus, BusConfig, Remedy};
use log::{Leadership, Log};
use std::convert::Infallible;
use std::error::Error;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// The role in the leader election.
const ROLE: &str = "relay";
/// The first pause after trouble; it doubles while the trouble lasts.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
/// The longest pause while NATS or Postgres is away or takes nothing.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// How long the log may take to say how far it is, in the middle of trouble.
const REPORT_PATIENCE: Duration = Duration::from_secs(2);

/// What the relay needs.
#[derive(Clone, Debug)]
pub struct RelayConfig {
    /// The log.
    pub log: Log,
    /// The bus.
    pub bus: BusConfig,
    /// How often an idle relay looks whether the stream still ends where it left it, and a halted one whether it may
    /// go on.
    pub check_every: Duration,
    /// Where it says what it is doing.
    pub status: RelayStatus,
}

impl RelayConfig {
    /// The usual settings: a look every two seconds.
    pub fn new(log: Log, bus: BusConfig) -> Self {
        Self { log, bus, check_every: Duration::from_secs(2), status: RelayStatus::new() }
    }
}

/// Relays until the shutdown. Ends earlier only when the configuration can never work.
pub async fn run(config: RelayConfig, shutdown: CancellationToken) -> Result<(), RelayError> {
    config.bus.check()?;
    begin_counting();
    let mut relay = Relay { config, bus: None, leadership: None, progress: Progress::new() };
    // Stopping in the middle is safe: what is in flight is found in the stream, or sent again, by the next leader.
    let None::<Infallible> = shutdown.run_until_cancelled(relay.relay_for_ever()).await;
    tracing::info!("the relay has stopped");
    Ok(())
}

/// Whoever watches a counter sees its first step only if it was there before.
fn begin_counting() {
    for counter in ["casebus_relay_published_events_total", "casebus_relay_rewinds_total"] {
        metrics::counter!(counter).increment(0);
    }
}

struct Relay {
    config: RelayConfig,
    bus: Option<Bus>,
    leadership: Option<Leadership>,
    /// What came of its work while it led, and leads.
    progress: Progress,
}

impl Relay {
    async fn relay_for_ever(&mut self) -> Infallible {
        let mut pause = FIRST_PAUSE;
        loop {
            let Err(error) = self.lead().await;
            if error.may_be_ours_alone() {
                self.leadership = None;
            }
            if self.progress.interrupted(&error) {
                pause = FIRST_PAUSE;
            }
            let wait = match error.remedy() {
                Remedy::Operator => {
                    self.halt(&error).await;
                    self.config.check_every
                }
                Remedy::Wait | Remedy::Compare => {
                    self.interrupt(&error);
                    pause
                }
            };
            self.report_lag().await;
            tokio::time::sleep(wait).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Leads and follows until something goes wrong.
    async fn lead(&mut self) -> Result<Infallible, RelayError> {
        if let Some(leadership) = &self.leadership
            && !leadership.still_held().await
        {
            self.leadership = None;
        }
        let leadership = match self.leadership.take() {
            Some(held) => held,
            None => self.elected().await?,
        };
        let leadership = self.leadership.insert(leadership);
        let bus = match self.bus.take() {
            Some(connected) => connected,
            None => Bus::connect(self.config.bus.clone()).await?,
        };
        let bus = self.bus.insert(bus);
        let mut follower = Follower { config: &self.config, bus, leadership, progress: &mut self.progress };
        // On the heap: a future that follows is large.
        leadership.while_held(Box::pin(follower.follow())).await.unwrap_or(Err(RelayError::LeadershipLost))
    }

    /// Waits until this relay leads.
    async fn elected(&mut self) -> Result<Leadership, RelayError> {
        let pool = self.config.log.pool();
        if let Some(leadership) = Leadership::try_acquire(pool, ROLE).await? {
            return Ok(leadership);
        }
        self.config.status.set(RelayState::Standby);
        // The one that leads says how far it is.
        self.progress.no_longer_leads();
        set_lag(0, Duration::ZERO);
        let leadership = Leadership::acquire(pool, ROLE).await?;
        tracing::info!("this relay leads now");
        Ok(leadership)
    }

    /// What is not in the stream grows also while nothing can be put there.
    async fn report_lag(&self) {
        let Some(acknowledged) = self.progress.acknowledged().filter(|_| self.leadership.is_some()) else {
            return;
        };
        // Where the log does not answer either, the next time will do.
        let _ = tokio::time::timeout(REPORT_PATIENCE, report_lag(&self.config.log, acknowledged)).await;
    }

    /// One alarm per reason. Where the stream does not fit the log, nobody may append until that is settled.
    async fn halt(&self, error: &RelayError) {
        let reason = error.to_string();
        if matches!(error, RelayError::StreamDiffers(_))
            && let Err(error) = self.config.log.halt(&reason).await
        {
            tracing::warn!(error = &error as &dyn Error, "the log could not be halted");
        }
        let former = self.config.status.set(RelayState::Halted { reason: reason.clone() });
        if former != (RelayState::Halted { reason }) {
            tracing::error!(%error, cause = cause(error), "the relay has halted");
        }
    }

    /// One warning per outage.
    fn interrupt(&self, error: &RelayError) {
        let reason = error.to_string();
        let former = self.config.status.set(RelayState::Interrupted { reason });
        if !matches!(former, RelayState::Interrupted { .. }) {
            tracing::warn!(%error, cause = cause(error), "relaying is interrupted; trying again");
        }
    }
}

/// The message below the error's own sentence.
fn cause(error: &RelayError) -> Option<String> {
    error.source().map(ToString::to_string)
}
