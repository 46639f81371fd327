//! Rows of several tables, on their way in.

use super::columns::Columns;
use super::lines::Lines;
use super::{AUDIENCE, TIMELINE};
use crate::ViewsError;
use crate::audience::Audience;
use crate::handoff::{HandoffDocument, HandoffLife};
use crate::life::Life;
use crate::parked::Parked;
use crate::rows::as_stored;
use crate::timeline::Told;
use chrono::{DateTime, Utc};
use contract::ids::DepartmentId;
use serde::Serialize;
use sqlx::PgConnection;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Rows by table.
pub(crate) struct Rows<'a> {
    columns: &'a Columns,
    tables: BTreeMap<&'static str, Lines>,
}

/// A row of the timeline.
#[derive(Serialize)]
pub(crate) struct TimelineRow<'a> {
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
pub(crate) struct AudienceRow<'a> {
    department: &'a str,
    position: i64,
    is_party: bool,
}

impl<'a> From<&'a Told<'_>> for TimelineRow<'a> {
    fn from(Told { event, internal_to }: &'a Told<'_>) -> Self {
        Self {
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
            internal_to: internal_to.as_ref().map(DepartmentId::as_str),
        }
    }
}

/// Rows of the audience.
pub(crate) fn seen(audience: &Audience) -> impl Iterator<Item = AudienceRow<'_>> {
    audience.iter().map(|((department, position), is_party)| AudienceRow {
        department: department.as_str(),
        position: *position,
        is_party: *is_party,
    })
}

impl<'a> Rows<'a> {
    /// None yet.
    pub(crate) fn new(columns: &'a Columns) -> Self {
        Self { columns, tables: BTreeMap::new() }
    }

    /// A row of a table, a struct with a field for each column that is not null.
    pub(crate) fn push(&mut self, table: &'static str, row: &impl Serialize) {
        self.tables.entry(table).or_default().push(self.columns.of(table), row);
    }

    /// The rows of a transfer.
    pub(crate) fn push_life(&mut self, life: &Life) {
        self.push("transfer", &life.transfer);
        life.clocks.values().for_each(|clock| self.push("clock", clock));
        life.feedbacks.values().for_each(|feedback| self.push("feedback", feedback));
        life.assignments.values().for_each(|assignment| self.push("assignment", assignment));
        life.score.iter().for_each(|score| self.push("scorecard", score));
        life.unacknowledged().iter().for_each(|place| self.push("unacknowledged", place));
        life.missing_feedback().iter().for_each(|place| self.push("missing_feedback", place));
    }

    /// The rows of a handoff.
    pub(crate) fn push_handoff(&mut self, life: &HandoffLife) {
        self.push("handoff", &life.handoff);
        life.lanes.values().for_each(|lane| self.push("handoff_lane", lane));
    }

    /// A paper of a handoff.
    pub(crate) fn push_document(&mut self, document: &HandoffDocument) {
        self.push("handoff_document", document);
    }

    /// An event that was not folded.
    pub(crate) fn push_parked(&mut self, event: &Parked) {
        self.push("parked", event);
    }

    /// An event that was folded.
    pub(crate) fn push_event(&mut self, told: &Told<'_>) {
        self.push(TIMELINE, &TimelineRow::from(told));
    }

    /// Who sees which event, as far as the position is wanted.
    pub(crate) fn push_audience(&mut self, audience: &Audience, is_wanted: impl Fn(i64) -> bool) {
        seen(audience).filter(|row| is_wanted(row.position)).for_each(|row| self.push(AUDIENCE, &row));
    }

    /// Copies them in; answers how many there were.
    pub(crate) async fn copy(self, connection: &mut PgConnection, schema: &str) -> Result<u64, ViewsError> {
        let mut rows = 0;
        for (table, lines) in self.tables {
            rows += lines.rows;
            let statement = format!("copy {schema}.{table} (\"{}\") from stdin", lines.names.join("\", \""));
            let mut sink = connection.copy_in_raw(&statement).await?;
            sink.send(lines.text).await?;
            sink.finish().await?;
        }
        Ok(rows)
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
