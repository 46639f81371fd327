//! Folding a batch of events: load what they touch, fold in memory, write in one transaction.

use crate::assignment;
use crate::audience::{self, Audience};
use crate::checkpoint::{self, Checkpoint};
use crate::clock;
use crate::copy_in::{Columns, Rows};
use crate::feedback;
use crate::handoff::{self, HandoffDocument, HandoffLife};
use crate::life::Life;
use crate::matter;
use crate::missing_feedback;
use crate::parked::{self, Parked};
use crate::scorecard;
use crate::timeline::{self, Told};
use crate::transfer;
use crate::unacknowledged;
use crate::{Event, ViewsError};
use contract::handoff::Secrecy;
use sqlx::{PgConnection, PgPool};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use uuid::Uuid;

/// Why an event is parked that decodes and cannot be stored.
pub(crate) const REFUSED: &str = "Postgres refuses a value of the event";

/// From so many events on, what is new is copied in: below, a statement for each table takes fewer round trips.
const MANY: usize = 24;

/// What a batch came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folded {
    /// Where the read model stands now.
    pub checkpoint: Checkpoint,
    /// Events of this batch that were not folded.
    pub parked: Vec<Parked>,
}

/// Folds the events that follow the checkpoint, without a hole, and moves it behind them: all of it or nothing.
///
/// What is loaded before the transaction is still true inside it: only a projector changes it, and every projector
/// moves the checkpoint first, which this one then finds moved.
pub async fn fold(pool: &PgPool, checkpoint: Checkpoint, events: Vec<Event>) -> Result<Folded, ViewsError> {
    let mut position = checkpoint.position;
    for event in &events {
        if event.position != position + 1 {
            return Err(ViewsError::OutOfOrder { expected: position + 1, found: event.position });
        }
        position = event.position;
    }
    match fold_whole(pool, checkpoint, events.clone(), None).await {
        Err(error) if is_refused(&error) => fold_one_by_one(pool, checkpoint, events).await,
        folded => folded,
    }
}

/// Folds a batch in one transaction; with a reason its events are parked instead.
async fn fold_whole(
    pool: &PgPool,
    checkpoint: Checkpoint,
    events: Vec<Event>,
    parked_because: Option<&str>,
) -> Result<Folded, ViewsError> {
    let position = events.last().map_or(checkpoint.position, |event| event.position);
    let mut batch = Batch::load(pool, &events).await?;
    for event in events {
        match parked_because {
            None => batch.fold(event),
            Some(reason) => batch.park(&event, reason.to_owned()),
        }
    }
    let mut transaction = pool.begin().await?;
    checkpoint::advance(&mut transaction, checkpoint, position).await?;
    let parked = batch.write(&mut transaction).await?;
    transaction.commit().await?;
    Ok(Folded { checkpoint: Checkpoint { position, ..checkpoint }, parked })
}

/// Finds the event whose values Postgres refuses, and parks it; the rest goes on.
async fn fold_one_by_one(
    pool: &PgPool,
    mut checkpoint: Checkpoint,
    events: Vec<Event>,
) -> Result<Folded, ViewsError> {
    let mut parked = Vec::new();
    for event in events {
        let folded = match fold_whole(pool, checkpoint, vec![event.clone()], None).await {
            Err(error) if is_refused(&error) => {
                fold_whole(pool, checkpoint, vec![event], Some(REFUSED)).await?
            }
            folded => folded?,
        };
        checkpoint = folded.checkpoint;
        parked.extend(folded.parked);
    }
    Ok(Folded { checkpoint, parked })
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

/// One transfer of a batch.
#[derive(Default)]
pub(crate) struct Entry {
    /// As it was loaded.
    before: Option<Life>,
    /// As it stands after what was folded.
    pub(crate) after: Option<Life>,
}

/// One handoff of a batch.
#[derive(Default)]
pub(crate) struct HandoffEntry {
    /// As it was loaded.
    before: Option<HandoffLife>,
    /// As it stands after what was folded.
    pub(crate) after: Option<HandoffLife>,
}

/// What a batch touches.
#[derive(Default)]
pub(crate) struct Batch {
    pub(crate) entries: BTreeMap<Uuid, Entry>,
    pub(crate) handoffs: BTreeMap<Uuid, HandoffEntry>,
    pub(crate) documents: Vec<HandoffDocument>,
    parked_streams: BTreeSet<Uuid>,
    pub(crate) parked: Vec<Parked>,
    pub(crate) folded: Vec<Told>,
    pub(crate) audience: Audience,
}

impl Batch {
    async fn load(pool: &PgPool, events: &[Event]) -> Result<Self, ViewsError> {
        // Of a stream that begins in this batch there is nothing yet.
        let mut ids: Vec<_> = begun_before(events).into_iter().collect();
        ids.sort_unstable();
        if ids.is_empty() {
            return Ok(Self::default());
        }
        let (transfers, clocks, feedbacks, assignments, scores, handoffs, parked_streams) = tokio::try_join!(
            transfer::load(pool, &ids),
            clock::load(pool, &ids),
            feedback::load(pool, &ids),
            assignment::load(pool, &ids),
            scorecard::load(pool, &ids),
            handoff::load(pool, &ids),
            parked::streams(pool, &ids)
        )?;
        let lives = transfers.into_iter().map(|transfer| (transfer.id.0, Life::of(transfer)));
        let mut lives: BTreeMap<_, _> = lives.collect();
        for clock in clocks {
            if let Some(life) = lives.get_mut(&clock.transfer_id.0) {
                life.clocks.insert((clock.code, clock.run), clock);
            }
        }
        for feedback in feedbacks {
            if let Some(life) = lives.get_mut(&feedback.transfer_id.0) {
                life.feedbacks.insert(feedback.feedback, feedback);
            }
        }
        for assignment in assignments {
            if let Some(life) = lives.get_mut(&assignment.transfer_id.0) {
                life.assignments.insert(assignment.department.clone(), assignment);
            }
        }
        for score in scores {
            if let Some(life) = lives.get_mut(&score.transfer_id.0) {
                life.score = Some(score);
            }
        }
        let entries = lives
            .into_iter()
            .map(|(id, life)| (id, Entry { before: Some(life.clone()), after: Some(life) }))
            .collect();
        let handoffs = handoffs
            .into_iter()
            .map(|(id, life)| (id, HandoffEntry { before: Some(life.clone()), after: Some(life) }))
            .collect();
        Ok(Self { entries, handoffs, parked_streams, ..Self::default() })
    }

    pub(crate) fn fold(&mut self, event: Event) {
        let stream_id = event.stream_id;
        if self.parked_streams.contains(&stream_id) {
            self.park(&event, "an earlier event of its stream was not folded".to_owned());
            return;
        }
        if event.is_of_handoff() {
            return self.fold_handoff(event);
        }
        let entry = self.entries.entry(stream_id).or_default();
        let holder_before = entry.after.as_ref().and_then(|life| life.transfer.holder.clone());
        let folded =
            event.decode().and_then(|body| Life::fold(&mut entry.after, &event, &body).map(|()| body));
        match (folded, &entry.after) {
            (Ok(body), Some(life)) => {
                audience::fold(&mut self.audience, &event, &body, &life.transfer, holder_before.as_ref());
                self.folded.push(Told { internal_to: audience::inside(&body).cloned(), event });
            }
            // A fold that succeeds leaves a life behind.
            (Ok(_), None) => {}
            (Err(error), _) => self.park(&event, error.to_string()),
        }
    }

    fn fold_handoff(&mut self, event: Event) {
        let entry = self.handoffs.entry(event.stream_id).or_default();
        let folded = event
            .decode_handoff()
            .and_then(|body| HandoffLife::fold(&mut entry.after, &event, &body).map(|()| body));
        match folded {
            Ok(body) => {
                audience::fold_handoff(&mut self.audience, &event, &body);
                self.documents.extend(handoff::document_of(&event, &body));
                let is_secret = matches!(body.secrecy, Secrecy::Judicial | Secrecy::Sealed);
                let internal_to = is_secret.then_some(body.by);
                self.folded.push(Told { event, internal_to });
            }
            Err(error) => self.park(&event, error.to_string()),
        }
    }

    pub(crate) fn park(&mut self, event: &Event, reason: String) {
        self.parked_streams.insert(event.stream_id);
        if let Some(life) = self.entries.get_mut(&event.stream_id).and_then(|entry| entry.after.as_mut()) {
            life.transfer.stale = true;
        }
        if let Some(life) = self.handoffs.get_mut(&event.stream_id).and_then(|entry| entry.after.as_mut()) {
            life.handoff.stale = true;
        }
        self.parked.push(Parked { stream_id: event.stream_id, position: event.position, reason });
    }

    async fn write(mut self, connection: &mut PgConnection) -> Result<Vec<Parked>, ViewsError> {
        let begun =
            if self.folded.len() < MANY { BTreeSet::new() } else { self.copy_new(connection).await? };
        let lives = || {
            let entries = self.entries.iter().filter(|(id, _)| !begun.contains(*id));
            entries.filter_map(|(_, entry)| Some((entry.before.as_ref(), entry.after.as_ref()?)))
        };
        let transfers: Vec<_> = lives()
            .filter(|(before, after)| before.is_none_or(|before| before.transfer != after.transfer))
            .map(|(_, after)| &after.transfer)
            .collect();
        let clocks: Vec<_> = lives()
            .flat_map(|(before, after)| changed(before.map(|life| &life.clocks), &after.clocks))
            .collect();
        let feedbacks: Vec<_> = lives()
            .flat_map(|(before, after)| changed(before.map(|life| &life.feedbacks), &after.feedbacks))
            .collect();
        let assignments: Vec<_> = lives()
            .flat_map(|(before, after)| changed(before.map(|life| &life.assignments), &after.assignments))
            .collect();
        let scores: Vec<_> = lives()
            .filter(|(before, after)| before.is_none_or(|before| before.score != after.score))
            .filter_map(|(_, after)| after.score.as_ref())
            .collect();
        transfer::upsert(connection, &transfers).await?;
        clock::upsert(connection, &clocks).await?;
        feedback::upsert(connection, &feedbacks).await?;
        assignment::upsert(connection, &assignments).await?;
        scorecard::upsert(connection, &scores).await?;

        let handoffs: Vec<_> = self
            .handoffs
            .values()
            .filter(|entry| entry.before != entry.after)
            .filter_map(|entry| entry.after.as_ref())
            .collect();
        handoff::upsert(connection, &handoffs, &self.documents).await?;

        let begun = begun.iter().filter_map(|id| self.entries.get(id)?.after.as_ref());
        let moved_transfers = transfers.iter().copied().chain(begun.map(|life| &life.transfer));
        let matters: BTreeSet<_> = moved_transfers.map(|transfer| transfer.matter.0).collect();
        let matters: Vec<_> = matters.into_iter().collect();
        let tallied = transfer::tally_matters(connection, &matters).await?;
        matter::upsert(connection, &tallied).await?;

        let (gone, places) = moved(lives(), Life::unacknowledged);
        unacknowledged::delete(connection, &gone).await?;
        unacknowledged::upsert(connection, &places).await?;
        let (gone, places) = moved(lives(), Life::missing_feedback);
        missing_feedback::delete(connection, &gone).await?;
        missing_feedback::upsert(connection, &places).await?;

        timeline::insert(connection, self.folded).await?;
        audience::insert(connection, self.audience).await?;
        parked::insert(connection, &self.parked).await?;
        Ok(self.parked)
    }
}

impl Batch {
    /// Copies in what is new and never changes again, and the transfers that begin in this batch; answers which these are.
    async fn copy_new(&mut self, connection: &mut PgConnection) -> Result<BTreeSet<Uuid>, ViewsError> {
        let mut rows = Rows::new(Columns::serving(connection).await?);
        let mut begun = BTreeSet::new();
        for (id, entry) in &self.entries {
            if let (None, Some(life)) = (&entry.before, &entry.after) {
                rows.push_life(life);
                begun.insert(*id);
            }
        }
        for told in std::mem::take(&mut self.folded) {
            rows.push_event(&told);
        }
        rows.push_audience(&std::mem::take(&mut self.audience), |_| true);
        rows.copy(connection, "views_1").await?;
        Ok(begun)
    }
}

/// The streams of these events that do not begin with them.
fn begun_before(events: &[Event]) -> HashSet<Uuid> {
    let mut seen = HashSet::with_capacity(events.len());
    let first_of_stream = events.iter().filter(|event| seen.insert(event.stream_id));
    first_of_stream.filter(|event| event.version > 1).map(|event| event.stream_id).collect()
}

/// The rows that differ from those that were loaded.
fn changed<'a, Key: Ord, Row: PartialEq>(
    before: Option<&'a BTreeMap<Key, Row>>,
    after: &'a BTreeMap<Key, Row>,
) -> impl Iterator<Item = &'a Row> {
    after
        .iter()
        .filter(move |(key, row)| before.and_then(|before| before.get(key)) != Some(*row))
        .map(|(_, row)| row)
}

/// The transfers that left a list, and the places on it that are new or other than they were.
fn moved<'a, Place: PartialEq>(
    lives: impl Iterator<Item = (Option<&'a Life>, &'a Life)>,
    place: impl Fn(&Life) -> Option<Place>,
) -> (Vec<Uuid>, Vec<Place>) {
    let mut gone = Vec::new();
    let mut places = Vec::new();
    for (before, after) in lives {
        match (before.and_then(&place), place(after)) {
            (None, None) => {}
            (Some(_), None) => gone.push(after.transfer.id.0),
            (before, now) if before != now => places.extend(now),
            (_, Some(_)) => {}
        }
    }
    (gone, places)
}
