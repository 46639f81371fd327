//! The trace beside an event.

use crate::fixture::{command, event, fresh, id, stream};
use log::{Guard, NewCommand, Outcome};

const TRACE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const OTHER: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";

fn traced(mut command: NewCommand, traceparent: &str) -> NewCommand {
    for event in &mut command.events {
        event.traceparent = Some(traceparent.to_owned());
    }
    command
}

#[tokio::test]
async fn a_trace_stands_beside_its_events_by_every_way_into_the_log() {
    let fixture = fresh().await;
    let one = [traced(command(1, stream(1), 0), TRACE)];
    let lean = [
        command(2, stream(2), 0),
        traced(command(3, stream(3), 0), TRACE),
        traced(command(4, stream(4), 0), OTHER),
    ];
    let several = NewCommand {
        id: id(5),
        request_hash: [5; 32],
        guards: vec![Guard { stream_id: stream(5), version: 0 }],
        events: vec![event(stream(5), "{}"), event(stream(5), "{}")],
    };
    let many = [traced(several, OTHER), command(6, stream(6), 0)];
    let untraced = [command(7, stream(7), 0), command(8, stream(8), 0), command(9, stream(8), 1)];
    for call in [&one[..], &lean, &many, &untraced] {
        let outcomes = fixture.log.append(call).await.unwrap();
        assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::Appended { .. })), "{outcomes:?}");
    }
    let events = fixture.log.read_after(0, 20).await.unwrap();
    let traces: Vec<Option<&str>> = events.iter().map(|event| event.traceparent.as_deref()).collect();
    let (trace, other) = (Some(TRACE), Some(OTHER));
    assert_eq!(traces, [trace, None, trace, other, other, other, None, None, None, None]);
    assert_eq!(fixture.log.read_stream(stream(3)).await.unwrap()[0].traceparent.as_deref(), trace);
}

#[tokio::test]
async fn a_repeat_in_another_trace_is_the_same_command_and_changes_nothing() {
    let fixture = fresh().await;
    let first = traced(command(1, stream(1), 0), TRACE);
    let in_another = traced(command(1, stream(1), 0), OTHER);
    fixture.log.append(&[first]).await.unwrap();
    let repeated = Outcome::Repeated { first: 1, last: 1 };
    assert_eq!(fixture.log.append(std::slice::from_ref(&in_another)).await.unwrap(), [repeated]);
    assert_eq!(fixture.log.append(&[command(1, stream(1), 0), in_another]).await.unwrap(), [repeated; 2]);
    let events = fixture.log.read_after(0, 10).await.unwrap();
    assert_eq!((events.len(), events[0].traceparent.as_deref()), (1, Some(TRACE)));
}
