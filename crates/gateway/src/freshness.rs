//! Reads see what this gateway has written: a read waits a moment for the read model to reach the last write.
//!
//! A client that reads right after it wrote then finds its write without asking for a position. Where the read model
//! lags for longer, the read goes on with what is there; who must be sure asks with `Casebus-Min-Position`.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use views::{Views, ViewsError};

/// How long a read waits at most.
const PATIENCE: Duration = Duration::from_millis(500);

/// The last position written here, and how far the read model was seen to be.
#[derive(Debug, Default)]
pub(crate) struct Freshness {
    written: AtomicI64,
    folded: AtomicI64,
}

impl Freshness {
    /// A write was answered.
    pub(crate) fn written(&self, position: i64) {
        self.written.fetch_max(position, Ordering::Relaxed);
    }

    /// Waits a moment for the read model to reach the last write.
    pub(crate) async fn wait(&self, views: &Views) -> Result<(), ViewsError> {
        let wanted = self.written.load(Ordering::Relaxed);
        if self.folded.load(Ordering::Relaxed) >= wanted {
            return Ok(());
        }
        if views::wait_for_position(views.pool(), wanted, PATIENCE).await? {
            self.folded.fetch_max(wanted, Ordering::Relaxed);
        }
        Ok(())
    }
}
