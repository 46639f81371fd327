//! What this process knows to be in the log: it was answered so, or has read it. A database that comes back without that has lost
//! events that somebody may rely on. Where no relay had published them, nobody else can tell.

use crate::read::answer;
use crate::{Log, LogError, RecordedEvent};
use sqlx::PgExecutor;
use uuid::Uuid;

/// What is known of the log in one epoch.
#[derive(Debug, Default)]
pub(crate) struct Known {
    epoch: i64,
    /// It goes as far as this.
    end: i64,
    /// The last event that was appended, and its position: on a connection on which all that was known before was found.
    appended: Option<(i64, Uuid)>,
    /// The last event that was read, and its position: wherever that was, so it must not take the place of the other.
    read: Option<(i64, Uuid)>,
    /// Whether it was said that something of that is lost.
    is_told: bool,
}

impl Known {
    /// The log was opened. What was known of it in the same epoch or a later one stays: the log may have lost that since.
    /// Answers whether it is a later epoch.
    pub(crate) fn open(&mut self, epoch: i64, end: i64) -> bool {
        let is_later = epoch > self.epoch;
        if is_later {
            *self = Self { epoch, ..Self::default() };
        }
        self.ends(epoch, end);
        is_later
    }

    /// How far the log is known to go in an epoch.
    pub(crate) fn end(&self, epoch: i64) -> i64 {
        if self.epoch == epoch { self.end } else { 0 }
    }

    /// The log was seen to go as far as this.
    pub(crate) fn ends(&mut self, epoch: i64, end: i64) {
        if self.epoch == epoch {
            self.end = self.end.max(end);
        }
    }

    /// An event was appended, or its append was answered again.
    pub(crate) fn appended(&mut self, epoch: i64, position: i64, event: Uuid) {
        self.ends(epoch, position);
        if self.epoch == epoch {
            note_last(&mut self.appended, position, event);
        }
    }

    /// An event was read.
    fn read(&mut self, epoch: i64, position: i64, event: Uuid) {
        self.ends(epoch, position);
        if self.epoch == epoch {
            note_last(&mut self.read, position, event);
        }
    }
}

fn note_last(last: &mut Option<(i64, Uuid)>, position: i64, event: Uuid) {
    if last.is_none_or(|(before, _)| before < position) {
        *last = Some((position, event));
    }
}

impl Log {
    /// Looks whether the log still has what this process knows to be in it. If not, nothing is appended any more until a new
    /// epoch.
    pub async fn check_kept(&self) -> Result<(), LogError> {
        self.check_kept_on(&self.pool).await
    }

    /// The same on a connection that the caller keeps.
    pub(crate) async fn check_kept_on(&self, connection: impl PgExecutor<'_>) -> Result<(), LogError> {
        // Noted before the question: since then the log can only have grown.
        let (epoch, end, appended, read) = {
            let known = self.hints.known();
            (known.epoch, known.end, known.appended, known.read)
        };
        let asked = sqlx::query_scalar!(
            "select coalesce(log.check_kept($1, $2, $3, $4), log.check_kept($1, $2, $5, $6))",
            epoch,
            end,
            appended.map(|(position, _)| position),
            appended.map(|(_, event)| event),
            read.map(|(position, _)| position),
            read.map(|(_, event)| event)
        );
        let Some(reason) = answer(asked.fetch_one(connection)).await? else { return Ok(()) };
        if !std::mem::replace(&mut self.hints.known().is_told, true) {
            tracing::error!(%reason, "the log is halted");
        }
        Err(LogError::EventsLost(reason))
    }

    /// The same for whoever goes on in any case: the log refuses by itself from then on.
    pub(crate) async fn look_for_losses(&self, connection: impl PgExecutor<'_>) -> Result<(), LogError> {
        match self.check_kept_on(connection).await {
            Ok(()) | Err(LogError::EventsLost(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Notes events that were read, in the order of their positions.
    pub(crate) fn note_read(&self, events: &[RecordedEvent]) {
        if let Some(last) = events.last() {
            self.hints.known().read(last.epoch, last.position, last.event_id);
        }
    }
}
