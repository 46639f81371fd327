//! What the relay is doing, for readiness and for people.

use tokio::sync::watch;

/// What the relay is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RelayState {
    /// It has not looked at the stream yet.
    Starting,
    /// Another relay leads.
    Standby,
    /// It publishes, or has nothing to publish; the stream equals the log up to this position.
    Relaying {
        /// The last acknowledged position.
        acknowledged: i64,
    },
    /// NATS or Postgres is away or takes nothing; it tries again.
    Interrupted {
        /// What failed.
        reason: String,
    },
    /// It publishes nothing until a person has acted.
    Halted {
        /// What is wrong, and the way out.
        reason: String,
    },
}

/// A shared view of what the relay is doing. Clones show the same.
#[derive(Clone, Debug)]
pub struct RelayStatus(watch::Sender<RelayState>);

impl RelayStatus {
    /// The status of a relay that has not begun.
    pub fn new() -> Self {
        Self(watch::Sender::new(RelayState::Starting))
    }

    /// What it is doing now.
    pub fn current(&self) -> RelayState {
        self.0.borrow().clone()
    }

    /// Wakes on every change.
    pub fn subscribe(&self) -> watch::Receiver<RelayState> {
        self.0.subscribe()
    }

    /// Moves to a state; answers the former one.
    pub(crate) fn set(&self, state: RelayState) -> RelayState {
        let halted = matches!(state, RelayState::Halted { .. });
        metrics::gauge!("casebus_relay_halted").set(if halted { 1.0 } else { 0.0 });
        let interrupted = matches!(state, RelayState::Interrupted { .. });
        metrics::gauge!("casebus_relay_interrupted").set(if interrupted { 1.0 } else { 0.0 });
        self.0.send_replace(state)
    }
}

impl Default for RelayStatus {
    fn default() -> Self {
        Self::new()
    }
}
