//! Whole streams folded in memory, and their rows copied in.

use super::lines::Lines;
use super::stage::Stage;
use super::{AUDIENCE, TIMELINE};
use crate::batch::{Batch, is_refused};
use crate::rows::as_stored;
use crate::{Event, ViewsError};
use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use std::collections::{BTreeMap, BTreeSet};
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

/// A row of the timeline.
#[derive(Serialize)]
struct TimelineRow<'a> {
    position: i64,
    transfer_id: Uuid,
    version: i64,
    event_id: Uuid,
    event_type: &'a str,
    schema_version: i16,
    number: Option<i64>,
    occurred_at: DateTime<Utc>,
    recorded_at: DateTime<Utc>,
    actor: &'a str,
    body: String,
    internal_to: Option<&'a str>,
}

/// A row of the audience.
#[derive(Serialize)]
struct AudienceRow<'a> {
    department: &'a str,
    position: i64,
    is_party: bool,
}

/// A row of what was not folded.
#[derive(Serialize)]
struct ParkedRow<'a> {
    stream_id: Uuid,
    position: i64,
    reason: &'a str,
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
        batch: Batch,
        known: &BTreeSet<i64>,
    ) -> Result<Copied, ViewsError> {
        let events = batch.folded.len() + batch.parked.len();
        let parked = batch.parked.len();
        let tables = self.lines(&batch, known);
        drop(batch);
        let mut copied = Copied { events: count(events), rows: 0, parked: count(parked) };
        let mut transaction = connection.begin().await?;
        for (table, lines) in tables.into_iter().filter(|(_, lines)| lines.rows > 0) {
            copied.rows += lines.rows;
            let mut sink = transaction.copy_in_raw(&self.copy_statement(table)).await?;
            sink.send(lines.text).await?;
            sink.finish().await?;
        }
        transaction.commit().await?;
        Ok(copied)
    }

    /// The rows that the live fold would have left.
    fn lines(&self, batch: &Batch, known: &BTreeSet<i64>) -> BTreeMap<&'static str, Lines> {
        let mut tables: BTreeMap<&'static str, Lines> = BTreeMap::new();
        macro_rules! push {
            ($table:expr, $row:expr) => {
                tables.entry($table).or_default().push(self.columns($table), $row)
            };
        }
        for life in batch.entries.values().filter_map(|entry| entry.after.as_ref()) {
            push!("transfer", &life.transfer);
            life.clocks.values().for_each(|clock| push!("clock", clock));
            life.feedbacks.values().for_each(|feedback| push!("feedback", feedback));
            life.assignments.values().for_each(|assignment| push!("assignment", assignment));
            life.score.iter().for_each(|score| push!("scorecard", score));
            life.unacknowledged().iter().for_each(|place| push!("unacknowledged", place));
            life.missing_feedback().iter().for_each(|place| push!("missing_feedback", place));
        }
        for life in batch.handoffs.values().filter_map(|entry| entry.after.as_ref()) {
            push!("handoff", &life.handoff);
            life.lanes.values().for_each(|lane| push!("handoff_lane", lane));
        }
        batch.documents.iter().for_each(|document| push!("handoff_document", document));
        for event in &batch.parked {
            let row =
                ParkedRow { stream_id: event.stream_id, position: event.position, reason: &event.reason };
            push!("parked", &row);
        }
        for told in batch.folded.iter().filter(|told| !known.contains(&told.event.position)) {
            let internal_to = told.internal_to.as_ref().map(contract::ids::DepartmentId::as_str);
            push!(TIMELINE, &timeline_row(&told.event, internal_to));
        }
        for ((department, position), is_party) in
            batch.audience.iter().filter(|((_, position), _)| !known.contains(position))
        {
            let row =
                AudienceRow { department: department.as_str(), position: *position, is_party: *is_party };
            push!(AUDIENCE, &row);
        }
        tables
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

fn timeline_row<'a>(event: &'a Event, internal_to: Option<&'a str>) -> TimelineRow<'a> {
    TimelineRow {
        position: event.position,
        transfer_id: event.stream_id,
        version: event.version,
        event_id: event.event_id,
        event_type: &event.event_type,
        schema_version: event.schema_version,
        number: event.number,
        occurred_at: as_stored(event.occurred_at),
        recorded_at: as_stored(event.recorded_at),
        actor: &event.actor,
        body: hexadecimal(&event.body),
        internal_to,
    }
}

/// Bytes as Postgres reads them.
fn hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(2 + 2 * bytes.len());
    text.push_str("\\x");
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

/// Folds whole streams; the event at the index given is parked as one that Postgres refuses, and so are those after it.
fn fold(events: &[Event], refused: Option<usize>) -> Batch {
    let mut batch = Batch::default();
    for (index, event) in events.iter().enumerate() {
        if refused == Some(index) {
            batch.park(event, crate::batch::REFUSED.to_owned());
        } else {
            batch.fold(event.clone());
        }
    }
    batch
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
