//! The checkpoint fences a second projector, and lets readers wait.

use crate::story::{RECEIVER, SENDER, Story, database, fold_all};
use sqlx::PgPool;
use std::time::Duration;
use views::{Projection, Views, ViewsError, Visibility};

async fn begin(pool: &PgPool) -> Projection {
    Projection::begin(Views::new(pool.clone()), 1).await.unwrap()
}

#[tokio::test]
async fn of_two_projectors_with_the_same_batch_one_writes_and_the_other_learns_it() {
    let mut story = Story::new();
    let clue = story.whole_life(SENDER, RECEIVER);
    let (_database, pool) = database().await;
    let mut projections = Vec::new();
    for _ in 0..4 {
        projections.push(begin(&pool).await);
    }
    let attempts = projections.iter_mut().map(|projection| projection.fold(&story.events));
    let outcomes = futures_util::future::join_all(attempts).await;
    let (won, fenced): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
    assert_eq!(won.len(), 1);
    assert!(fenced.iter().all(|outcome| matches!(outcome, Err(ViewsError::CheckpointMoved(0)))));
    let views = Views::new(pool);
    assert_eq!(views.events_of(&Visibility::All, clue.id, 0, 100).await.unwrap().len(), 7);
}

#[tokio::test]
async fn a_batch_of_another_epoch_is_refused() {
    let mut story = Story::new();
    story.send(SENDER, RECEIVER);
    let (_database, pool) = database().await;
    begin(&pool).await;
    let late = Projection::begin(Views::new(pool.clone()), 2).await.unwrap();
    assert_eq!(late.checkpoint().epoch, 1, "an epoch is begun once");
    let mut former = begin(&pool).await;
    views::reset(&pool).await.unwrap();
    Projection::begin(Views::new(pool.clone()), 2).await.unwrap();
    let refused = former.fold(&story.events).await;
    assert!(matches!(refused, Err(ViewsError::CheckpointMoved(0))));
}

#[tokio::test]
async fn a_projector_does_not_go_on_in_a_read_model_that_was_emptied_and_folded_as_far_again() {
    let mut story = Story::new();
    story.whole_life(SENDER, RECEIVER);
    let (_database, pool) = database().await;
    let mut former = begin(&pool).await;
    former.fold(&story.events[..3]).await.unwrap();
    former.still_stands().await.unwrap();
    views::reset(&pool).await.unwrap();
    let mut latter = begin(&pool).await;
    latter.fold(&story.events[..3]).await.unwrap();
    assert_eq!(former.checkpoint(), latter.checkpoint());
    assert!(matches!(former.still_stands().await, Err(ViewsError::CheckpointMoved(3))));
    assert!(matches!(former.fold(&story.events[3..]).await, Err(ViewsError::CheckpointMoved(3))));
    latter.fold(&story.events[3..]).await.unwrap();
}

#[tokio::test]
async fn a_batch_with_a_hole_is_refused() {
    let mut story = Story::new();
    story.whole_life(SENDER, RECEIVER);
    let (_database, pool) = database().await;
    let mut projection = begin(&pool).await;
    let late = projection.fold(&story.events[1..]).await;
    assert!(matches!(late, Err(ViewsError::OutOfOrder { expected: 1, found: 2 })));
    story.events.remove(3);
    let holed = projection.fold(&story.events).await;
    assert!(matches!(holed, Err(ViewsError::OutOfOrder { expected: 4, found: 5 })));
}

#[tokio::test]
async fn a_reader_waits_for_a_position_and_not_longer_than_it_wants() {
    let mut story = Story::new();
    story.send(SENDER, RECEIVER);
    let (_database, pool) = database().await;
    let waiting = views::wait_for_position(&pool, 1, Duration::from_secs(20));
    let (waited, _) = tokio::join!(waiting, fold_all(&pool, &story.events, 1));
    assert!(waited.unwrap());
    assert!(!views::wait_for_position(&pool, 2, Duration::from_millis(30)).await.unwrap());
}
