//! Events that the bus delivers.

use crate::world::{World, bus, by_bus, publish, sent};
use contract::cloud_event::{CloudEvent, Message};
use contract::ids::{MatterId, TransferId};
use views::Visibility;

#[tokio::test]
async fn events_of_the_bus_are_folded_as_the_log_holds_them() {
    let world = World::new().await;
    let (_nats, bus) = bus(1).await;
    let running = world.start_patient(&bus);
    let case = world.send().await;
    world.sign(&case).await;
    publish(&bus, 0, world.recorded().await.iter().map(by_bus).collect()).await;
    running.reaches(2).await;
    world.assert_equal().await;
    assert_eq!(world.came_by_bus().await, [1, 2]);
    assert!(views::wait_for_position(&world.pool, 2, crate::world::PATIENCE).await.unwrap());
    running.stop().await;
}

#[tokio::test]
async fn an_internal_event_is_read_from_the_log() {
    let world = World::new().await;
    let (_nats, bus) = bus(1).await;
    let case = world.send().await;
    world.sign(&case).await;
    world.send().await;
    let recorded = world.recorded().await;
    let mut messages: Vec<_> = recorded.iter().map(by_bus).collect();
    let mut internal = CloudEvent::parse(&messages[1].payload).unwrap();
    internal.data = None;
    let payload = serde_json::to_vec(&internal).unwrap();
    messages[1] = Message { subject: contract::subject::INTERNAL.to_owned(), payload };
    publish(&bus, 0, messages).await;
    let running = world.start_patient(&bus);
    running.reaches(3).await;
    world.assert_equal().await;
    assert_eq!(world.came_by_bus().await, [1, 3]);
    running.stop().await;
}

#[tokio::test]
async fn a_poisoned_event_parks_its_transfer_and_the_others_go_on() {
    let world = World::new().await;
    let (_nats, bus) = bus(1).await;
    let poisoned = contract::event::TransferRef {
        id: TransferId::fresh(),
        kind: contract::kind::TransferKind::ClueTransfer,
        from: "320100-ybj".parse().unwrap(),
        to: "320100-wjw".parse().unwrap(),
        matter: MatterId::fresh(),
    };
    // A body of a shape that this program does not know yet.
    let mut event = sent(&poisoned);
    event.schema_version = 99;
    world.append(&poisoned, 0, vec![event]).await;
    let healthy = world.send().await;
    world.sign(&poisoned).await;
    publish(&bus, 0, world.recorded().await.iter().map(by_bus).collect()).await;
    let running = world.start_patient(&bus);
    running.reaches(3).await;
    let parked = world.views.parked(0, 10).await.unwrap();
    assert_eq!(parked.iter().map(|parked| parked.position).collect::<Vec<_>>(), [1, 3]);
    assert!(world.views.transfer_by_id(&Visibility::All, healthy.id).await.unwrap().is_some());
    running.stop().await;
}
