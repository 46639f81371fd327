//! How far departments have acknowledged by their own consumers: asked of the bus, which may be away.
//!
//! Away, it says nothing of a department: that is neither "acknowledged" nor "not acknowledged".

use bus::{Bus, BusConfig};
use contract::ids::DepartmentId;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How long connecting may take in a round.
const PATIENCE: Duration = Duration::from_secs(2);

/// The consumers of departments, and the connection over which they are asked for.
#[derive(Debug)]
pub(crate) struct Consumers {
    /// Where the bus is; without one there are no consumers.
    config: Option<BusConfig>,
    /// The connection, once NATS was there; it comes back by itself when it breaks.
    bus: Option<Bus>,
    /// Whether asking is worth its time in this round.
    answers: AtomicBool,
    /// Whether it was told that NATS is away.
    is_told: bool,
}

impl Consumers {
    /// Those of a bus, to which it is not connected yet.
    pub(crate) const fn new(config: Option<BusConfig>) -> Self {
        Self { config, bus: None, answers: AtomicBool::new(true), is_told: false }
    }

    /// Whether connecting was not tried yet: who operates the watch learns of it when it begins.
    pub(crate) const fn are_untried(&self) -> bool {
        self.config.is_some() && self.bus.is_none() && !self.is_told
    }

    /// Begins a round: what did not answer in the one before is asked again, and NATS is connected to if it was away so
    /// far.
    pub(crate) async fn begin_round(&mut self) {
        *self.answers.get_mut() = true;
        if let (Some(config), None) = (&self.config, &self.bus) {
            self.bus = connect(config.clone(), self.is_told).await;
            self.is_told = self.bus.is_none();
        }
    }

    /// Whether the own consumer of a department has acknowledged everything up to a position; none if the bus does not
    /// say. A bus that has not answered is not asked again in this round.
    pub(crate) async fn has_acknowledged(&self, department: &DepartmentId, position: i64) -> Option<bool> {
        if self.config.is_none() {
            return Some(false);
        }
        let bus = self.bus.as_ref().filter(|_| self.answers.load(Ordering::Relaxed))?;
        match bus.acknowledged_through(department).await {
            Ok(acknowledged) => Some(acknowledged.is_some_and(|through| through >= position)),
            Err(error) => {
                if self.answers.swap(false, Ordering::Relaxed) {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(error, "the bus does not say what departments have acknowledged");
                }
                None
            }
        }
    }
}

/// Connects, if NATS is there; that it is not is told once.
async fn connect(config: BusConfig, is_told: bool) -> Option<Bus> {
    let why = match tokio::time::timeout(PATIENCE, Bus::connect(config)).await {
        Ok(Ok(bus)) => return Some(bus),
        Ok(Err(error)) => error.to_string(),
        Err(_) => "it does not answer".to_owned(),
    };
    if !is_told {
        tracing::warn!(why, "the watch goes on without NATS, and asks it again when it needs it");
    }
    None
}
