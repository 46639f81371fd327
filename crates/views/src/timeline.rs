//! Every event that was folded, with its exact bytes: the history of a transfer, and the feed.

use crate::visibility::Sight;
use crate::{Event, Views, ViewsError, Visibility, audience, checkpoint};
use chrono::{DateTime, Utc};
use contract::ids::{DepartmentId, EventId, TransferId};
use futures_util::TryStreamExt;
use sqlx::PgPool;
use uuid::Uuid;

/// Bytes of bodies with which a page of the feed ends, whatever its limit: one event may have 256 KiB.
const PAGE_BYTES: usize = 8 * 1024 * 1024;

/// An event, as a reader gets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimelineEvent {
    /// Position in the log.
    pub position: i64,
    /// The transfer.
    pub transfer: TransferId,
    /// Version of the transfer after the event.
    pub version: i64,
    /// Id.
    pub event_id: EventId,
    /// `<family>.<event>`.
    pub event_type: String,
    /// Version of the body's shape.
    pub schema_version: i16,
    /// Running number, on the event that numbered the transfer.
    pub number: Option<i64>,
    /// Business time.
    pub occurred_at: DateTime<Utc>,
    /// When the log recorded it.
    pub recorded_at: DateTime<Utc>,
    /// Who acted.
    pub actor: String,
    /// The exact bytes.
    pub body: Vec<u8>,
}

/// A page of the feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedPage {
    /// The events that the caller may see, in order.
    pub events: Vec<TimelineEvent>,
    /// Up to here there are no other events for the caller; the next page begins after it.
    pub covered_to: i64,
    /// How far the read model has come.
    pub folded_to: i64,
    /// Epoch of the positions; 0 while nothing is folded.
    pub epoch: i64,
    /// From here on events may be missing that could not be folded yet, for whatever caller: once they are, they stand at
    /// their positions. `None` when nothing up to `covered_to` is.
    pub incomplete_from: Option<i64>,
}

/// An event that was folded, as it is written down.
pub(crate) struct Told<'a> {
    /// The event.
    pub(crate) event: &'a Event,
    /// The only department that may read it, of an internal one; of a handoff's event that is no matter of its parties
    /// the one that acted, and the audience says who reads it.
    pub(crate) internal_to: Option<DepartmentId>,
}

/// A row as sqlx reads it.
struct Row {
    position: i64,
    transfer_id: Uuid,
    version: i64,
    event_id: Uuid,
    event_type: String,
    schema_version: i16,
    number: Option<i64>,
    occurred_at: DateTime<Utc>,
    recorded_at: DateTime<Utc>,
    actor: String,
    body: Vec<u8>,
}

impl From<Row> for TimelineEvent {
    fn from(row: Row) -> Self {
        Self {
            position: row.position,
            transfer: TransferId(row.transfer_id),
            version: row.version,
            event_id: EventId(row.event_id),
            event_type: row.event_type,
            schema_version: row.schema_version,
            number: row.number,
            occurred_at: row.occurred_at,
            recorded_at: row.recorded_at,
            actor: row.actor,
            body: row.body,
        }
    }
}

/// Reads events in the columns of [`Row`], whatever follows `from views_1.timeline`.
macro_rules! read_events {
    ($rest:literal, $($argument:expr),+) => {
        sqlx::query_as!(
            Row,
            "select position, transfer_id, version, event_id, event_type, schema_version, number, occurred_at,
               recorded_at, actor, body from views_1.timeline " + $rest,
            $($argument),+
        )
    };
}

impl Views {
    /// The events of a transfer after a version, in order; those inside a department only for the department itself.
    pub async fn events_of(
        &self,
        visibility: &Visibility,
        transfer: TransferId,
        after_version: i64,
        limit: i64,
    ) -> Result<Vec<TimelineEvent>, ViewsError> {
        if self.transfer_by_id(visibility, transfer).await?.is_none() {
            return Ok(Vec::new());
        }
        let rows = read_events!(
            "where transfer_id = $1 and version > $2 and (internal_to is null or internal_to = $3)
              order by version limit $4",
            transfer.0,
            after_version,
            Sight::from(visibility).own,
            limit
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().map(TimelineEvent::from).collect())
    }

    /// The events of streams after a position, in order, whoever asks. The order is that of the positions; by their index the
    /// whole timeline would be read for a few events.
    pub(crate) async fn events_of_streams(
        &self,
        streams: &[Uuid],
        after: i64,
        limit: i64,
    ) -> Result<Vec<TimelineEvent>, ViewsError> {
        let rows = read_events!(
            "where transfer_id = any($1) and position > $2 order by recorded_at, position limit $3",
            streams,
            after,
            limit
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().map(TimelineEvent::from).collect())
    }

    /// The events of a stream up to a version, the last one first, whoever asks.
    pub(crate) async fn last_events_of_stream(
        &self,
        stream: Uuid,
        up_to_version: i64,
        limit: i64,
    ) -> Result<Vec<TimelineEvent>, ViewsError> {
        let rows = read_events!(
            "where transfer_id = $1 and version <= $2 order by version desc limit $3",
            stream,
            up_to_version,
            limit
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().map(TimelineEvent::from).collect())
    }

    /// The events after a position that the caller may see, in order, as many as are wanted and go into a page.
    pub async fn feed(
        &self,
        visibility: &Visibility,
        after: i64,
        limit: i64,
    ) -> Result<FeedPage, ViewsError> {
        // Read first: what is folded meanwhile belongs to the next page.
        let ask = || {
            sqlx::query!(
                "select position, epoch, (select min(p.position) from views_1.parked p) as parked_from
                   from views_1.checkpoint where view_set = 'views_1.2'"
            )
            .fetch_one(&self.pool)
        };
        let stand = checkpoint::found(ask).await?;
        let positions;
        let mut rows = match visibility {
            Visibility::All => read_events!(
                "where position > $1 and position <= $2 and internal_to is null order by position limit $3",
                after,
                stand.position,
                limit
            )
            .fetch(&self.pool),
            Visibility::Parties(_) | Visibility::Region { .. } => {
                positions = audience::positions(&self.pool, visibility, after, stand.position, limit).await?;
                read_events!("where position = any($1) order by position", &positions).fetch(&self.pool)
            }
        };
        let (mut events, mut bytes) = (Vec::new(), 0);
        while bytes < PAGE_BYTES
            && let Some(row) = rows.try_next().await?
        {
            bytes += row.body.len();
            events.push(TimelineEvent::from(row));
        }
        drop(rows);
        let is_full = bytes >= PAGE_BYTES || i64::try_from(events.len()).is_ok_and(|length| length >= limit);
        let last = events.last().map(|event| event.position).filter(|_| is_full);
        let covered_to = last.unwrap_or(stand.position).max(after);
        let incomplete_from = stand.parked_from.filter(|position| *position <= covered_to);
        Ok(FeedPage { events, covered_to, folded_to: stand.position, epoch: stand.epoch, incomplete_from })
    }
}

/// The events of these transfers that had occurred at a moment, by transfer and version.
pub(crate) async fn up_to(
    pool: &PgPool,
    transfers: &[Uuid],
    moment: DateTime<Utc>,
) -> Result<Vec<TimelineEvent>, ViewsError> {
    let rows = read_events!(
        "where transfer_id = any($1) and occurred_at <= $2 order by transfer_id, version",
        transfers,
        moment
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(TimelineEvent::from).collect())
}
