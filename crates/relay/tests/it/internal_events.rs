//! Events that no outsider may see.

use crate::support::{World, command_of, wait_for_end};
use contract::cloud_event::CloudEvent;

#[tokio::test]
async fn an_internal_event_stands_in_the_stream_without_its_body_and_its_actor() {
    let world = World::new().await;
    world.append(2).await;
    world.log.append(&[command_of("clue-transfer.assigned-internally")]).await.unwrap();
    world.append(2).await;
    let _relay = world.relay().await;
    world.expect_stream_to_equal_log().await;
    let message = world.bus().await.read_message(3).await.unwrap().unwrap();
    assert_eq!(message.subject, "casebus.internal");
    let event = CloudEvent::parse(&message.payload).unwrap();
    assert!(event.data.is_none());
    assert_eq!(
        (event.event_type.as_str(), event.actor.as_str()),
        ("casebus.v1.internal", "casebus/internal")
    );
}

#[tokio::test]
async fn a_relay_goes_on_behind_an_internal_event_and_fills_a_stream_that_lost_it() {
    let world = World::new().await;
    world.append(1).await;
    world.log.append(&[command_of("clue-transfer.assigned-internally")]).await.unwrap();
    let first = world.relay().await;
    world.expect_stream_to_equal_log().await;
    first.stop().await;
    // The stream ends with the internal event: its hash is compared with the body in the log.
    world.append(1).await;
    let bus = world.bus().await;
    let second = world.relay().await;
    wait_for_end(&bus, 3).await;
    second.stop().await;
    world.shorten_stream(&bus, 1).await;
    let _third = world.relay().await;
    world.expect_stream_to_equal_log().await;
}
