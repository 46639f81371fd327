//! Whole streams folded in memory, and their rows copied in.

use super::stage::Stage;
use crate::batch::Batch;
use crate::binary::{Rows, TIMELINE};
use crate::projection::{REFUSED, is_refused};
use crate::{Event, ViewsError};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use std::collections::BTreeSet;
use uuid::Uuid;

/// What was copied in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Copied {
    /// Events that were folded or parked.
    pub events: u64,
    /// Rows of all tables.
    pub rows: u64,
    /// Events that were parked.
    pub parked: u64,
}

impl std::ops::AddAssign for Copied {
    fn add_assign(&mut self, other: Self) {
        self.events += other.events;
        self.rows += other.rows;
        self.parked += other.parked;
    }
}

impl Stage {
    /// Copies whole streams in, of which the stage holds no rows but perhaps those of some events (`known`). Where
    /// Postgres refuses a value, its event is parked, as it is live.
    pub(super) async fn copy(
        &self,
        connection: &mut PgConnection,
        events: Vec<Event>,
        known: &BTreeSet<i64>,
    ) -> Result<Copied, ViewsError> {
        match self.copy_folded(connection, fold(&events, None), known).await {
            Err(error) if is_refused(&error) => {}
            copied => return copied,
        }
        let mut copied = Copied::default();
        for stream in events.chunk_by(|one, next| one.stream_id == next.stream_id) {
            copied += self.copy_stream(connection, stream, known).await?;
        }
        Ok(copied)
    }

    /// Copies one stream in; of one with a value that Postgres refuses, all before that event.
    async fn copy_stream(
        &self,
        connection: &mut PgConnection,
        stream: &[Event],
        known: &BTreeSet<i64>,
    ) -> Result<Copied, ViewsError> {
        for refused in (0..=stream.len()).rev() {
            let refused = (refused < stream.len()).then_some(refused);
            match self.copy_folded(connection, fold(stream, refused), known).await {
                Err(error) if is_refused(&error) => {}
                copied => return copied,
            }
        }
        // With the first event parked nothing is left to refuse.
        self.copy_folded(connection, fold(stream, Some(0)), known).await
    }

    /// Copies rows in: all of them or none.
    async fn copy_folded(
        &self,
        connection: &mut PgConnection,
        batch: Batch<'_>,
        known: &BTreeSet<i64>,
    ) -> Result<Copied, ViewsError> {
        let events = batch.folded.len() + batch.parked.len();
        let parked = batch.parked.len();
        let rows = self.rows(&batch, known);
        drop(batch);
        let mut transaction = connection.begin().await?;
        // The switch waits for the disk, and with it for all that was written before.
        transaction.execute("set local synchronous_commit = off").await?;
        let rows = rows.copy(&mut transaction, self.schema).await?;
        transaction.commit().await?;
        Ok(Copied { events: count(events), rows, parked: count(parked) })
    }

    /// The rows that the live fold would have left.
    fn rows(&self, batch: &Batch<'_>, known: &BTreeSet<i64>) -> Rows {
        let mut rows = Rows::new(self.columns.clone());
        batch.entries.values().filter_map(|entry| entry.after.as_ref()).for_each(|life| rows.push_life(life));
        let handoffs = batch.handoffs.values().filter_map(|entry| entry.after.as_ref());
        handoffs.for_each(|life| rows.push_handoff(life));
        batch.documents.iter().for_each(|document| rows.push_document(document));
        batch.parked.iter().for_each(|event| rows.push_parked(event));
        let told = batch.folded.iter().filter(|told| !known.contains(&told.event.position));
        told.for_each(|told| rows.push_event(told));
        rows.push_audience(&batch.audience, |position| !known.contains(&position));
        rows
    }

    /// The positions of these streams that the timeline holds.
    pub(super) async fn known_positions(
        &self,
        connection: &mut PgConnection,
        streams: &[Uuid],
    ) -> Result<BTreeSet<i64>, ViewsError> {
        let query = format!("select position from {}.{TIMELINE} where transfer_id = any($1)", self.schema);
        let positions: Vec<i64> =
            sqlx::query_scalar(AssertSqlSafe(query)).bind(streams).fetch_all(connection).await?;
        Ok(positions.into_iter().collect())
    }

    /// Takes the rows of these streams away, all but those that never change.
    pub(super) async fn clear(
        &self,
        connection: &mut PgConnection,
        streams: &[Uuid],
    ) -> Result<(), ViewsError> {
        for (table, key) in super::STREAM_TABLES.into_iter().filter(|(table, _)| *table != TIMELINE) {
            let statement = format!("delete from {}.{table} where {key} = any($1)", self.schema);
            connection.execute(sqlx::query(AssertSqlSafe(statement)).bind(streams)).await?;
        }
        Ok(())
    }
}

/// Folds whole streams; the event at the index given is parked as one that Postgres refuses, and so are those after it.
fn fold(events: &[Event], refused: Option<usize>) -> Batch<'_> {
    let mut batch = Batch::default();
    for (index, event) in events.iter().enumerate() {
        if refused == Some(index) {
            batch.park(event, REFUSED.to_owned());
        } else {
            batch.fold(event);
        }
    }
    batch
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
