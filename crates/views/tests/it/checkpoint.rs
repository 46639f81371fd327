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
    let mut early = begin(&pool).await;
    let next = Projection::begin(Views::new(pool.clone()), 2).await.unwrap();
    assert_eq!(next.checkpoint().epoch, 2, "nothing is folded that would be of another one");
    let refused = early.fold(&story.events).await;
    assert!(matches!(refused, Err(ViewsError::CheckpointMoved(0))));
    views::reset(&pool).await.unwrap();
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

#[tokio::test]
async fn a_batch_that_is_folded_while_the_one_before_is_written_gives_the_same_rows() {
    let mut story = crate::rebuild::eventful();
    // Postgres will refuse a value in the second batch, when the third one is folded already.
    let refused = story.send(SENDER, RECEIVER);
    let last = story.events.len() - 1;
    let body = String::from_utf8(story.events[last].body.clone()).unwrap();
    let unknowable = body.replacen("\"data\":{", "\"data\":{\"discovered_at\":\"-9999-01-01T00:00:00Z\",", 1);
    story.events[last].body = unknowable.into_bytes();
    let closed = story.whole_life(SENDER, RECEIVER);
    story.sign_without_clock(&refused);
    let (_database, pool) = database().await;
    fold_all(&pool, &story.events, 1).await;
    let expected = crate::rebuild::dump(&pool).await;
    views::reset(&pool).await.unwrap();
    for batch in [1, 2, 5, 60] {
        let mut projection = begin(&pool).await;
        let (mut landed, mut parked) = (0, Vec::new());
        for events in story.events.chunks(batch) {
            let before = projection.fold_on(events.to_vec()).await.unwrap();
            assert_eq!(projection.ahead().position, events[events.len() - 1].position);
            landed += before.events.len();
            parked.extend(before.parked);
        }
        assert!(projection.is_flying());
        assert!(projection.checkpoint().position < projection.ahead().position);
        let last = projection.land().await.unwrap();
        landed += last.events.len();
        parked.extend(last.parked);
        assert!(!projection.is_flying());
        assert_eq!((landed, projection.checkpoint().position), (story.events.len(), story.position()));
        assert!(parked.iter().any(|parked| parked.stream_id == refused.id.0));
        assert!(parked.iter().all(|parked| parked.stream_id != closed.id.0));
        assert!(crate::rebuild::dump(&pool).await == expected, "in batches of {batch} the rows are others");
        views::reset(&pool).await.unwrap();
    }
}

#[tokio::test]
async fn a_batch_on_a_read_model_that_was_emptied_meanwhile_is_not_written() {
    let mut story = Story::new();
    for _ in 0..30 {
        story.send(SENDER, RECEIVER);
    }
    for batch in [1, 30] {
        let (_database, pool) = database().await;
        let mut projection = begin(&pool).await;
        views::reset(&pool).await.unwrap();
        projection.fold_on(story.events[..batch].to_vec()).await.unwrap();
        assert!(matches!(projection.land().await, Err(ViewsError::CheckpointMoved(0))));
    }
}
