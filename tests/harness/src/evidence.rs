//! What must hold of the log, the stream and the views, looked at from outside.

use crate::{Casebus, wire};
use serde_json::Value;
use sqlx::{PgPool, Row};
use std::time::{Duration, Instant};

/// The log, the stream and the views of a casebus.
pub struct Evidence {
    pool: PgPool,
    stream: async_nats::jetstream::stream::Stream,
}

impl Evidence {
    /// Looks at a running casebus.
    pub async fn of(casebus: &Casebus) -> Self {
        let connection = casebus.connection();
        let pool = PgPool::connect(connection["owner_database_url"].as_str().unwrap()).await.unwrap();
        let context = async_nats::jetstream::new(wire::connect(casebus).await);
        let begun = Instant::now();
        let stream = loop {
            match context.get_stream("CASEBUS").await {
                Ok(stream) => break stream,
                Err(error) => {
                    assert!(begun.elapsed() < Duration::from_secs(30), "the stream is not there: {error}");
                }
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        };
        Self { pool, stream }
    }

    /// Position of the last event.
    pub async fn head(&self) -> i64 {
        sqlx::query_scalar("select position from log.log_head").fetch_one(&self.pool).await.unwrap()
    }

    /// How many events of a type a transfer has.
    pub async fn count(&self, transfer: &str, event_type: &str) -> i64 {
        let query = "select count(*) from log.event where stream_id = $1::uuid and event_type = $2";
        sqlx::query_scalar(query).bind(transfer).bind(event_type).fetch_one(&self.pool).await.unwrap()
    }

    /// How many times it is recorded that a clock of a transfer ran out.
    pub async fn missed(&self, transfer: &str, code: &str) -> i64 {
        let query =
            "select count(*) from log.event where stream_id = $1::uuid and event_type = 'time-limit.missed'
            and convert_from(body, 'UTF8')::jsonb #>> '{data,code}' = $2";
        sqlx::query_scalar(query).bind(transfer).bind(code).fetch_one(&self.pool).await.unwrap()
    }

    /// The trace of the event at a position.
    pub async fn traceparent_at(&self, position: i64) -> Option<String> {
        let query = "select traceparent from log.event where position = $1";
        sqlx::query_scalar(query).bind(position).fetch_one(&self.pool).await.unwrap()
    }

    /// The message at a position.
    pub async fn message_at(&self, position: i64) -> String {
        let message = self.stream.get_raw_message(u64::try_from(position).unwrap()).await.unwrap();
        String::from_utf8(message.payload.to_vec()).unwrap()
    }

    /// How often a transfer was sent with this title.
    pub async fn sent_with_title(&self, title: &str) -> i64 {
        let query = "select count(*) from log.event where version = 1
            and convert_from(body, 'UTF8')::jsonb #>> '{data,title}' = $1";
        sqlx::query_scalar(query).bind(title).fetch_one(&self.pool).await.unwrap()
    }

    /// Titles of all transfers that were sent, with how often.
    pub async fn titles(&self) -> std::collections::HashMap<String, i64> {
        let query = "select convert_from(body, 'UTF8')::jsonb #>> '{data,title}' as title, count(*) as n
            from log.event where version = 1 group by 1";
        let rows = sqlx::query(query).fetch_all(&self.pool).await.unwrap();
        rows.iter().map(|row| (row.get("title"), row.get("n"))).collect()
    }

    /// Positions are 1, 2, 3, …, and versions of every stream are 1, 2, 3, ….
    pub async fn positions_are_dense(&self) {
        let row = sqlx::query(
            "select count(*) as n, coalesce(min(position), 1) as low, coalesce(max(position), 0) as high from log.event",
        );
        let row = row.fetch_one(&self.pool).await.unwrap();
        let (count, low, high): (i64, i64, i64) = (row.get("n"), row.get("low"), row.get("high"));
        assert_eq!((low, high), (1, count));
        let gaps: i64 = sqlx::query_scalar(
            "select count(*) from (select stream_id from log.event group by stream_id having max(version) <> count(*)) s",
        )
        .fetch_one(&self.pool)
        .await
        .unwrap();
        assert_eq!(gaps, 0, "streams with a gap");
    }

    /// The stream holds every event of the log under its position, byte for byte.
    pub async fn stream_equals_log(&mut self) {
        let begun = Instant::now();
        // The watch may still write: the stream ends where the log ends at one moment.
        let head = loop {
            let state = self.stream.info().await.unwrap().state.clone();
            let head = self.head().await;
            if state.last_sequence == u64::try_from(head).unwrap() {
                assert_eq!((state.first_sequence, state.messages), (1, state.last_sequence));
                break head;
            }
            assert!(
                begun.elapsed() < Duration::from_mins(1),
                "the stream ends at {}, not {head}",
                state.last_sequence
            );
            tokio::time::sleep(Duration::from_millis(100)).await;
        };
        let rows = sqlx::query(
            "select position, event_id::text as id, body from log.event where position <= $1 order by position",
        );
        for row in rows.bind(head).fetch_all(&self.pool).await.unwrap() {
            let position: i64 = row.get("position");
            let message = self.stream.get_raw_message(u64::try_from(position).unwrap()).await.unwrap();
            let event: Value = serde_json::from_slice(&message.payload).unwrap();
            assert_eq!(event["id"], row.get::<String, _>("id"), "at {position}");
            assert_eq!(event["position"], position);
            let body = row.get::<Vec<u8>, _>("body");
            let is_contained = message.payload.windows(body.len()).any(|window| window == body.as_slice());
            assert!(is_contained, "the message at {position} does not hold the body's bytes");
        }
    }

    /// The views have come to the head, and every transfer stands as its last event says.
    pub async fn views_equal_log(&self) {
        let begun = Instant::now();
        // The watch may still write: log and views are compared as they stand at one moment.
        let (mut moment, head) = loop {
            let mut moment = self.pool.begin_with("begin isolation level repeatable read").await.unwrap();
            let (position, head): (i64, i64) =
                sqlx::query_as("select c.position, h.position from views_1.checkpoint c, log.log_head h")
                    .fetch_one(&mut *moment)
                    .await
                    .unwrap();
            if position == head {
                break (moment, head);
            }
            assert!(begun.elapsed() < Duration::from_mins(1), "the views are at {position}, not {head}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        };
        let query = "select count(*) from (
              select distinct on (stream_id) stream_id, version, position,
                     convert_from(body, 'UTF8')::jsonb #>> '{after,state}' as state,
                     convert_from(body, 'UTF8')::jsonb #>> '{after,holder}' as holder
                from log.event order by stream_id, version desc) e
            full join views_1.transfer t on t.id = e.stream_id
            where t.id is null or e.stream_id is null or t.version <> e.version or t.position <> e.position
               or t.state <> e.state or t.holder is distinct from e.holder";
        let different: i64 = sqlx::query_scalar(query).fetch_one(&mut *moment).await.unwrap();
        assert_eq!(different, 0, "transfers that the views show otherwise than the log");
        let lines = sqlx::query_scalar("select count(*) from views_1.timeline").fetch_one(&mut *moment);
        let lines: i64 = lines.await.unwrap();
        assert_eq!(lines, head, "every event stands in the timeline");
    }
}
