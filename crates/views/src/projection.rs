//! The projector's hand on the read model: from where it stands, batch after batch.

use crate::batch::Batch;
use crate::checkpoint::{self, Checkpoint, Stand};
use crate::known::Known;
use crate::life::Life;
use crate::load::load;
use crate::parked::Parked;
use crate::{Event, Views, ViewsError, write};
use std::collections::HashSet;
use uuid::Uuid;

/// Why an event is parked that decodes and cannot be stored.
pub(crate) const REFUSED: &str = "Postgres refuses a value of the event";

/// The read model as one projector leads it on. After any error it is taken anew: what it remembers may be out of date.
#[derive(Debug)]
pub struct Projection {
    views: Views,
    stand: Stand,
    known: Known<Life>,
}

impl Projection {
    /// Takes the read model where it stands; in one that holds nothing yet the epoch of the log is noted.
    pub async fn begin(views: Views, epoch: i64) -> Result<Self, ViewsError> {
        let stand = checkpoint::begin(&views.pool, epoch).await?;
        views.folded.send_replace(stand.checkpoint.position);
        Ok(Self { views, stand, known: Known::default() })
    }

    /// How far the log is folded.
    pub const fn checkpoint(&self) -> Checkpoint {
        self.stand.checkpoint
    }

    /// Fails when the read model does not stand where this one left it.
    pub async fn still_stands(&self) -> Result<(), ViewsError> {
        if checkpoint::stand(&self.views.pool).await? == self.stand {
            Ok(())
        } else {
            Err(ViewsError::CheckpointMoved(self.stand.checkpoint.position))
        }
    }

    /// Folds the events that follow, without a hole, and moves the checkpoint behind them: all of it or nothing. Answers
    /// the events that were not folded.
    ///
    /// What is remembered or loaded before the transaction is still true inside it: only a projector changes it, and
    /// every projector moves the checkpoint first, which this one then finds moved.
    pub async fn fold(&mut self, events: &[Event]) -> Result<Vec<Parked>, ViewsError> {
        let mut position = self.checkpoint().position;
        for event in events {
            if event.position != position + 1 {
                return Err(ViewsError::OutOfOrder { expected: position + 1, found: event.position });
            }
            position = event.position;
        }
        match self.fold_whole(events, None).await {
            Err(error) if is_refused(&error) => self.fold_one_by_one(events).await,
            parked => parked,
        }
    }

    /// Folds a batch in one transaction; with a reason its events are parked instead.
    async fn fold_whole(
        &mut self,
        events: &[Event],
        parked_because: Option<&str>,
    ) -> Result<Vec<Parked>, ViewsError> {
        let position = events.last().map_or(self.checkpoint().position, |event| event.position);
        let mut batch = self.load(events).await?;
        for event in events {
            match parked_because {
                None => batch.fold(event),
                Some(reason) => batch.park(event, reason.to_owned()),
            }
        }
        write::write(&self.views.pool, self.stand, position, &batch).await?;
        let (lives, parked) = batch.end();
        self.stand.checkpoint.position = position;
        self.views.folded.send_replace(position);
        self.known.note(lives.into_iter());
        Ok(parked)
    }

    /// What the events touch, as it stands before them.
    async fn load<'a>(&self, events: &[Event]) -> Result<Batch<'a>, ViewsError> {
        let mut batch = Batch::default();
        let mut unknown = Vec::new();
        for id in begun_before(events) {
            match self.known.get(id) {
                Some(life) => batch.take_up(id, life),
                None => unknown.push(id),
            }
        }
        unknown.sort_unstable();
        batch.take_up_loaded(load(&self.views.pool, &unknown).await?);
        Ok(batch)
    }

    /// Finds the event whose values Postgres refuses, and parks it; the rest goes on.
    async fn fold_one_by_one(&mut self, events: &[Event]) -> Result<Vec<Parked>, ViewsError> {
        let mut parked = Vec::new();
        for event in events.chunks(1) {
            match self.fold_whole(event, None).await {
                Err(error) if is_refused(&error) => {
                    parked.extend(self.fold_whole(event, Some(REFUSED)).await?);
                }
                folded => parked.extend(folded?),
            }
        }
        Ok(parked)
    }
}

impl Drop for Projection {
    fn drop(&mut self) {
        self.views.folded.send_replace(0);
    }
}

/// Whether Postgres refuses the values themselves (SQLSTATE classes 22 and 23), so that trying again cannot help.
pub(crate) fn is_refused(error: &ViewsError) -> bool {
    match error {
        ViewsError::Database(sqlx::Error::Database(database)) => {
            database.code().is_some_and(|code| code.starts_with("22") || code.starts_with("23"))
        }
        ViewsError::Database(_)
        | ViewsError::Migration(_)
        | ViewsError::CheckpointMoved(_)
        | ViewsError::FormerKept
        | ViewsError::OutOfOrder { .. } => false,
    }
}

/// The streams of these events that do not begin with them: of one that does there is nothing yet.
fn begun_before(events: &[Event]) -> HashSet<Uuid> {
    let mut seen = HashSet::with_capacity(events.len());
    let first_of_stream = events.iter().filter(|event| seen.insert(event.stream_id));
    first_of_stream.filter(|event| event.version > 1).map(|event| event.stream_id).collect()
}
