//! A stream that is not a copy of the log.

use crate::support::{World, append, command, message_of};
use bus::Bus;
use contract::cloud_event::Message;
use contract::ids::fresh_id;
use log::{Log, LogError};
use relay::RelayState;
use std::time::Duration;

/// Fills a stream with events of a log that nobody knows any more.
async fn fill_with_others(world: &World, bus: &Bus, count: i64) {
    bus.create_stream(1, world.log.epoch()).await.unwrap();
    let template = world.log.read_after(0, 1).await.unwrap().remove(0);
    let mut publisher = bus.publisher(0);
    for position in 1..=count {
        let mut event = template.clone();
        event.position = position;
        event.event_id = fresh_id();
        publisher.publish(message_of(&event)).await.unwrap();
    }
    publisher.drain().await.unwrap();
}

#[tokio::test]
async fn a_stream_ahead_of_the_log_halts_the_relay_until_a_new_epoch_begins() {
    let world = World::new().await;
    world.append(3).await;
    let bus = world.bus().await;
    fill_with_others(&world, &bus, 5).await;
    let before = bus.stream_end().await.unwrap();

    let relay = world.relay().await;
    let reason = relay.expect_halt().await;
    assert!(reason.contains("ends at position 5, which the log has not reached"), "{reason}");
    assert!(reason.contains("`casebus log new-epoch`"), "{reason}");
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(bus.stream_end().await.unwrap(), before, "a halted relay publishes nothing");

    let epoch = log::schema::begin_epoch(world.log.pool()).await.unwrap();
    relay.expect(|state| matches!(state, RelayState::Relaying { acknowledged: 3 })).await;
    world.expect_stream_to_equal_log().await;
    assert_eq!(bus.stream_end().await.unwrap().unwrap().epoch, Some(epoch));

    let reopened = Log::open(world.log.pool().clone()).await.unwrap();
    append(&reopened, 4).await;
    world.expect_stream_to_equal_log().await;
}

#[tokio::test]
async fn other_content_at_the_same_sequence_halts_the_relay() {
    let world = World::new().await;
    world.append(5).await;
    let bus = world.bus().await;
    fill_with_others(&world, &bus, 5).await;
    let relay = world.relay().await;
    let reason = relay.expect_halt().await;
    assert!(reason.contains("holds another event at position 5"), "{reason}");
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(bus.stream_end().await.unwrap().unwrap().last, 5, "a halted relay publishes nothing");
    assert_eq!(relay.expect_halt().await, reason);
    let other_process = Log::open(world.log.pool().clone()).await.unwrap();
    let refused = other_process.append(&[command()]).await;
    assert!(matches!(&refused, Err(LogError::Halted(why)) if *why == reason), "{refused:?}");

    bus.delete_stream().await.unwrap();
    relay.expect(|state| matches!(state, RelayState::Relaying { acknowledged: 5 })).await;
    append(&other_process, 2).await;
    world.expect_stream_to_equal_log().await;
}

#[tokio::test]
async fn a_log_that_came_back_older_and_has_overtaken_the_stream_halts_the_relay_that_leads() {
    let world = World::new().await;
    world.append(5).await;
    let relay = world.relay_that_looks_every(Duration::from_mins(1)).await;
    relay.expect(|state| matches!(state, RelayState::Relaying { acknowledged: 5 })).await;
    let bus = world.bus().await;
    let before = bus.stream_end().await.unwrap();
    // As after a restore that has lost two events, and two new ones in their place.
    let others = "alter table log.event disable trigger all;
        update log.event set event_id = gen_random_uuid() where position > 3;
        alter table log.event enable trigger all";
    sqlx::raw_sql(others).execute(world.log.pool()).await.unwrap();
    world.append(2).await;
    let reason = relay.expect_halt().await;
    assert!(reason.contains("holds another event at position 5"), "{reason}");
    assert_eq!(bus.stream_end().await.unwrap(), before, "nothing is put behind events that were lost");
}

#[tokio::test]
async fn events_that_were_lost_before_they_were_published_halt_every_relay_once_one_knows_of_them() {
    let world = World::new().await;
    world.append(3).await;
    let before = world.relay().await;
    before.expect(|state| matches!(state, RelayState::Relaying { acknowledged: 3 })).await;
    before.stop().await;
    world.append(2).await;
    // As after a failover to a standby that lacked the last two; what is in the stream, the log still has.
    let lost = "alter table log.event disable trigger all; delete from log.event where position > 3;
        alter table log.event enable trigger all";
    sqlx::raw_sql(lost).execute(world.log.pool()).await.unwrap();

    let knowing = world.relay_over(world.log.clone());
    let reason = knowing.expect_halt().await;
    assert!(reason.contains("ends at position 3, but it went as far as 5"), "{reason}");
    assert!(reason.contains("`casebus log new-epoch`"), "{reason}");
    knowing.stop().await;
    let unknowing = world.relay().await;
    assert_eq!(unknowing.expect_halt().await, reason);
    let other_process = Log::open(world.log.pool().clone()).await.unwrap();
    let refused = other_process.append(&[command()]).await;
    assert!(matches!(&refused, Err(LogError::Halted(why)) if *why == reason), "{refused:?}");

    log::schema::begin_epoch(world.log.pool()).await.unwrap();
    unknowing.expect(|state| matches!(state, RelayState::Relaying { acknowledged: 3 })).await;
    append(&Log::open(world.log.pool().clone()).await.unwrap(), 4).await;
    world.expect_stream_to_equal_log().await;
}

#[tokio::test]
async fn a_message_that_is_no_event_halts_the_relay() {
    let world = World::new().await;
    world.append(1).await;
    let bus = world.bus().await;
    bus.create_stream(1, world.log.epoch()).await.unwrap();
    let mut publisher = bus.publisher(0);
    let stray = Message { subject: "casebus.internal".into(), payload: b"hello".to_vec() };
    publisher.publish(stray).await.unwrap();
    publisher.drain().await.unwrap();
    let relay = world.relay().await;
    relay.expect_halt().await;
}

#[tokio::test]
async fn a_new_epoch_under_a_running_relay_makes_the_stream_again() {
    let world = World::new().await;
    let relay = world.relay().await;
    world.append(20).await;
    relay.expect(|state| *state == RelayState::Relaying { acknowledged: 20 }).await;
    let epoch = log::schema::begin_epoch(world.log.pool()).await.unwrap();
    let reopened = Log::open(world.log.pool().clone()).await.unwrap();
    append(&reopened, 20).await;
    world.expect_stream_to_equal_log().await;
    assert_eq!(world.bus().await.stream_end().await.unwrap().unwrap().epoch, Some(epoch));
}
