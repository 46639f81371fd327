//! Waiting for the end of the log to move: a notification is a hint, the timer is the truth.

use crate::known::Known;
use crate::{Log, LogError};
use sqlx::Postgres;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgListener, PgPoolOptions};
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};
use uuid::Uuid;

/// How often the head is read when no hint comes.
const POLL_INTERVAL: Duration = Duration::from_millis(250);
/// At most so often a process notifies others of its appends.
const NOTIFY_INTERVAL: Duration = Duration::from_millis(5);
/// Pause after a notification that could not be sent.
const PAUSE: Duration = Duration::from_secs(1);
/// After so long without a notification Postgres is asked whether it still sends them.
const QUIET: Duration = Duration::from_secs(30);
/// The channel on which writers notify.
const CHANNEL: &str = "casebus_log";

/// The end of the log as far as this process has heard of it. Handles that share it wake each other without asking
/// Postgres.
#[derive(Clone, Debug, Default)]
pub struct Hints {
    /// From anybody.
    end: watch::Sender<i64>,
    /// From appends of this process: of those, and of no others, it tells other processes.
    appended: watch::Sender<i64>,
    /// What is more than a hint.
    known: Arc<Mutex<Known>>,
}

impl Hints {
    /// The log was opened in this epoch and ends here, whatever was heard of an earlier one.
    pub(crate) fn begin_at(&self, epoch: i64, position: i64) {
        if !self.known().open(epoch, position) {
            return self.moved_to(position);
        }
        self.end.send_replace(position);
        // Nobody is to be told of that.
        self.appended.send_if_modified(|end| {
            *end = position;
            false
        });
    }

    pub(crate) fn moved_to(&self, position: i64) {
        move_to(&self.end, position);
    }

    /// This process has appended up to an event at a position.
    pub(crate) fn appended_to(&self, epoch: i64, position: i64, event: Uuid) {
        self.known().appended(epoch, position, event);
        self.moved_to(position);
        move_to(&self.appended, position);
    }

    /// What this process knows to be in the log.
    pub(crate) fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn move_to(end: &watch::Sender<i64>, position: i64) {
    end.send_if_modified(|end| {
        let moved = position > *end;
        *end = (*end).max(position);
        moved
    });
}

impl Log {
    /// Whether this process has heard of an event after a position. A hint: after a restore it may be gone again.
    pub fn has_heard_of_more(&self, position: i64) -> bool {
        *self.hints.end.borrow() > position
    }

    /// Waits until the log has an event after `position`, at most as long as given; answers the head's position.
    pub async fn wait_after(&self, position: i64, at_most: Duration) -> Result<i64, LogError> {
        let deadline = Instant::now() + at_most;
        let mut hints = self.hints.end.subscribe();
        loop {
            hints.mark_unchanged();
            let head = self.head().await?.position;
            self.hints.moved_to(head);
            let now = Instant::now();
            if head > position || now >= deadline {
                return Ok(head);
            }
            // What this process heard of just now is there to be read; who was told wrongly reads nothing and asks again.
            // Running into the time-out is normal: then the head is read again.
            let hint = timeout(POLL_INTERVAL.min(deadline - now), hints.changed()).await;
            let heard_of = *hints.borrow_and_update();
            if hint.is_ok() && heard_of > position {
                return Ok(heard_of);
            }
        }
    }

    /// Tells other processes where the log ends, whenever this one has appended; never ends. It goes beside the appends,
    /// because a notification within their commit would cost each of them, and one in a while is enough.
    pub(crate) async fn notify(&self) -> Infallible {
        let mut ends = self.hints.appended.subscribe();
        let mut connection = None;
        loop {
            // The sender lives in the handle, so a change comes or nothing does.
            let _changed = ends.changed().await;
            let end = ends.borrow_and_update().to_string();
            let notified = match timeout(PAUSE, self.notify_of(&mut connection, &end)).await {
                Ok(notified) => notified,
                Err(_) => Err(sqlx::Error::PoolTimedOut.into()),
            };
            if let Err(error) = &notified {
                tracing::debug!(
                    error = error as &dyn std::error::Error,
                    "others were not notified; their timer is"
                );
            }
            sleep(if notified.is_ok() { NOTIFY_INTERVAL } else { PAUSE }).await;
        }
    }

    /// Notifies once, on a connection that is kept for the next time. Its commits do not wait for the disk, which is busy with
    /// appends: a notification need not outlive a crash.
    async fn notify_of(
        &self,
        kept: &mut Option<PoolConnection<Postgres>>,
        end: &str,
    ) -> Result<(), LogError> {
        let mut connection = if let Some(connection) = kept.take() {
            connection
        } else {
            let mut connection = self.pool.acquire().await?;
            connection.close_on_drop();
            sqlx::raw_sql("set synchronous_commit = off").execute(&mut *connection).await?;
            connection
        };
        sqlx::query!("select pg_notify($1, $2)", CHANNEL, end).execute(&mut *connection).await?;
        *kept = Some(connection);
        Ok(())
    }

    /// Listens for the appends of other processes on a connection of its own, for as long as the future is polled.
    /// Without it `wait_after` still works, by its timer.
    pub async fn listen(&self) -> Result<(), LogError> {
        // Of a pool of its own: one that is dropped on a connection that is no more keeps its place in the pool.
        let own =
            PgPoolOptions::new().max_connections(1).connect_lazy_with((*self.pool.connect_options()).clone());
        let mut listener = PgListener::connect_with(&own).await?;
        listener.listen(CHANNEL).await?;
        self.look_for_losses(&mut listener).await?;
        loop {
            let Ok(notification) = timeout(QUIET, listener.try_recv()).await else {
                // A connection on which nothing comes may be dropped by the network without a word; and one that is being made
                // anew just then is made by this question.
                self.look_for_losses(&mut listener).await?;
                continue;
            };
            match notification? {
                Some(notification) => {
                    if let Ok(position) = notification.payload().parse() {
                        self.hints.moved_to(position);
                    }
                }
                // It has connected anew, and may have found another server.
                None => self.look_for_losses(&mut listener).await?,
            }
        }
    }
}
