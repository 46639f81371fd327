//! Writing what a batch changed: one call of `views_1.write_rows`, and rows that are new by COPY where they are many.

use crate::ViewsError;
use crate::assignment::Assignment;
use crate::batch::Batch;
use crate::binary::{self, AudienceRow, Columns, RowArray, Rows, TimelineRow};
use crate::checkpoint::{self, Stand};
use crate::clock::Clock;
use crate::feedback::Feedback;
use crate::handoff::{Handoff, HandoffDocument, HandoffLane};
use crate::life::Life;
use crate::missing_feedback::MissingFeedback;
use crate::parked::Parked;
use crate::transfer::{Moved, Transfer};
use crate::unacknowledged::Unacknowledged;
use crate::watch_count::{self, WatchCountMove};
use contract::ids::TransferId;
use contract::scorecard::ScoreFacts;
use serde::Serialize;
use sqlx::{AssertSqlSafe, Executor, PgPool, Postgres};
use std::collections::BTreeMap;
use std::sync::Arc;
use uuid::Uuid;

/// From so many events on, what is new is copied in: below, that takes more round trips than it saves.
const MANY: usize = 24;

/// What is called for every batch.
const WRITE_ROWS: &str = "select views_1.write_rows($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, \
     $17, $18, $19, $20)";
/// How a transaction of several statements begins: one whose process is frozen, or is no longer there, must not keep others from
/// the checkpoint.
const BEGIN: &str =
    "begin; set local idle_in_transaction_session_timeout = '30s'; set local statement_timeout = '60s'";
/// What Postgres answers to rows of a type that is not that of the table any more (`datatype_mismatch`), or for which it
/// then finds no function (`undefined_function`).
const OTHER_TYPES: [&str; 2] = ["42804", "42883"];

/// The rows that a batch leaves, by table, and what leaves the lists of the watch.
#[derive(Default)]
struct Changes<'a> {
    moved: Vec<Moved<'a>>,
    clock: Vec<&'a Clock>,
    feedback: Vec<&'a Feedback>,
    assignment: Vec<&'a Assignment>,
    scorecard: Vec<&'a ScoreFacts>,
    acknowledged: Vec<TransferId>,
    unacknowledged: Vec<Unacknowledged>,
    reported: Vec<TransferId>,
    missing_feedback: Vec<MissingFeedback>,
    handoff: Vec<&'a Handoff>,
    handoff_lane: Vec<&'a HandoffLane>,
    watch_count: Vec<WatchCountMove<'a>>,
    transfer: Vec<&'a Transfer>,
    handoff_document: &'a [HandoffDocument],
    timeline: Vec<TimelineRow<'a>>,
    audience: Vec<AudienceRow<'a>>,
    parked: &'a [Parked],
}

/// What a batch changed, as it goes to Postgres.
pub(crate) struct Written {
    statement: String,
    changed: Changed,
    /// New rows that are copied in, where they are many.
    copied: Option<Rows>,
}

/// The rows that differ from those before, as `views_1.write_rows` takes them.
pub(crate) struct Changed {
    moved: RowArray,
    clock: RowArray,
    feedback: RowArray,
    assignment: RowArray,
    scorecard: RowArray,
    acknowledged: Option<Vec<Uuid>>,
    unacknowledged: RowArray,
    reported: Option<Vec<Uuid>>,
    missing_feedback: RowArray,
    handoff: RowArray,
    handoff_lane: RowArray,
    watch_count: RowArray,
    transfer: RowArray,
    handoff_document: RowArray,
    timeline: RowArray,
    audience: RowArray,
    parked: RowArray,
}

impl Written {
    /// What a batch changed.
    pub(crate) fn of(batch: &Batch<'_>, columns: &Arc<Columns>) -> Self {
        let mut copied = (batch.folded.len() >= MANY).then(|| Rows::new(columns.clone()));
        let changed = Changed::of(&Changes::of(batch, copied.as_mut()), columns);
        // The types of the rows are others once a rebuilt read model has taken the place of this one, and a statement that
        // is prepared keeps them: another text is another statement.
        let statement = format!("{WRITE_ROWS} /* rows of type {} */", columns.row_type("transfer"));
        Self { statement, changed, copied }
    }

    /// Writes it and moves the checkpoint, in one transaction.
    pub(crate) async fn write(self, pool: &PgPool, stand: Stand, position: i64) -> Result<(), ViewsError> {
        let moved = || ViewsError::CheckpointMoved(stand.checkpoint.position);
        match self.write_as_it_stands(pool, stand, position).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(moved()),
            Err(error) if is_of_other_types(&error) && checkpoint::stand(pool).await? != stand => {
                Err(moved())
            }
            Err(error) => Err(error),
        }
    }

    /// Answers whether the checkpoint stood where it was left.
    async fn write_as_it_stands(
        self,
        pool: &PgPool,
        stand: Stand,
        position: i64,
    ) -> Result<bool, ViewsError> {
        let Self { statement, changed, copied } = self;
        if let Some(copied) = copied {
            let mut transaction = pool.begin_with(BEGIN).await?;
            let is_written = changed.write(statement, &mut *transaction, stand, position).await?;
            if is_written {
                copied.copy(&mut transaction, "views_1").await?;
                transaction.commit().await?;
            }
            Ok(is_written)
        } else {
            changed.write(statement, pool, stand, position).await
        }
    }
}

fn is_of_other_types(error: &ViewsError) -> bool {
    match error {
        ViewsError::Database(sqlx::Error::Database(database)) => {
            database.code().is_some_and(|code| OTHER_TYPES.contains(&code.as_ref()))
        }
        ViewsError::Database(_)
        | ViewsError::Migration(_)
        | ViewsError::CheckpointMoved(_)
        | ViewsError::FormerKept
        | ViewsError::OutOfOrder { .. } => false,
    }
}

impl Changed {
    fn of(changes: &Changes<'_>, columns: &Columns) -> Self {
        let ids = |ids: &[TransferId]| (!ids.is_empty()).then(|| ids.iter().map(|id| id.0).collect());
        Self {
            moved: RowArray::of(columns, "transfer", &changes.moved),
            clock: RowArray::of(columns, "clock", &changes.clock),
            feedback: RowArray::of(columns, "feedback", &changes.feedback),
            assignment: RowArray::of(columns, "assignment", &changes.assignment),
            scorecard: RowArray::of(columns, "scorecard", &changes.scorecard),
            acknowledged: ids(&changes.acknowledged),
            unacknowledged: RowArray::of(columns, "unacknowledged", &changes.unacknowledged),
            reported: ids(&changes.reported),
            missing_feedback: RowArray::of(columns, "missing_feedback", &changes.missing_feedback),
            handoff: RowArray::of(columns, "handoff", &changes.handoff),
            handoff_lane: RowArray::of(columns, "handoff_lane", &changes.handoff_lane),
            watch_count: RowArray::of(columns, "watch_count", &changes.watch_count),
            transfer: RowArray::of(columns, "transfer", &changes.transfer),
            handoff_document: RowArray::of(columns, "handoff_document", changes.handoff_document),
            timeline: RowArray::of(columns, "timeline", &changes.timeline),
            audience: RowArray::of(columns, "audience", &changes.audience),
            parked: RowArray::of(columns, "parked", changes.parked),
        }
    }

    /// Answers whether the checkpoint stood where it was left.
    async fn write<'e>(
        self,
        statement: String,
        executor: impl Executor<'e, Database = Postgres>,
        stand: Stand,
        position: i64,
    ) -> Result<bool, ViewsError> {
        let moved = sqlx::query_scalar(AssertSqlSafe(statement))
            .bind(stand.checkpoint.position)
            .bind(stand.generation)
            .bind(position)
            .bind(self.moved)
            .bind(self.clock)
            .bind(self.feedback)
            .bind(self.assignment)
            .bind(self.scorecard)
            .bind(self.acknowledged)
            .bind(self.unacknowledged)
            .bind(self.reported)
            .bind(self.missing_feedback)
            .bind(self.handoff)
            .bind(self.handoff_lane)
            .bind(self.watch_count)
            .bind(self.transfer)
            .bind(self.handoff_document)
            .bind(self.timeline)
            .bind(self.audience)
            .bind(self.parked);
        Ok(moved.fetch_one(executor).await?)
    }
}

impl<'a> Changes<'a> {
    /// What a batch changed; what is new goes among the rows that are copied in, where there are such.
    fn of(batch: &'a Batch<'_>, mut new: Option<&mut Rows>) -> Self {
        let mut changes = Self { watch_count: watch_count::moves(lives(batch)), ..Self::default() };
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
            batch.documents.iter().for_each(|document| new.push_document(document));
            batch.parked.iter().for_each(|event| new.push_parked(event));
            batch.folded.iter().for_each(|told| new.push_event(told));
            new.push_audience(&batch.audience, |_| true);
        } else {
            changes.handoff_document = &batch.documents;
            changes.parked = &batch.parked;
            changes.timeline = batch.folded.iter().map(TimelineRow::from).collect();
            changes.audience = binary::seen(&batch.audience).collect();
        }
        changes
    }

    fn add_life(&mut self, before: Option<&'a Life>, after: &'a Life, mut new: Option<&mut Rows>) {
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
    mut new: Option<&mut Rows>,
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
