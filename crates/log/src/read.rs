//! Reading the log.

use crate::wait::Hints;
use crate::{LogError, bulk};
use chrono::{DateTime, Utc};
use sqlx::{PgExecutor, PgPool};
use std::time::Duration;
use tokio::time::timeout;
use uuid::Uuid;

/// How long Postgres may take to answer. On a connection that the network dropped without a word it would be for ever.
const PATIENCE: Duration = Duration::from_secs(30);

/// A handle on the log in the epoch in which it was opened.
#[derive(Clone, Debug)]
pub struct Log {
    pub(crate) pool: PgPool,
    pub(crate) epoch: i64,
    pub(crate) hints: Hints,
}

/// The end of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Position of the last event; 0 in an empty log.
    pub position: i64,
    /// The epoch.
    pub epoch: i64,
}

/// How the log stands with its server: what [`Log::resume`] needs to have been seen before a comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The epoch.
    pub epoch: i64,
    /// Why nothing may be appended, where it is halted.
    pub halted: Option<String>,
    /// Whether events that were acknowledged are lost: then only a new epoch ends that.
    pub is_lost: bool,
    /// Whether a relay has compared it with the stream since this server started, or none need to.
    pub is_compared: bool,
    /// When the server started that was asked.
    pub server_started_at: DateTime<Utc>,
}

/// One event as the log holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedEvent {
    /// Position: 1, 2, 3, …
    pub position: i64,
    /// Epoch in which it was read.
    pub epoch: i64,
    /// Id.
    pub event_id: Uuid,
    /// Stream.
    pub stream_id: Uuid,
    /// Place in the stream: 1, 2, 3, …
    pub version: i64,
    /// `<family>.<event>`.
    pub event_type: String,
    /// Version of the body's shape.
    pub schema_version: i16,
    /// Number in its series.
    pub number: Option<i64>,
    /// Business time.
    pub occurred_at: DateTime<Utc>,
    /// Log time.
    pub recorded_at: DateTime<Utc>,
    /// Who acted.
    pub actor: String,
    /// What it belongs to.
    pub correlation_id: Uuid,
    /// What caused it.
    pub causation_id: Option<Uuid>,
    /// Trace in which it was asked for, as a `traceparent`.
    pub traceparent: Option<String>,
    /// The exact bytes.
    pub body: Vec<u8>,
}

/// A place in the order of streams and versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamPlace {
    /// The stream.
    pub stream_id: Uuid,
    /// The version within it; 0 is before all.
    pub version: i64,
}

/// Reads events in the columns of [`RecordedEvent`], whatever follows `from log.event e`.
macro_rules! read_events {
    ($pool:expr, $rest:literal, $($argument:expr),+) => {
        sqlx::query_as!(
            RecordedEvent,
            r#"select e.position, (select h.epoch from log.log_head h) as "epoch!", e.event_id, e.stream_id, e.version,
                 e.event_type, e.schema_version, e.number, e.occurred_at, e.recorded_at, e.actor, e.correlation_id,
                 e.causation_id, e.traceparent, e.body from log.event e "# + $rest,
            $($argument),+
        )
        .fetch_all($pool)
    };
}

/// What Postgres answers, in time.
pub(crate) async fn answer<Answer>(
    asked: impl Future<Output = Result<Answer, sqlx::Error>>,
) -> Result<Answer, LogError> {
    Ok(timeout(PATIENCE, asked).await.map_err(|_| LogError::no_answer())??)
}

impl Log {
    /// Opens the log and remembers its epoch.
    pub async fn open(pool: PgPool) -> Result<Self, LogError> {
        Self::open_sharing(pool, &Hints::default()).await
    }

    /// The same, sharing what other handles of this process hear.
    pub async fn open_sharing(pool: PgPool, hints: &Hints) -> Result<Self, LogError> {
        let row = answer(
            sqlx::query!(r#"select epoch as "epoch!", position as "position!" from log.log_head"#)
                .fetch_one(&pool),
        )
        .await?;
        hints.begin_at(row.epoch, row.position);
        Ok(Self { pool, epoch: row.epoch, hints: hints.clone() })
    }

    /// The epoch in which the log was opened.
    pub fn epoch(&self) -> i64 {
        self.epoch
    }

    /// The pool behind the handle.
    pub fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// Where the log ends. Where it has gone back, events are lost: then the log is halted.
    pub async fn head(&self) -> Result<Head, LogError> {
        let known = self.hints.known().end(self.epoch);
        let asked =
            sqlx::query_as!(Head, r#"select position as "position!", epoch as "epoch!" from log.log_head"#)
                .fetch_one(&self.pool);
        let head = answer(asked).await?;
        if head.epoch == self.epoch && head.position < known {
            self.look_for_losses(&self.pool).await?;
        }
        self.hints.known().ends(head.epoch, head.position);
        Ok(head)
    }

    /// Business time of the last event, if there is one.
    pub async fn last_occurred_at(&self) -> Result<Option<DateTime<Utc>>, LogError> {
        let asked = sqlx::query_scalar!("select occurred_at from log.event order by position desc limit 1")
            .fetch_optional(&self.pool);
        answer(asked).await
    }

    /// How it stands with its server.
    pub async fn standing(&self) -> Result<Standing, LogError> {
        let asked = sqlx::query_as!(
            Standing,
            r#"select epoch as "epoch!", halted, lost_in_epoch is not distinct from epoch as "is_lost!",
                 compared_on is null or compared_on = pg_postmaster_start_time() as "is_compared!",
                 pg_postmaster_start_time() as "server_started_at!" from log.log_head"#
        );
        answer(asked.fetch_one(&self.pool)).await
    }

    /// The events of one stream, in order.
    pub async fn read_stream(&self, stream_id: Uuid) -> Result<Vec<RecordedEvent>, LogError> {
        answer(read_events!(&self.pool, "where e.stream_id = $1 order by e.version", stream_id)).await
    }

    /// The events of one stream after a version, in order.
    pub async fn read_stream_after(
        &self,
        stream_id: Uuid,
        version: i64,
    ) -> Result<Vec<RecordedEvent>, LogError> {
        answer(read_events!(
            &self.pool,
            "where e.stream_id = $1 and e.version > $2 order by e.version",
            stream_id,
            version
        ))
        .await
    }

    /// The first event of one stream and its last one up to a position, in order; one event where they are the same.
    pub async fn read_first_and_last(
        &self,
        stream_id: Uuid,
        up_to: i64,
    ) -> Result<Vec<RecordedEvent>, LogError> {
        answer(read_events!(
            &self.pool,
            "where e.stream_id = $1 and e.position <= $2 and (e.version = 1 or e.version =
               (select max(l.version) from log.event l where l.stream_id = $1 and l.position <= $2))
             order by e.version",
            stream_id,
            up_to
        ))
        .await
    }

    /// The events after a position, in order, without holes.
    pub async fn read_after(&self, position: i64, limit: i64) -> Result<Vec<RecordedEvent>, LogError> {
        let events = if limit >= bulk::MANY {
            let rest = format!("where e.position > {position} order by e.position limit {limit}");
            bulk::read(&self.pool, &rest).await?
        } else {
            let few = read_events!(
                &self.pool,
                "where e.position > $1 order by e.position limit $2",
                position,
                limit
            );
            answer(few).await?
        };
        self.note_read(&events);
        Ok(events)
    }

    /// Events in order of their streams, and of their versions within a stream: those after a place, of streams up to
    /// one, as far as a position.
    pub async fn read_by_stream(
        &self,
        after: StreamPlace,
        last_stream: Uuid,
        up_to: i64,
        limit: i64,
    ) -> Result<Vec<RecordedEvent>, LogError> {
        if limit >= bulk::MANY {
            let StreamPlace { stream_id, version } = after;
            let rest = format!(
                "where (e.stream_id, e.version) > ('{stream_id}', {version}) and e.stream_id <= '{last_stream}'
                   and e.position <= {up_to} order by e.stream_id, e.version limit {limit}"
            );
            return bulk::read(&self.pool, &rest).await;
        }
        answer(read_events!(
            &self.pool,
            "where (e.stream_id, e.version) > ($1, $2) and e.stream_id <= $3 and e.position <= $4
             order by e.stream_id, e.version limit $5",
            after.stream_id,
            after.version,
            last_stream,
            up_to,
            limit
        ))
        .await
    }

    /// All events of these streams as far as a position, in order of streams and versions.
    pub async fn read_streams(&self, streams: &[Uuid], up_to: i64) -> Result<Vec<RecordedEvent>, LogError> {
        answer(read_events!(
            &self.pool,
            "where e.stream_id = any($1) and e.position <= $2 order by e.stream_id, e.version",
            streams,
            up_to
        ))
        .await
    }

    /// The streams that have an event after a position, as far as another, in order; it takes as long as there are many.
    pub async fn streams_between(&self, after: i64, up_to: i64) -> Result<Vec<Uuid>, LogError> {
        let streams = sqlx::query_scalar!(
            "select distinct stream_id from log.event where position > $1 and position <= $2 order by stream_id",
            after,
            up_to
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(streams)
    }

    /// For how long the event after a position has been in the log; zero when there is none.
    pub async fn waiting_since(&self, position: i64) -> Result<Duration, LogError> {
        let asked = sqlx::query_scalar!(
            r#"select extract(epoch from clock_timestamp() - recorded_at)::float8 as "seconds!"
                 from log.event where position = $1"#,
            position + 1
        )
        .fetch_optional(&self.pool);
        let seconds = answer(asked).await?;
        Ok(Duration::from_secs_f64(seconds.unwrap_or_default().max(0.0)))
    }

    /// The positions of an earlier command of this id, and the hash of the request behind it.
    pub async fn find_command(&self, id: Uuid) -> Result<Option<EarlierCommand>, LogError> {
        find_command(&self.pool, id).await
    }
}

/// The same, on a connection that the caller keeps.
pub(crate) async fn find_command(
    executor: impl PgExecutor<'_>,
    id: Uuid,
) -> Result<Option<EarlierCommand>, LogError> {
    let asked = sqlx::query_as!(
        EarlierCommand,
        r#"select position as first, position + command_size - 1 as "last!", stream_id, request_hash as "request_hash!"
             from log.event where command_id = $1"#,
        id
    )
    .fetch_optional(executor);
    answer(asked).await
}

/// A command that is in the log already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EarlierCommand {
    /// Position of its first event.
    pub first: i64,
    /// Position of its last event.
    pub last: i64,
    /// Stream of its first event.
    pub stream_id: Uuid,
    /// SHA-256 of its request.
    pub request_hash: Vec<u8>,
}
