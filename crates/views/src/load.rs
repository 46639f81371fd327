//! What the read model holds of the streams that a batch touches, in one question.

use crate::ViewsError;
use crate::assignment::Assignment;
use crate::clock::Clock;
use crate::feedback::Feedback;
use crate::handoff::{Handoff, HandoffLane, HandoffLife};
use crate::life::Life;
use crate::rows;
use crate::transfer::Transfer;
use contract::scorecard::ScoreFacts;
use serde::Deserialize;
use sqlx::PgPool;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Streams as they stand.
#[derive(Default)]
pub(crate) struct Loaded {
    pub(crate) lives: BTreeMap<Uuid, Life>,
    pub(crate) handoffs: BTreeMap<Uuid, HandoffLife>,
    /// Streams of which an event was not folded.
    pub(crate) parked: BTreeSet<Uuid>,
}

/// A row of any of the tables, by its name.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Row {
    Transfer(Box<Transfer>),
    Clock(Box<Clock>),
    Feedback(Feedback),
    Assignment(Assignment),
    Scorecard(ScoreFacts),
    Handoff(Box<Handoff>),
    HandoffLane(HandoffLane),
    Parked(Uuid),
}

/// Reads streams, whoever asks.
pub(crate) async fn load(pool: &PgPool, ids: &[Uuid]) -> Result<Loaded, ViewsError> {
    if ids.is_empty() {
        return Ok(Loaded::default());
    }
    let query = sqlx::query_scalar!(
        r#"select jsonb_build_object('transfer', to_jsonb(t)) as "row!" from views_1.transfer t where t.id = any($1)
           union all select jsonb_build_object('handoff', to_jsonb(h)) from views_1.handoff h where h.id = any($1)
           union all select jsonb_build_object('clock', to_jsonb(c)) from views_1.clock c where c.transfer_id = any($1)
           union all select jsonb_build_object('feedback', to_jsonb(f)) from views_1.feedback f where f.transfer_id = any($1)
           union all select jsonb_build_object('assignment', to_jsonb(a)) from views_1.assignment a where a.transfer_id = any($1)
           union all select jsonb_build_object('scorecard', to_jsonb(s)) from views_1.scorecard s where s.transfer_id = any($1)
           union all select jsonb_build_object('handoff_lane', to_jsonb(l)) from views_1.handoff_lane l where l.handoff_id = any($1)
           union all select jsonb_build_object('parked', p.stream_id) from views_1.parked p where p.stream_id = any($1)"#,
        ids
    );
    // Postgres may read these in parallel, and answer in any order; parts have their place once that is there of which they are.
    let (wholes, parts): (Vec<Row>, Vec<Row>) =
        rows::fetch(pool, query).await?.into_iter().partition(Row::is_whole);
    let mut loaded = Loaded::default();
    for row in wholes.into_iter().chain(parts) {
        loaded.add(row);
    }
    Ok(loaded)
}

impl Row {
    /// Whether others are parts of it.
    fn is_whole(&self) -> bool {
        matches!(self, Self::Transfer(_) | Self::Handoff(_))
    }
}

impl Loaded {
    fn add(&mut self, row: Row) {
        match row {
            Row::Transfer(transfer) => {
                self.lives.insert(transfer.id.0, Life::of(*transfer));
            }
            Row::Handoff(handoff) => {
                let life = HandoffLife { handoff: *handoff, lanes: BTreeMap::new() };
                self.handoffs.insert(life.handoff.id.0, life);
            }
            Row::Clock(clock) => {
                if let Some(life) = self.lives.get_mut(&clock.transfer_id.0) {
                    life.clocks.insert((clock.code, clock.run), *clock);
                }
            }
            Row::Feedback(feedback) => {
                if let Some(life) = self.lives.get_mut(&feedback.transfer_id.0) {
                    life.feedbacks.insert(feedback.feedback, feedback);
                }
            }
            Row::Assignment(assignment) => {
                if let Some(life) = self.lives.get_mut(&assignment.transfer_id.0) {
                    life.assignments.insert(assignment.department.clone(), assignment);
                }
            }
            Row::Scorecard(score) => {
                if let Some(life) = self.lives.get_mut(&score.transfer_id.0) {
                    life.score = Some(score);
                }
            }
            Row::HandoffLane(lane) => {
                if let Some(life) = self.handoffs.get_mut(&lane.handoff_id.0) {
                    life.lanes.insert(lane.number, lane);
                }
            }
            Row::Parked(stream) => {
                self.parked.insert(stream);
            }
        }
    }
}
