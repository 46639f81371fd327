//! What the bus lacks, garbles or holds back comes from the log.

use crate::world::{World, bus, by_bus, message, publish};
use bus::BusConfig;
use projector::ProjectorError;

#[tokio::test]
async fn messages_missing_on_the_bus_are_fetched_from_the_log() {
    let world = World::new().await;
    world.send_many(5).await;
    // The stream lost what came before position 4.
    let (_nats, bus) = bus(4).await;
    let recorded = world.recorded().await;
    publish(&bus, 3, recorded[3..].iter().map(by_bus).collect()).await;
    let running = world.start_patient(&bus);
    running.reaches(5).await;
    world.assert_equal().await;
    assert_eq!(world.came_by_bus().await, [4, 5]);
    running.stop().await;
}

#[tokio::test]
async fn a_hole_larger_than_a_batch_is_filled_too() {
    let world = World::new().await;
    world.send_many(1_302).await;
    let (_nats, bus) = bus(1_301).await;
    let recorded = world.recorded().await;
    publish(&bus, 1_300, recorded[1_300..].iter().map(by_bus).collect()).await;
    let running = world.start_patient(&bus);
    running.reaches(1_302).await;
    world.assert_equal().await;
    assert_eq!(world.came_by_bus().await, [1_301, 1_302]);
    running.stop().await;
}

#[tokio::test]
async fn a_garbled_message_or_one_of_another_epoch_is_replaced_by_the_log() {
    let world = World::new().await;
    world.send_many(4).await;
    let (_nats, bus) = bus(1).await;
    let mut recorded = world.recorded().await;
    recorded[2].epoch = 7;
    let mut messages: Vec<_> = recorded.iter().map(by_bus).collect();
    messages[0].payload = b"{}".to_vec();
    let text = String::from_utf8(messages[1].payload.clone()).unwrap();
    messages[1].payload = text.replace("概要", "篡改").into_bytes();
    publish(&bus, 0, messages).await;
    let running = world.start_patient(&bus);
    running.reaches(4).await;
    world.assert_equal().await;
    assert_eq!(world.came_by_bus().await, [4]);
    running.stop().await;
}

#[tokio::test]
async fn a_silent_bus_does_not_hold_the_read_model_back() {
    let world = World::new().await;
    let (_nats, bus) = bus(1).await;
    let running = world.start(Some(bus.config().clone()));
    world.send().await;
    running.reaches(1).await;
    // The bus speaks again, and says what is known already first.
    world.send().await;
    running.reaches(2).await;
    world.send().await;
    publish(&bus, 0, world.recorded().await.iter().map(message).collect()).await;
    running.reaches(3).await;
    world.assert_equal().await;
    running.stop().await;
}

#[tokio::test]
async fn a_bus_that_delivers_too_slowly_does_not_hold_the_read_model_back() {
    let world = World::new().await;
    let (_nats, bus) = bus(1).await;
    let running = world.start_patient(&bus);
    world.send().await;
    publish(&bus, 0, world.recorded().await.iter().map(message).collect()).await;
    running.reaches(1).await;
    world.send_many(2_500).await;
    // It speaks, and says little.
    publish(&bus, 1, world.recorded().await[1..2].iter().map(message).collect()).await;
    running.reaches(2_501).await;
    running.stop().await;
}

#[tokio::test]
async fn an_unreachable_bus_does_not_hold_the_read_model_back() {
    let world = World::new().await;
    let nats = testkit::nats().await;
    nats.kill().await;
    let running = world.start(Some(BusConfig::new(nats.url.clone())));
    world.send().await;
    running.reaches(1).await;
    running.stop().await;
}

#[tokio::test]
async fn a_bus_that_dies_and_comes_back_empty_leaves_no_hole() {
    let world = World::new().await;
    let (nats, bus) = bus(1).await;
    let running = world.start(Some(bus.config().clone()));
    world.send().await;
    publish(&bus, 0, world.recorded().await.iter().map(message).collect()).await;
    running.reaches(1).await;
    nats.kill().await;
    world.send().await;
    running.reaches(2).await;
    nats.wipe().await;
    nats.restart().await;
    world.send().await;
    running.reaches(3).await;
    world.assert_equal().await;
    running.stop().await;
}

#[tokio::test]
async fn a_bus_ahead_of_the_log_stops_the_projector_with_an_alarm() {
    let world = World::new().await;
    let (_nats, bus) = bus(1).await;
    world.send_many(2).await;
    let mut messages: Vec<_> = world.recorded().await.iter().map(message).collect();
    messages.push(messages[1].clone());
    publish(&bus, 0, messages).await;
    let error = world.start_patient(&bus).fails().await;
    assert!(matches!(error, ProjectorError::BusAhead { bus: 3, log: 2 }));
}
