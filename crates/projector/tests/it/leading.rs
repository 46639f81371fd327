//! One projector leads; another takes over.

use crate::world::World;

#[tokio::test]
async fn a_second_projector_waits_and_takes_over() {
    let world = World::new().await;
    let first = world.start(None);
    world.send_many(3).await;
    first.reaches(3).await;
    let second = world.start(None);
    world.send().await;
    first.reaches(4).await;
    assert_eq!(second.status.position(), 0, "it does not lead");
    first.stop().await;
    second.reaches(4).await;
    world.send().await;
    second.reaches(5).await;
    world.assert_equal().await;
    second.stop().await;
}

#[tokio::test]
async fn two_that_both_believe_to_lead_fold_each_event_once() {
    let world = World::new().await;
    world.send_many(400).await;
    let both = [world.start(None), world.start(None)];
    // Their connections are cut again and again: each time both may try to lead.
    for _ in 0..10 {
        sqlx::query(
            "select pg_terminate_backend(pid) from pg_stat_activity
              where datname = current_database() and pid <> pg_backend_pid()",
        )
        .execute(&world.pool)
        .await
        .ok();
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        world.log.head().await.ok();
    }
    assert!(views::wait_for_position(&world.pool, 400, crate::world::PATIENCE).await.unwrap());
    world.assert_equal().await;
    for running in both {
        running.stop().await;
    }
}

#[tokio::test]
async fn the_projector_ends_with_the_shutdown() {
    let world = World::new().await;
    let running = world.start(None);
    world.send().await;
    running.reaches(1).await;
    running.stop().await;
}
