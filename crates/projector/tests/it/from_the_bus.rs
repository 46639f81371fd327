//! Events that the bus delivers.

use crate::world::{World, assigned, bus, by_bus, publish, sent};
use contract::cloud_event::CloudEvent;
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
    world.append(&case, 2, vec![assigned(&case)]).await;
    world.send().await;
    publish(&bus, 0, world.recorded().await.iter().map(by_bus).collect()).await;
    let on_the_bus = bus.read_message(3).await.unwrap().unwrap();
    let internal = CloudEvent::parse(&on_the_bus.payload).unwrap();
    assert!(on_the_bus.subject == "casebus.internal" && internal.data.is_none());
    assert_eq!(internal.actor, "casebus/internal");

    let running = world.start_patient(&bus);
    running.reaches(4).await;
    assert_eq!(world.came_by_bus().await, [1, 2, 4], "nobody else sees the third");
    let own = Visibility::Parties(case.to.clone());
    let shown = world.views.feed(&own, 0, 10).await.unwrap().events;
    let (recorded, shown) = (&world.recorded().await[2], &shown[2]);
    assert_eq!((shown.position, &shown.body), (3, &recorded.body));
    assert_eq!(shown.actor, recorded.actor, "the log says who acted");
    assert!(world.views.parked(0, 10).await.unwrap().is_empty());
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
