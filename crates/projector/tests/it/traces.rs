//! What the projector logs of an event leads to the request that asked for it.

use crate::world::{World, bus, by_bus, case, publish, sent, signed, unknown};
use log::NewEvent;
use serde_json::Value;
use testkit::LogLines;

const SAMPLED: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const NOT_SAMPLED: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";

fn traced(event: NewEvent, traceparent: &str) -> NewEvent {
    NewEvent { traceparent: Some(traceparent.to_owned()), ..event }
}

/// Trace, position and event type in each of these lines.
fn said(lines: &[String]) -> Vec<(String, i64, Option<String>)> {
    let said = |line: &String| {
        let line: Value = serde_json::from_str(line).unwrap();
        let fields = &line["fields"];
        (
            fields["trace_id"].as_str().unwrap().to_owned(),
            fields["position"].as_i64().unwrap(),
            fields["event_type"].as_str().map(str::to_owned),
        )
    };
    lines.iter().map(said).collect()
}

#[tokio::test]
async fn an_event_in_a_sampled_trace_is_told_of_by_whichever_way_it_comes() {
    let world = World::new().await;
    let told = |position: i64, event_type: &str| {
        ("4bf92f3577b34da6a3ce929d0e0e4736".to_owned(), position, Some(event_type.to_owned()))
    };
    let (first, second) = (case(), case());
    world.append(&first, 0, vec![traced(sent(&first), SAMPLED)]).await;
    world.append(&second, 0, vec![traced(sent(&second), NOT_SAMPLED)]).await;
    world.append(&first, 1, vec![signed(&first)]).await;
    let lines = LogLines::capture();
    let running = world.start(None);
    running.reaches(3).await;
    running.stop().await;
    assert_eq!(said(&lines.with("an event was folded")), [told(1, "clue-transfer.sent")]);

    world.append(&second, 1, vec![traced(signed(&second), SAMPLED)]).await;
    let (_nats, bus) = bus(1).await;
    publish(&bus, 0, world.recorded().await.iter().map(by_bus).collect()).await;
    let lines = LogLines::capture();
    let running = world.start_patient(&bus);
    running.reaches(4).await;
    running.stop().await;
    assert_eq!(world.came_by_bus().await, [4]);
    assert_eq!(said(&lines.with("an event was folded")), [told(4, "clue-transfer.signed")]);
}

#[tokio::test]
async fn events_that_are_parked_raise_an_alarm_with_their_traces_sampled_or_not() {
    let world = World::new().await;
    let (poisoned, healthy) = (case(), case());
    world.append(&poisoned, 0, vec![traced(unknown(sent(&poisoned)), NOT_SAMPLED)]).await;
    world.append(&healthy, 0, vec![traced(sent(&healthy), SAMPLED)]).await;
    world.append(&poisoned, 1, vec![signed(&poisoned)]).await;
    world.append(&poisoned, 2, vec![traced(signed(&poisoned), SAMPLED)]).await;
    let lines = LogLines::capture();
    let running = world.start(None);
    running.reaches(4).await;
    running.stop().await;
    let alarms = lines.with("\"ERROR\"");
    let not_sampled = "0af7651916cd43dd8448eb211c80319c".to_owned();
    let sampled = "4bf92f3577b34da6a3ce929d0e0e4736".to_owned();
    assert_eq!(said(&alarms), [(not_sampled, 1, None), (sampled, 4, None)]);
    assert!(
        alarms[0].contains("events could not be folded") && alarms[0].contains("\"parked\":3"),
        "{alarms:?}"
    );
    assert_eq!(said(&lines.with("an event was folded")).len(), 1, "what is parked was not folded");
}
