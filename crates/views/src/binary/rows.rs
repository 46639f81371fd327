//! Rows of several tables, on their way in.

use super::columns::Columns;
use super::row::Row;
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
use serde::{Serialize, Serializer};
use sqlx::PgConnection;
use std::collections::BTreeMap;
use std::sync::Arc;
use uuid::Uuid;

/// What the binary format of COPY begins with: its signature, no flags, no extension.
const COPY_HEAD: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// And what it ends with.
const COPY_END: &[u8] = &[0xff, 0xff];

/// Rows by table, to be copied in.
pub(crate) struct Rows {
    columns: Arc<Columns>,
    tables: BTreeMap<&'static str, Tuples>,
    row: Row,
}

/// Rows of one table.
struct Tuples {
    bytes: Vec<u8>,
    count: u64,
}

impl Default for Tuples {
    fn default() -> Self {
        Self { bytes: COPY_HEAD.to_vec(), count: 0 }
    }
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
    body: Bytes<'a>,
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
            body: Bytes(&event.body),
            internal_to: internal_to.as_ref().map(DepartmentId::as_str),
        }
    }
}

/// Rows of the audience.
pub(crate) fn seen(audience: &Audience) -> impl Iterator<Item = AudienceRow<'_>> {
    audience.iter().map(|seen| AudienceRow {
        department: seen.department.as_str(),
        position: seen.position,
        is_party: seen.is_party,
    })
}

impl Rows {
    /// None yet.
    pub(crate) fn new(columns: Arc<Columns>) -> Self {
        Self { columns, tables: BTreeMap::new(), row: Row::default() }
    }

    /// A row of a table, a struct with a field for each column that is not null.
    pub(crate) fn push(&mut self, table: &'static str, row: &impl Serialize) {
        self.row.read(&self.columns.of(table).columns, row);
        let tuples = self.tables.entry(table).or_default();
        self.row.write_tuple(&mut tuples.bytes);
        tuples.count += 1;
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
        for (table, Tuples { mut bytes, count }) in self.tables {
            rows += count;
            bytes.extend_from_slice(COPY_END);
            let statement = format!("copy {schema}.{table} from stdin with (format binary)");
            let mut sink = connection.copy_in_raw(&statement).await?;
            sink.send(bytes).await?;
            sink.finish().await?;
        }
        Ok(rows)
    }
}

/// Bytes, which serde would take for a list of numbers.
struct Bytes<'a>(&'a [u8]);

impl Serialize for Bytes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}
