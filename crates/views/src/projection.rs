//! The projector's hand on the read model: from where it stands, batch after batch. While Postgres writes one, the next
//! is folded.

use crate::batch::Batch;
use crate::binary::Columns;
use crate::checkpoint::{self, Checkpoint, Stand};
use crate::known::Known;
use crate::life::Life;
use crate::load::load;
use crate::parked::Parked;
use crate::write::Written;
use crate::{Event, Views, ViewsError};
use std::collections::HashSet;
use std::sync::Arc;
use tokio::task::JoinSet;
use uuid::Uuid;

/// Why an event is parked that decodes and cannot be stored.
pub(crate) const REFUSED: &str = "Postgres refuses a value of the event";

/// The read model as one projector leads it on. After any error it is taken anew: what it remembers may be out of date.
#[derive(Debug)]
pub struct Projection {
    views: Views,
    columns: Arc<Columns>,
    /// Behind the last batch that is written.
    stand: Stand,
    known: Known<Life>,
    flight: Flight,
}

/// A batch that is being written; none while it has no events.
#[derive(Debug, Default)]
struct Flight {
    /// At most one, which ends with this.
    task: JoinSet<Result<(), ViewsError>>,
    /// How it ended.
    ended: Option<Result<(), ViewsError>>,
    events: Vec<Event>,
    parked: Vec<Parked>,
}

/// A batch that was written.
#[derive(Debug, Default)]
pub struct Landed {
    /// Its events.
    pub events: Vec<Event>,
    /// Those of them that were not folded.
    pub parked: Vec<Parked>,
}

/// A batch that was folded in memory.
struct Folded {
    written: Written,
    lives: Vec<(Uuid, Option<Life>)>,
    parked: Vec<Parked>,
}

impl Projection {
    /// Takes the read model where it stands; in one that holds nothing yet the epoch of the log is noted.
    pub async fn begin(views: Views, epoch: i64) -> Result<Self, ViewsError> {
        let stand = checkpoint::begin(&views.pool, epoch).await?;
        let columns = Arc::new(Columns::load(&mut *views.pool.acquire().await?, "views_1").await?);
        views.folded.send_replace(stand.checkpoint.position);
        Ok(Self { views, columns, stand, known: Known::default(), flight: Flight::default() })
    }

    /// How far the log is folded and written.
    pub const fn checkpoint(&self) -> Checkpoint {
        self.stand.checkpoint
    }

    /// How far it will be once the batch that is being written is.
    pub fn ahead(&self) -> Checkpoint {
        let written = self.checkpoint();
        let position = self.flight.events.last().map_or(written.position, |event| event.position);
        Checkpoint { position, ..written }
    }

    /// Whether a batch is being written.
    pub fn is_flying(&self) -> bool {
        !self.flight.events.is_empty()
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
    pub async fn fold(&mut self, events: &[Event]) -> Result<Vec<Parked>, ViewsError> {
        let mut parked = self.fold_on(events.to_vec()).await?.parked;
        parked.extend(self.land().await?.parked);
        Ok(parked)
    }

    /// Folds the events that follow, without a hole, and begins to write them, as soon as the batch before is written,
    /// which is answered. [`Projection::land`] waits for the end.
    ///
    /// What is remembered or loaded before the transaction is still true inside it: only a projector changes it, and
    /// every projector moves the checkpoint first, which this one then finds moved.
    pub async fn fold_on(&mut self, events: Vec<Event>) -> Result<Landed, ViewsError> {
        let mut position = self.ahead().position;
        for event in &events {
            if event.position != position + 1 {
                return Err(ViewsError::OutOfOrder { expected: position + 1, found: event.position });
            }
            position = event.position;
        }
        let mut landed = Landed::default();
        if self.must_land_before(&events) {
            landed = self.land().await?;
        }
        let memory = self.known.age();
        let mut folded = self.fold_in_memory(&events, None).await?;
        if self.is_flying() {
            landed = self.land().await?;
        }
        if self.known.age() != memory {
            folded = self.fold_in_memory(&events, None).await?;
        }
        let Folded { written, lives, parked } = folded;
        let (pool, stand) = (self.views.pool.clone(), self.stand);
        self.known.note(lives.into_iter());
        self.flight.task.spawn(async move { written.write(&pool, stand, position).await });
        (self.flight.events, self.flight.parked) = (events, parked);
        Ok(landed)
    }

    /// Whether the batch that is being written must be, before these events can be folded: of a stream in it that is not
    /// remembered, Postgres does not know yet how it stands.
    pub fn must_land_before(&self, events: &[Event]) -> bool {
        let unknown = self.unknown(events);
        self.flight.events.iter().any(|event| unknown.contains(&event.stream_id))
    }

    /// Waits until the batch that is being written is, or has failed to be: then [`Projection::land`] has not long to wait.
    /// Dropping the future loses nothing.
    pub async fn flown(&mut self) {
        let Some(ended) = self.flight.task.join_next().await else { return };
        // It panicked, or was stopped from outside.
        let moved = ViewsError::CheckpointMoved(self.checkpoint().position);
        self.flight.ended = Some(ended.unwrap_or(Err(moved)));
    }

    /// Waits until the batch that is being written is; answers it, or an empty one if there is none.
    pub async fn land(&mut self) -> Result<Landed, ViewsError> {
        self.flown().await;
        match self.flight.ended.take() {
            None => {}
            Some(Ok(())) => self.written(self.ahead().position),
            Some(Err(error)) if is_refused(&error) => {
                self.known.forget();
                self.flight.parked.clear();
                self.fold_one_by_one().await?;
            }
            Some(Err(error)) => return Err(error),
        }
        let Flight { events, parked, .. } = std::mem::take(&mut self.flight);
        Ok(Landed { events, parked })
    }

    /// Writes a batch event by event: the ones whose values Postgres refuses are parked.
    async fn fold_one_by_one(&mut self) -> Result<(), ViewsError> {
        let events = self.flight.events.clone();
        for event in events.chunks(1) {
            let parked = match self.fold_whole(event, None).await {
                Err(error) if is_refused(&error) => self.fold_whole(event, Some(REFUSED)).await?,
                parked => parked?,
            };
            self.flight.parked.extend(parked);
        }
        Ok(())
    }

    fn written(&mut self, position: i64) {
        self.stand.checkpoint.position = position;
        self.views.folded.send_replace(position);
    }

    /// Folds a batch upon what is remembered or loaded; with a reason its events are parked instead.
    async fn fold_in_memory(
        &self,
        events: &[Event],
        parked_because: Option<&str>,
    ) -> Result<Folded, ViewsError> {
        let mut batch = self.load(events).await?;
        for event in events {
            match parked_because {
                None => batch.fold(event),
                Some(reason) => batch.park(event, reason.to_owned()),
            }
        }
        let written = Written::of(&batch, &self.columns);
        let (lives, parked) = batch.end();
        Ok(Folded { written, lives, parked })
    }

    /// Folds a batch and writes it, while no other one is being written.
    async fn fold_whole(
        &mut self,
        events: &[Event],
        parked_because: Option<&str>,
    ) -> Result<Vec<Parked>, ViewsError> {
        let Folded { written, lives, parked } = self.fold_in_memory(events, parked_because).await?;
        let position = events.last().map_or(self.checkpoint().position, |event| event.position);
        written.write(&self.views.pool, self.stand, position).await?;
        self.written(position);
        self.known.note(lives.into_iter());
        Ok(parked)
    }

    /// The streams that the events touch and that are not remembered.
    fn unknown(&self, events: &[Event]) -> HashSet<Uuid> {
        let mut unknown = begun_before(events);
        unknown.retain(|id| self.known.get(*id).is_none());
        unknown
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
}

impl Drop for Projection {
    fn drop(&mut self) {
        self.views.folded.send_replace(0);
    }
}

/// Whether Postgres refuses the values themselves (SQLSTATE classes 22 and 23, and 54 of what is too large for it), so that
/// trying again cannot help.
pub(crate) fn is_refused(error: &ViewsError) -> bool {
    match error {
        ViewsError::Database(sqlx::Error::Database(database)) => {
            database.code().is_some_and(|code| ["22", "23", "54"].iter().any(|class| code.starts_with(class)))
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
