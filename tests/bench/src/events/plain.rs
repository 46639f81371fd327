//! Events of one size, whose bodies look like those of transfers as far as the bus has to look.

use chrono::{DateTime, Utc};
use contract::ids::fresh_id;
use log::NewEvent;
use uuid::Uuid;

/// Events of one stream before the next one begins.
const STREAM_EVENTS: i64 = 5;
/// Size of a body.
pub(crate) const BODY_BYTES: usize = 400;

/// Gives one writer its events.
#[derive(Debug)]
pub(crate) struct EventSource {
    stream_id: Uuid,
    version: i64,
    stream_events: i64,
    body: Vec<u8>,
}

impl EventSource {
    /// Begins with a stream of its own; each stream gets five events.
    pub(crate) fn new(writer: usize) -> Self {
        Self::with_streams_of(writer, STREAM_EVENTS)
    }

    /// The same with streams of another length.
    pub(crate) fn with_streams_of(writer: usize, stream_events: i64) -> Self {
        let id = fresh_id();
        let start = format!(
            "{{\"transfer\":{{\"id\":\"{id}\",\"kind\":\"clue_transfer\",\"from\":\"320100-wjw\",\
             \"to\":\"320100-ybj\",\"matter\":\"{id}\"}},\"writer\":{writer},\"summary\":\""
        );
        let filler = BODY_BYTES.saturating_sub(start.len() + 2);
        let body = format!("{start}{}\"}}", "x".repeat(filler)).into_bytes();
        Self { stream_id: fresh_id(), version: 0, stream_events, body }
    }

    /// The next event, and the version at which its stream stands before it.
    pub(crate) fn next_event(&mut self) -> (NewEvent, i64) {
        if self.version == self.stream_events {
            self.stream_id = fresh_id();
            self.version = 0;
        }
        let before = self.version;
        self.version += 1;
        let event = NewEvent {
            stream_id: self.stream_id,
            event_id: fresh_id(),
            event_type: "clue-transfer.sent".to_owned(),
            schema_version: 1,
            occurred_at: DateTime::<Utc>::UNIX_EPOCH,
            actor: "120106-wjw/clerk/k_7Hq0aZ9bY8cX".to_owned(),
            correlation_id: self.stream_id,
            causation_id: None,
            number_series: None,
            traceparent: None,
            body: self.body.clone(),
        };
        (event, before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_followed_by_another_and_bodies_have_their_size() {
        let mut source = EventSource::new(17);
        let events: Vec<(NewEvent, i64)> = (0..6).map(|_| source.next_event()).collect();
        assert_eq!(events.iter().map(|(_, before)| *before).collect::<Vec<_>>(), [0, 1, 2, 3, 4, 0]);
        assert_ne!(events[4].0.stream_id, events[5].0.stream_id);
        assert!(events.iter().all(|(event, _)| event.body.len() == BODY_BYTES));
    }

    #[test]
    fn a_body_is_json() {
        let (event, _) = EventSource::new(3).next_event();
        let body: serde_json::Value = serde_json::from_slice(&event.body).unwrap();
        assert_eq!(body["transfer"]["to"], "320100-ybj");
    }
}
