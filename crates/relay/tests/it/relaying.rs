//! The ordinary course.

use crate::support::{World, command, command_of};
use contract::cloud_event::CloudEvent;
use relay::RelayState;

#[tokio::test]
async fn a_thousand_events_stand_in_the_stream_at_their_positions_byte_for_byte() {
    let world = World::new().await;
    world.append(400).await;
    let relay = world.relay().await;
    for _ in 0..6 {
        world.append(100).await;
    }
    world.expect_stream_to_equal_log().await;
    relay.expect(|state| *state == RelayState::Relaying { acknowledged: 1000 }).await;
    relay.stop().await;
}

#[tokio::test]
async fn a_relay_goes_on_where_the_last_one_stopped() {
    let world = World::new().await;
    world.append(50).await;
    let first = world.relay().await;
    world.expect_stream_to_equal_log().await;
    first.stop().await;
    world.append(50).await;
    let _second = world.relay().await;
    world.expect_stream_to_equal_log().await;
}

#[tokio::test]
async fn a_limited_stream_that_is_made_late_begins_late() {
    let mut world = World::new().await;
    world.bus_config.max_messages = 30;
    world.append(100).await;
    let _relay = world.relay().await;
    let bus = world.bus().await;
    crate::support::wait_for_end(&bus, 100).await;
    let end = bus.stream_end().await.unwrap().unwrap();
    assert_eq!((end.first, end.last), (71, 100));
}

#[tokio::test]
async fn an_event_goes_out_with_its_trace_and_one_that_nobody_may_see_without() {
    const TRACE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let world = World::new().await;
    let traced = |mut command: log::NewCommand| {
        command.events[0].traceparent = Some(TRACE.to_owned());
        command
    };
    let internal = command_of("clue-transfer.assigned-internally");
    world.log.append(&[traced(command()), command(), traced(internal)]).await.unwrap();
    let _relay = world.relay().await;
    world.expect_stream_to_equal_log().await;
    let bus = world.bus().await;
    let mut carried = Vec::new();
    for position in 1..=3 {
        let message = bus.read_message(position).await.unwrap().unwrap();
        let event = CloudEvent::parse(&message.payload).unwrap();
        carried.push(event.traceparent.map(std::borrow::Cow::into_owned));
    }
    assert_eq!(carried, [Some(TRACE.to_owned()), None, None]);
}
