//! The feed: every event once, in order, for those who may see it.

use crate::story::{OFFICE, RECEIVER, SENDER, STRANGER, Story, after, database, department, fold_all, told};
use contract::event::{FeedbackContested, TransferEvent};
use contract::state::TransferState;
use views::{Views, Visibility};

/// Reads the feed to its end, in pages.
async fn read(views: &Views, who: &Visibility, limit: i64) -> Vec<i64> {
    let end = views.checkpoint().await.unwrap().position;
    let mut positions = Vec::new();
    let mut after = 0;
    while after < end {
        let page = views.feed(who, after, limit).await.unwrap();
        assert!(page.covered_to > after, "every page covers something");
        positions.extend(page.events.iter().map(|event| event.position));
        after = page.covered_to;
    }
    positions
}

#[tokio::test]
async fn sender_and_receiver_read_the_same_events_page_by_page() {
    let mut story = Story::new();
    story.whole_life(SENDER, RECEIVER);
    story.whole_life(STRANGER, OFFICE);
    story.whole_life(RECEIVER, SENDER);
    let (_database, _pool, views) = told(&story).await;
    let theirs: Vec<i64> = (1..=7).chain(15..=21).collect();
    for limit in [1, 3, 100] {
        assert_eq!(read(&views, &Visibility::Parties(department(SENDER)), limit).await, theirs);
        assert_eq!(read(&views, &Visibility::Parties(department(RECEIVER)), limit).await, theirs);
        let region = vec![department(SENDER), department(RECEIVER)];
        let supervisor = Visibility::Region { own: department("320100-jdj"), region };
        assert_eq!(read(&views, &supervisor, limit).await, theirs);
        assert_eq!(read(&views, &Visibility::All, limit).await, (1..=21).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn the_feed_carries_the_exact_bytes_and_the_epoch() {
    let mut story = Story::new();
    story.whole_life(SENDER, RECEIVER);
    let (_database, _pool, views) = told(&story).await;
    let page = views.feed(&Visibility::Parties(department(SENDER)), 0, 100).await.unwrap();
    assert_eq!(page.epoch, 1);
    assert!(page.events.iter().zip(&story.events).all(|(read, told)| {
        (read.body == told.body) && (read.event_id.0 == told.event_id) && (read.number == told.number)
    }));
}

#[tokio::test]
async fn the_office_gets_what_concerns_it() {
    let mut story = Story::new();
    let clue = story.send(SENDER, RECEIVER);
    story.sign(&clue);
    story.accept(&clue);
    story.interim(&clue);
    story.answer(&clue);
    let contested = FeedbackContested { feedback: 2, reason: "不属实".into() };
    let held_by_office = after(TransferState::Contested, Some(&department(OFFICE)), vec![]);
    story.record(&clue, SENDER, TransferEvent::FeedbackContested(contested), held_by_office);
    let (_database, _pool, views) = told(&story).await;
    assert_eq!(read(&views, &Visibility::Parties(department(OFFICE)), 10).await, [6]);
}

#[tokio::test]
async fn a_cursor_ahead_of_the_read_model_does_not_go_back() {
    let (_database, _pool, views) = told(&Story::new()).await;
    let page = views.feed(&Visibility::All, 40, 10).await.unwrap();
    assert_eq!((page.events.len(), page.covered_to), (0, 40));
}

#[tokio::test]
async fn a_page_ends_with_eight_mebibytes_of_bodies_and_the_next_one_goes_on() {
    let mut story = Story::new();
    for _ in 0..5 {
        story.whole_life(RECEIVER, SENDER);
    }
    for event in &mut story.events {
        // Space around JSON is no part of it.
        event.body.resize(256 * 1024, b' ');
    }
    let (_database, pool) = database().await;
    fold_all(&pool, &story.events, 10).await;
    let views = Views::new(pool);
    for visibility in [Visibility::All, Visibility::Parties(SENDER.parse().unwrap())] {
        let first = views.feed(&visibility, 0, 1_000).await.unwrap();
        assert_eq!((first.events.len(), first.covered_to), (32, 32), "{visibility:?}");
        let rest = views.feed(&visibility, first.covered_to, 1_000).await.unwrap();
        assert_eq!(rest.covered_to, story.position());
        assert_eq!(first.events.len() + rest.events.len(), story.events.len());
    }
}
