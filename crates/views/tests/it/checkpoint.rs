//! The checkpoint fences a second projector, and lets readers wait.

use crate::story::{RECEIVER, SENDER, Story, database, fold_all};
use std::time::Duration;
use views::{Views, ViewsError, Visibility};

#[tokio::test]
async fn of_two_projectors_with_the_same_batch_one_writes_and_the_other_learns_it() {
    let mut story = Story::new();
    let clue = story.whole_life(SENDER, RECEIVER);
    let (_database, pool) = database().await;
    let checkpoint = views::checkpoint::begin(&pool, 1).await.unwrap();
    let attempts = (0..4).map(|_| views::fold(&pool, checkpoint, story.events.clone()));
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
    let mut checkpoint = views::checkpoint::begin(&pool, 1).await.unwrap();
    checkpoint.epoch = 2;
    let refused = views::fold(&pool, checkpoint, story.events.clone()).await;
    assert!(matches!(refused, Err(ViewsError::CheckpointMoved(0))));
    assert_eq!(views::checkpoint::begin(&pool, 2).await.unwrap().epoch, 1, "an epoch is begun once");
}

#[tokio::test]
async fn a_batch_with_a_hole_is_refused() {
    let mut story = Story::new();
    story.whole_life(SENDER, RECEIVER);
    let (_database, pool) = database().await;
    let checkpoint = views::checkpoint::begin(&pool, 1).await.unwrap();
    let late = views::fold(&pool, checkpoint, story.events[1..].to_vec()).await;
    assert!(matches!(late, Err(ViewsError::OutOfOrder { expected: 1, found: 2 })));
    story.events.remove(3);
    let holed = views::fold(&pool, checkpoint, story.events.clone()).await;
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
