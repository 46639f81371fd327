//! The ordinary course.

use crate::support::World;
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
