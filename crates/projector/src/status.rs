//! How far the projector of this process is.

use std::time::Duration;
use tokio::sync::watch;
use tokio::time::timeout;

/// How far the projector of this process is. Clones show the same.
#[derive(Clone, Debug)]
pub struct ProjectorStatus(watch::Sender<i64>);

impl Default for ProjectorStatus {
    fn default() -> Self {
        Self(watch::Sender::new(0))
    }
}

impl ProjectorStatus {
    /// The last position that it folded; 0 while it does not lead and has not folded.
    pub fn position(&self) -> i64 {
        *self.0.borrow()
    }

    /// Waits until the log is folded up to a position; answers whether it was in time.
    pub async fn wait_for(&self, position: i64, at_most: Duration) -> bool {
        let mut receiver = self.0.subscribe();
        let reached = receiver.wait_for(|folded| *folded >= position);
        timeout(at_most, reached).await.is_ok_and(|reached| reached.is_ok())
    }

    pub(crate) fn set(&self, position: i64) {
        self.0.send_replace(position);
    }
}
