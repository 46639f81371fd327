//! The service: one leader, one round an interval.

use crate::consumers::Consumers;
use crate::memory::Memory;
use crate::round;
use accounts::{Accounts, AccountsError};
use bus::BusConfig;
use chrono::{DateTime, Utc};
use command::{CommandError, Desk};
use log::{Leadership, LogError};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use views::{Views, ViewsError};

/// What the watch works with.
#[derive(Clone)]
pub struct WatchConfig {
    /// Where its commands are carried out.
    pub desk: Desk,
    /// Where it finds what is due.
    pub views: Views,
    /// Where it finds out who has read what, and who has quiet hours.
    pub accounts: Accounts,
    /// Where it finds out what a department's own consumer has acknowledged. It need not be there.
    pub bus: Option<BusConfig>,
    /// Business time.
    pub now: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>,
    /// Pause between two rounds.
    pub interval: Duration,
}

impl std::fmt::Debug for WatchConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WatchConfig").field("interval", &self.interval).finish_non_exhaustive()
    }
}

/// Why a step failed; the next round begins anew.
#[derive(Debug, thiserror::Error)]
pub enum WatchError {
    /// The read model could not be asked.
    #[error("the read model could not be asked for what is due")]
    Views(#[from] ViewsError),
    /// The log could not be reached.
    #[error("the event log could not be reached")]
    Log(#[from] LogError),
    /// What is due could not be done.
    #[error("what is due could not be done")]
    Command(#[from] CommandError),
    /// The quiet hours of a department could not be asked.
    #[error("the quiet hours of a department could not be asked")]
    Accounts(#[from] AccountsError),
}

/// Watches until it is told to stop. Trouble with Postgres is waited out.
pub async fn run(config: WatchConfig, shutdown: CancellationToken) -> Result<(), WatchError> {
    round::begin_counting();
    let (mut memory, mut consumers) = (Memory::default(), Consumers::new(config.bus.clone()));
    while shutdown.run_until_cancelled(lead(&config, &mut memory, &mut consumers)).await.is_some() {
        let pause = tokio::time::sleep(config.interval);
        if shutdown.run_until_cancelled(pause).await.is_none() {
            break;
        }
    }
    Ok(())
}

/// Leads for as long as Postgres is there.
async fn lead(config: &WatchConfig, memory: &mut Memory, consumers: &mut Consumers) {
    let leadership = match Leadership::acquire(config.desk.log().pool(), "watch").await {
        Ok(leadership) => leadership,
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "the watch could not ask who leads");
            return;
        }
    };
    tracing::info!("this process leads the watch");
    while leadership.still_held().await {
        // On the heap: a future that acts is large.
        let round = Box::pin(round::look_once(config, memory, consumers));
        if leadership.while_held(round).await.is_none() {
            tracing::warn!("this process leads the watch no more");
            return;
        }
        tokio::time::sleep(config.interval).await;
    }
}
