//! What this process knows to be in the log: it was answered so, or has read it. A database that comes back without that has lost
//! events that somebody may rely on. Where no relay had published them, nobody else can tell.

use crate::read::answer;
use crate::{Log, LogError};
use sqlx::PgConnection;
use uuid::Uuid;

/// What is known of the log in one epoch.
#[derive(Debug, Default)]
pub(crate) struct Known {
    epoch: i64,
    /// It goes as far as this.
    end: i64,
    /// The last event that this process has appended, and its position.
    appended: Option<(i64, Uuid)>,
}

impl Known {
    /// The log was opened. What was known of it in the same epoch or a later one stays: the log may have lost that since.
    /// Answers whether it is a later epoch.
    pub(crate) fn open(&mut self, epoch: i64, end: i64) -> bool {
        let is_later = epoch > self.epoch;
        if is_later {
            *self = Self { epoch, end, appended: None };
        }
        is_later
    }

    /// The log was seen to end here.
    pub(crate) fn ends(&mut self, epoch: i64, end: i64) {
        if self.epoch == epoch {
            self.end = self.end.max(end);
        }
    }

    /// This process has appended an event.
    pub(crate) fn append(&mut self, epoch: i64, position: i64, event: Uuid) {
        self.ends(epoch, position);
        if self.epoch == epoch && self.appended.is_none_or(|(before, _)| before < position) {
            self.appended = Some((position, event));
        }
    }
}

impl Log {
    /// Looks whether the log still has what this process knows to be in it. If not, nothing is appended any more until a new
    /// epoch; answers why.
    pub async fn check_kept(&self) -> Result<Option<String>, LogError> {
        let mut connection = self.pool.acquire().await?;
        self.check_kept_on(&mut connection).await
    }

    /// The same on a connection that the caller keeps.
    pub(crate) async fn check_kept_on(
        &self,
        connection: &mut PgConnection,
    ) -> Result<Option<String>, LogError> {
        // Noted before the question: since then the log can only have grown.
        let (epoch, end, appended) = {
            let known = self.hints.known();
            (known.epoch, known.end, known.appended)
        };
        let asked = sqlx::query!(
            r#"select h.epoch, h.position, (select e.event_id from log.event e where e.position = $1) as event
                 from log.log_head h"#,
            appended.map(|(position, _)| position)
        );
        let found = answer(asked.fetch_one(&mut *connection)).await?;
        let other = appended.filter(|(_, event)| found.event != Some(*event));
        let lost = if found.epoch > epoch {
            return Ok(None);
        } else if found.epoch < epoch {
            format!("the log is of epoch {}, but it was in epoch {epoch}", found.epoch)
        } else if found.position < end {
            format!("the log ends at position {}, but it went as far as {end}", found.position)
        } else if let Some((position, _)) = other {
            format!("the log holds another event at position {position} than this process has appended there")
        } else {
            return Ok(None);
        };
        let reason = format!(
            "{lost}: it has lost events that were acknowledged; nothing is appended any more: find out why, then run \
             `casebus log new-epoch`"
        );
        tracing::error!(%reason, "the log is halted");
        let halt = sqlx::query!("select log.halt_until_epoch($1, $2)", found.epoch, reason);
        answer(halt.execute(connection)).await?;
        Ok(Some(reason))
    }
}
