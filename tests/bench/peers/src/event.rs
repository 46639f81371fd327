//! The events that every peer appends: the shape that the benchmark of our own event log uses.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Events of one stream before the next one begins.
const STREAM_EVENTS: u32 = 5;
/// Size of what a peer stores of an event, as JSON.
pub(crate) const BODY_BYTES: usize = 400;
/// What all events are called.
pub(crate) const EVENT_TYPE: &str = "clue-transfer.sent";

/// What happened, as a peer stores it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Body {
    writer: u32,
    summary: String,
}

impl Body {
    /// One that takes so many bytes as JSON.
    fn new(writer: u32, bytes: usize) -> Self {
        let around = format!("{{\"writer\":{writer},\"summary\":\"\"}}").len();
        Self { writer, summary: "x".repeat(bytes.saturating_sub(around)) }
    }
}

/// An event to append.
#[derive(Clone, Debug)]
pub(crate) struct NewEvent {
    /// Its stream.
    pub(crate) stream_id: Uuid,
    /// Events that its stream has before it. If that is wrong, the append must be refused.
    pub(crate) before: u32,
    /// What happened.
    pub(crate) body: Body,
}

/// Gives one writer its events.
#[derive(Debug)]
pub(crate) struct EventSource {
    stream_id: Uuid,
    before: u32,
    body: Body,
}

impl EventSource {
    /// Begins with a stream of its own. A peer that wraps bodies says how many bytes that takes, and gets them
    /// smaller by so much.
    pub(crate) fn new(writer: u32, wrapping_bytes: usize) -> Self {
        Self { stream_id: fresh_id(), before: 0, body: Body::new(writer, BODY_BYTES - wrapping_bytes) }
    }

    /// The next event.
    pub(crate) fn next_event(&mut self) -> NewEvent {
        if self.before == STREAM_EVENTS {
            self.stream_id = fresh_id();
            self.before = 0;
        }
        let event = NewEvent { stream_id: self.stream_id, before: self.before, body: self.body.clone() };
        self.before += 1;
        event
    }
}

/// An id that nothing else has, ordered by time, which suits every peer's indexes.
#[expect(clippy::disallowed_methods, reason = "the one place of this program that makes ids")]
pub(crate) fn fresh_id() -> Uuid {
    Uuid::now_v7()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_followed_by_another_and_bodies_have_their_size() {
        let mut source = EventSource::new(17, 0);
        let events: Vec<NewEvent> = (0..6).map(|_| source.next_event()).collect();
        assert_eq!(events.iter().map(|event| event.before).collect::<Vec<_>>(), [0, 1, 2, 3, 4, 0]);
        assert_ne!(events[4].stream_id, events[5].stream_id);
        assert!(events.iter().all(|event| serde_json::to_vec(&event.body).unwrap().len() == BODY_BYTES));
    }
}
