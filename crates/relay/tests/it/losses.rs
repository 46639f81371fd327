//! `JetStream` loses what it had acknowledged.

use crate::support::World;
use relay::RelayState;
use std::time::Duration;

#[tokio::test]
async fn when_the_data_of_nats_is_gone_the_stream_comes_back_with_the_same_sequences_and_bytes() {
    let world = World::new().await;
    let relay = world.relay().await;
    world.append(500).await;
    world.expect_stream_to_equal_log().await;
    let before = world.bus().await.read_message(250).await.unwrap();

    world.nats.kill().await;
    world.nats.wipe().await;
    world.append(20).await;
    world.nats.restart().await;

    world.expect_stream_to_equal_log().await;
    assert_eq!(world.bus().await.read_message(250).await.unwrap(), before);
    relay.stop().await;
}

#[tokio::test]
async fn a_tail_that_was_lost_while_no_relay_ran_is_filled_again() {
    let world = World::new().await;
    let relay = world.relay().await;
    world.append(100).await;
    world.expect_stream_to_equal_log().await;
    relay.stop().await;
    world.shorten_stream(&world.bus().await, 60).await;
    let _relay = world.relay().await;
    world.expect_stream_to_equal_log().await;
}

#[tokio::test]
async fn a_tail_that_is_lost_under_an_idle_relay_is_filled_again_without_a_new_event() {
    let world = World::new().await;
    world.append(100).await;
    let relay = world.relay_that_looks_every(Duration::from_secs(3)).await;
    relay.expect(|state| *state == RelayState::Relaying { acknowledged: 100 }).await;
    world.shorten_stream(&world.bus().await, 60).await;
    world.expect_stream_to_equal_log().await;
}

#[tokio::test]
async fn a_tail_that_is_lost_is_filled_again_at_the_next_event() {
    let world = World::new().await;
    world.append(100).await;
    let relay = world.relay_that_looks_every(Duration::from_mins(10)).await;
    relay.expect(|state| *state == RelayState::Relaying { acknowledged: 100 }).await;
    world.shorten_stream(&world.bus().await, 60).await;
    world.append(1).await;
    world.expect_stream_to_equal_log().await;
}

#[tokio::test]
async fn a_stream_that_is_deleted_under_an_idle_relay_comes_back() {
    let world = World::new().await;
    world.append(100).await;
    let relay = world.relay().await;
    relay.expect(|state| *state == RelayState::Relaying { acknowledged: 100 }).await;
    world.bus().await.delete_stream().await.unwrap();
    world.expect_stream_to_equal_log().await;
}

#[tokio::test]
async fn a_purged_stream_is_made_again() {
    let world = World::new().await;
    let relay = world.relay().await;
    world.append(40).await;
    relay.expect(|state| *state == RelayState::Relaying { acknowledged: 40 }).await;
    relay.stop().await;
    // What a purge leaves: no messages, and an end that cannot go back.
    let bus = world.bus().await;
    bus.delete_stream().await.unwrap();
    bus.create_stream(41, world.log.epoch()).await.unwrap();
    let _relay = world.relay().await;
    world.expect_stream_to_equal_log().await;
}
