//! Streams of their own and messages for the tests.

use bus::{Bus, BusConfig};
use chrono::DateTime;
use contract::cloud_event::{Message, Recorded, message};
use contract::ids::{DepartmentId, EventId};
use std::sync::atomic::{AtomicU32, Ordering};
use testkit::TestNats;
use uuid::Uuid;

/// A configuration with a stream name that no other test has.
pub fn config(nats: &TestNats) -> BusConfig {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let stream = format!("TEST-{}", NEXT.fetch_add(1, Ordering::Relaxed));
    BusConfig { stream, ..BusConfig::new(nats.url.clone()) }
}

/// A connection to a nats-server of the test's own: the subjects of two streams may not overlap.
pub async fn connect() -> (TestNats, Bus) {
    let nats = testkit::nats().await;
    let bus = Bus::connect(config(&nats)).await.unwrap();
    (nats, bus)
}

pub fn department(text: &str) -> DepartmentId {
    DepartmentId::new(text).unwrap()
}

/// An event between two departments at a position of epoch 1.
pub fn between(position: i64, from: &str, to: &str) -> Message {
    let body = format!(
        r#"{{"transfer":{{"id":"{0}","kind":"clue_transfer","from":"{from}","to":"{to}","matter":"{0}"}},"n":{position}}}"#,
        stream_id()
    );
    message(&Recorded {
        position,
        epoch: 1,
        event_id: EventId(Uuid::from_u128(position.unsigned_abs().into())),
        stream_id: stream_id(),
        version: position,
        event_type: "clue-transfer.sent",
        schema_version: 1,
        number: None,
        occurred_at: DateTime::UNIX_EPOCH,
        recorded_at: DateTime::UNIX_EPOCH,
        actor: "test",
        traceparent: None,
        body: body.as_bytes(),
    })
    .unwrap()
}

/// An event at a position of epoch 1.
pub fn event(position: i64) -> Message {
    between(position, "320100-ybj", "320100-wjw")
}

/// Publishes events up to a position, after another.
pub async fn fill(bus: &Bus, after: i64, through: i64) {
    let mut publisher = bus.publisher(after);
    for position in after + 1..=through {
        publisher.publish(event(position)).await.unwrap();
    }
    assert_eq!(publisher.drain().await.unwrap(), through);
}

fn stream_id() -> Uuid {
    Uuid::from_u128(0xcafe)
}
