//! Writing what a batch changed: one call of `views_1.write`, and rows that are new by COPY where they are many.

use crate::ViewsError;
use crate::assignment::Assignment;
use crate::batch::Batch;
use crate::checkpoint::Stand;
use crate::clock::Clock;
use crate::copy_in::{self, AudienceRow, Columns, Rows, TimelineRow};
use crate::feedback::Feedback;
use crate::handoff::{Handoff, HandoffDocument, HandoffLane};
use crate::life::Life;
use crate::matter::{self, MatterMove};
use crate::missing_feedback::MissingFeedback;
use crate::parked::Parked;
use crate::transfer::{Moved, Transfer};
use crate::unacknowledged::Unacknowledged;
use contract::ids::TransferId;
use contract::scorecard::ScoreFacts;
use serde::Serialize;
use sqlx::types::Json;
use sqlx::{Executor, PgPool, Postgres};
use std::collections::BTreeMap;

/// From so many events on, what is new is copied in: below, that takes more round trips than it saves.
const MANY: usize = 24;

/// The rows that a batch leaves, as `views_1.write` takes them: by table, and what leaves the lists of the watch.
#[derive(Default, Serialize)]
struct Changes<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    transfer: Vec<&'a Transfer>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    moved: Vec<Moved<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    clock: Vec<&'a Clock>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    feedback: Vec<&'a Feedback>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    assignment: Vec<&'a Assignment>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    scorecard: Vec<&'a ScoreFacts>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    matter: Vec<MatterMove>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    acknowledged: Vec<TransferId>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unacknowledged: Vec<Unacknowledged>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reported: Vec<TransferId>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    missing_feedback: Vec<MissingFeedback>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    handoff: Vec<&'a Handoff>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    handoff_lane: Vec<&'a HandoffLane>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    handoff_document: &'a [HandoffDocument],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    parked: &'a [Parked],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    timeline: Vec<TimelineRow<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    audience: Vec<AudienceRow<'a>>,
}

/// Writes what a batch changed and moves the checkpoint, in one transaction.
pub(crate) async fn write(
    pool: &PgPool,
    stand: Stand,
    position: i64,
    batch: &Batch<'_>,
) -> Result<(), ViewsError> {
    if batch.folded.len() < MANY {
        let changes = Changes::of(batch, None);
        return call(pool, stand, position, &changes).await;
    }
    let mut transaction = pool.begin().await?;
    let mut new = Rows::new(Columns::serving(&mut transaction).await?);
    let changes = Changes::of(batch, Some(&mut new));
    call(&mut *transaction, stand, position, &changes).await?;
    new.copy(&mut transaction, "views_1").await?;
    Ok(transaction.commit().await?)
}

async fn call<'e>(
    executor: impl Executor<'e, Database = Postgres>,
    stand: Stand,
    position: i64,
    changes: &Changes<'_>,
) -> Result<(), ViewsError> {
    let from = stand.checkpoint;
    let moved = sqlx::query_scalar!(
        r#"select views_1.write($1, $2, $3, $4) as "moved!""#,
        from.position,
        stand.generation,
        position,
        Json(changes) as _
    );
    if moved.fetch_one(executor).await? { Ok(()) } else { Err(ViewsError::CheckpointMoved(from.position)) }
}

impl<'a> Changes<'a> {
    /// What a batch changed; what is new goes among the rows that are copied in, where there are such.
    fn of(batch: &'a Batch<'_>, mut new: Option<&mut Rows<'_>>) -> Self {
        let mut changes = Self {
            matter: matter::moves(
                lives(batch).map(|(before, after)| (before.map(|life| &life.transfer), &after.transfer)),
            ),
            handoff_document: &batch.documents,
            parked: &batch.parked,
            ..Self::default()
        };
        for (before, after) in lives(batch) {
            match (before, new.as_deref_mut()) {
                (None, Some(new)) => new.push_life(after),
                (before, new) => changes.add_life(before, after, new),
            }
        }
        let handoffs = batch.handoffs.values().filter(|entry| entry.before != entry.after);
        for life in handoffs.filter_map(|entry| entry.after.as_ref()) {
            changes.handoff.push(&life.handoff);
            changes.handoff_lane.extend(life.lanes.values());
        }
        if let Some(new) = new {
            batch.folded.iter().for_each(|told| new.push_event(told));
            new.push_audience(&batch.audience, |_| true);
        } else {
            changes.timeline = batch.folded.iter().map(TimelineRow::from).collect();
            changes.audience = copy_in::seen(&batch.audience).collect();
        }
        changes
    }

    fn add_life(&mut self, before: Option<&'a Life>, after: &'a Life, mut new: Option<&mut Rows<'_>>) {
        match before {
            None => self.transfer.push(&after.transfer),
            Some(before) if before.transfer != after.transfer => self.moved.push((&after.transfer).into()),
            Some(_) => {}
        }
        let of = before;
        add(&mut self.clock, "clock", of.map(|life| &life.clocks), &after.clocks, new.as_deref_mut());
        add(
            &mut self.feedback,
            "feedback",
            of.map(|life| &life.feedbacks),
            &after.feedbacks,
            new.as_deref_mut(),
        );
        let assignments = of.map(|life| &life.assignments);
        add(&mut self.assignment, "assignment", assignments, &after.assignments, new.as_deref_mut());
        if of.is_none_or(|before| before.score != after.score) {
            self.scorecard.extend(&after.score);
        }
        let id = after.transfer.id;
        match turn(of.and_then(Life::unacknowledged), after.unacknowledged()) {
            Turn::Stays => {}
            Turn::Leaves => self.acknowledged.push(id),
            Turn::Stands { place, .. } => self.unacknowledged.push(place),
        }
        match turn(of.and_then(Life::missing_feedback), after.missing_feedback()) {
            Turn::Stays => {}
            Turn::Leaves => self.reported.push(id),
            Turn::Stands { place, is_new } => match new {
                Some(new) if is_new => new.push("missing_feedback", &place),
                _ => self.missing_feedback.push(place),
            },
        }
    }
}

/// The transfers of a batch, as each stood before and stands after.
fn lives<'a>(batch: &'a Batch<'_>) -> impl Iterator<Item = (Option<&'a Life>, &'a Life)> {
    batch.entries.values().filter_map(|entry| Some((entry.before.as_deref(), entry.after.as_ref()?)))
}

/// Adds the rows that differ from those before; a new one to those that are copied in, where there are such.
fn add<'a, Key: Ord, Row: PartialEq + Serialize>(
    changed: &mut Vec<&'a Row>,
    table: &'static str,
    before: Option<&BTreeMap<Key, Row>>,
    after: &'a BTreeMap<Key, Row>,
    mut new: Option<&mut Rows<'_>>,
) {
    for (key, row) in after {
        match (before.and_then(|before| before.get(key)), new.as_deref_mut()) {
            (Some(before), _) if before == row => {}
            (None, Some(new)) => new.push(table, row),
            _ => changed.push(row),
        }
    }
}

/// What becomes of a transfer's place on a list.
enum Turn<Place> {
    /// It is as it was.
    Stays,
    /// It is taken away.
    Leaves,
    /// It is another one than before, or there was none.
    Stands { place: Place, is_new: bool },
}

fn turn<Place: PartialEq>(before: Option<Place>, after: Option<Place>) -> Turn<Place> {
    match (before, after) {
        (None, None) => Turn::Stays,
        (Some(_), None) => Turn::Leaves,
        (before, Some(place)) if before.as_ref() == Some(&place) => Turn::Stays,
        (before, Some(place)) => Turn::Stands { place, is_new: before.is_none() },
    }
}
