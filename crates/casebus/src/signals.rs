//! SIGTERM and Ctrl-C, and how long there is to end after them.

use std::time::Duration;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// How long a service may take to end: the ten seconds of the gateway's requests, and some.
pub(crate) const STOP_PATIENCE: Duration = Duration::from_secs(12);

/// Waits for the signal to stop.
pub(crate) struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// From now on the signals are waited for and do not end the process by themselves.
    pub(crate) fn install() -> std::io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Completes at the next one.
    pub(crate) async fn received(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
