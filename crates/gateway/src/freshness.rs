//! How far the read model has come, for reads that wait for it. One of those who wait looks for all of them, so that many
//! who wait ask no more often than one.
//!
//! Reads see what this gateway has written: a client that reads right after it wrote finds its write without asking for
//! a position. Where the read model lags for longer, the read goes on with what is there; who must be sure asks with
//! `Casebus-Min-Position`.

use log::Log;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tokio::sync::{Mutex, watch};
use tokio::time::{Instant, sleep_until, timeout};
use views::{Views, ViewsError};

/// How long a read waits at most for what was written here.
const PATIENCE: Duration = Duration::from_millis(500);
/// Pause between two looks where another process folds.
const LOOK_INTERVAL: Duration = Duration::from_millis(1);
/// The same where the projector is in this process, which tells how far it is.
const LOOK_INTERVAL_WHEN_TOLD: Duration = Duration::from_millis(20);
/// How long a look may take; then the read model stands where it stood when somebody saw it last. Everybody waits for
/// the one who looks, until a look that began in time must be over.
const ANSWERS_WITHIN: Duration = Duration::from_secs(2);
/// How long a look of before is believed, from when it was asked: an operator may have emptied the read model.
const BELIEVED: Duration = Duration::from_secs(1);

/// The last position written here, and how far the log and the read model were seen to be.
#[derive(Debug)]
pub(crate) struct Freshness {
    written: AtomicI64,
    /// Where the log was seen to end.
    logged: AtomicI64,
    seen: watch::Sender<Option<Seen>>,
    /// Held by the one who looks.
    looking: Mutex<()>,
}

/// Where the read model stood, and when that was asked.
#[derive(Clone, Copy, Debug)]
struct Seen {
    position: i64,
    at: Instant,
}

impl Default for Freshness {
    fn default() -> Self {
        Self {
            written: AtomicI64::default(),
            logged: AtomicI64::default(),
            seen: watch::Sender::new(None),
            looking: Mutex::default(),
        }
    }
}

impl Freshness {
    /// A write was answered.
    pub(crate) fn written(&self, position: i64) {
        self.written.fetch_max(position, Ordering::Relaxed);
    }

    /// Whether the log was seen to reach a position: by a write here, by a look at its end, or by the read model.
    pub(crate) fn is_known(&self, position: i64) -> bool {
        let logged = self.logged.load(Ordering::Relaxed).max(self.written.load(Ordering::Relaxed));
        position <= logged.max(self.last_seen())
    }

    /// Where the log ends; `None` where it does not say so in time.
    pub(crate) async fn log_end(&self, log: &Log) -> Option<i64> {
        let end = timeout(ANSWERS_WITHIN, log.head()).await.ok()?.ok()?.position;
        self.logged.fetch_max(end, Ordering::Relaxed);
        Some(end)
    }

    /// Waits a moment for the read model to reach the last write.
    pub(crate) async fn wait(&self, views: &Views) -> Result<(), ViewsError> {
        let wanted = self.written.load(Ordering::Relaxed);
        if wanted > 0 {
            self.reach(views, wanted, PATIENCE).await?;
        }
        Ok(())
    }

    /// Waits until the read model has reached a position, at most as long as given and as two looks take; answers where
    /// it stands.
    pub(crate) async fn reach(
        &self,
        views: &Views,
        wanted: i64,
        at_most: Duration,
    ) -> Result<i64, ViewsError> {
        let came = Instant::now();
        let deadline = came + at_most;
        let mut seen = self.seen.subscribe();
        let mut folded = views.folded();
        loop {
            let known = *seen.borrow_and_update();
            // What was asked since this one came is true for it, however long the answer took.
            let known = known.filter(|seen| seen.at >= came || seen.at.elapsed() < BELIEVED);
            if let Some(seen) = known.filter(|seen| seen.position >= wanted || Instant::now() >= deadline) {
                return Ok(seen.position);
            }
            // Either somebody else looks, or it is this one's turn: whoever looked has what it wanted, or has gone away.
            let _looks = tokio::select! {
                biased;
                _ = seen.changed() => continue,
                looks = self.looking.lock() => looks,
                () = sleep_until(deadline + ANSWERS_WITHIN) => return Ok(self.last_seen()),
            };
            let at = Instant::now();
            let is_told = *folded.borrow_and_update() > 0;
            let Ok(asked) = timeout(ANSWERS_WITHIN, views.checkpoint()).await else {
                return Ok(self.last_seen());
            };
            let position = asked?.position;
            self.seen.send_replace(Some(Seen { position, at }));
            if position < wanted {
                let pause = if is_told { LOOK_INTERVAL_WHEN_TOLD } else { LOOK_INTERVAL };
                let told = timeout(pause, folded.changed()).await;
                let position = *folded.borrow_and_update();
                if matches!(told, Ok(Ok(()))) && position >= wanted {
                    // What was written in this process just now needs no other look.
                    self.seen.send_replace(Some(Seen { position, at: Instant::now() }));
                }
            }
        }
    }

    /// Where the read model stood when somebody saw it last.
    fn last_seen(&self) -> i64 {
        self.seen.borrow().map_or(0, |seen| seen.position)
    }
}
