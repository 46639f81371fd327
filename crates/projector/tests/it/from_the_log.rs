//! Events read from the log: without a bus, far behind, or in another epoch.

use crate::world::{World, bus};
use projector::ProjectorError;
use views::Visibility;

#[tokio::test]
async fn without_a_bus_the_log_is_folded() {
    let world = World::new().await;
    let running = world.start(None);
    let case = world.send().await;
    running.reaches(1).await;
    world.sign(&case).await;
    running.reaches(2).await;
    world.assert_equal().await;
    running.stop().await;
}

#[tokio::test]
async fn a_read_model_far_behind_catches_up_from_the_log() {
    let world = World::new().await;
    world.send_many(3_000).await;
    // The bus holds nothing of it.
    let (_nats, bus) = bus(3_001).await;
    let running = world.start(Some(bus.config().clone()));
    running.reaches(3_000).await;
    world.assert_equal().await;
    running.stop().await;
}

#[tokio::test]
async fn a_read_model_that_is_emptied_is_built_again_while_the_projector_runs() {
    let world = World::new().await;
    let running = world.start(None);
    world.send_many(20).await;
    running.reaches(20).await;
    views::reset(&world.pool).await.unwrap();
    world.send().await;
    assert!(views::wait_for_position(&world.pool, 21, crate::world::PATIENCE).await.unwrap());
    world.assert_equal().await;
    running.stop().await;
}

#[tokio::test]
async fn an_epoch_that_was_noted_too_late_in_an_empty_read_model_is_corrected() {
    let world = World::new().await;
    world.send().await;
    sqlx::query("update views_1.checkpoint set position = 0, epoch = 99").execute(&world.pool).await.unwrap();
    let running = world.start(None);
    running.reaches(1).await;
    assert_eq!(world.views.checkpoint().await.unwrap().epoch, 1);
    running.stop().await;
}

#[tokio::test]
async fn another_epoch_stops_the_projector_until_the_read_model_is_emptied() {
    let world = World::new().await;
    let running = world.start(None);
    world.send().await;
    running.reaches(1).await;
    let epoch = log::schema::begin_epoch(&world.pool).await.unwrap();
    let error = running.fails().await;
    assert!(matches!(error, ProjectorError::EpochDiffers { folded: 1, log } if log == epoch));
    let error = world.start(None).fails().await;
    assert!(matches!(error, ProjectorError::EpochDiffers { folded: 1, log } if log == epoch));

    views::reset(&world.pool).await.unwrap();
    let running = world.start(None);
    running.reaches(1).await;
    assert_eq!(world.views.feed(&Visibility::All, 0, 10).await.unwrap().epoch, epoch);
    running.stop().await;
}
