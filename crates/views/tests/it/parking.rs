//! An event that cannot be folded parks its stream, and only its stream.

use crate::story::{RECEIVER, SENDER, Story, database, fold_all};
use contract::state::TransferState;
use views::{Views, Visibility};

#[tokio::test]
async fn a_poisoned_event_parks_its_stream_marks_it_stale_and_lets_the_rest_go_on() {
    for batch in [1, 100] {
        let mut story = Story::new();
        let poisoned = story.send(SENDER, RECEIVER);
        story.sign(&poisoned);
        story.events[1].body = b"{\"broken\":true}".to_vec();
        let healthy = story.whole_life(RECEIVER, SENDER);
        story.sign(&poisoned);
        let (_database, pool) = database().await;
        let folded = fold_all(&pool, &story.events, batch).await;
        assert_eq!(folded.checkpoint.position, story.position());
        let positions: Vec<_> = folded.parked.iter().map(|parked| parked.position).collect();
        assert_eq!(positions, [2, 10], "the poisoned event and all later ones of its stream");

        let views = Views::new(pool);
        let transfer = views.transfer_by_id(&Visibility::All, poisoned.id).await.unwrap().unwrap();
        assert!(transfer.stale);
        assert_eq!((transfer.state, transfer.version), (TransferState::Delivered, 1));
        let healthy = views.transfer_by_id(&Visibility::All, healthy.id).await.unwrap().unwrap();
        assert_eq!((healthy.state, healthy.stale), (TransferState::Closed, false));
        let parked = views.parked(0, 10).await.unwrap();
        assert_eq!(parked, folded.parked);
        assert!(!parked[0].reason.contains("broken"), "a reason holds no content");
        let feed = views.feed(&Visibility::All, 0, 100).await.unwrap();
        assert_eq!((feed.events.len(), feed.covered_to, feed.incomplete_from), (8, 10, Some(2)));
        let before = views.feed(&Visibility::All, 0, 1).await.unwrap();
        assert_eq!((before.covered_to, before.incomplete_from), (1, None), "nothing is missing up to there");
    }
}

#[tokio::test]
async fn an_event_with_a_value_that_postgres_refuses_is_parked_and_the_rest_of_its_batch_goes_on() {
    for year in ["-9999", "0000", "-0044", "+12345"] {
        refused_year(year).await;
    }
}

async fn refused_year(year: &str) {
    let mut story = Story::new();
    let refused = story.send(SENDER, RECEIVER);
    let body = String::from_utf8(story.events[0].body.clone()).unwrap();
    let unknowable =
        body.replacen("\"data\":{", &format!("\"data\":{{\"discovered_at\":\"{year}-01-01T00:00:00Z\","), 1);
    assert_ne!(body, unknowable);
    story.events[0].body = unknowable.into_bytes();
    let healthy = story.whole_life(RECEIVER, SENDER);
    let (_database, pool) = database().await;
    let folded = fold_all(&pool, &story.events, 100).await;
    assert_eq!(folded.checkpoint.position, story.position());
    assert_eq!(folded.parked.iter().map(|parked| parked.position).collect::<Vec<_>>(), [1], "{year}");
    let views = Views::new(pool);
    assert_eq!(views.transfer_by_id(&Visibility::All, refused.id).await.unwrap(), None);
    let healthy = views.transfer_by_id(&Visibility::All, healthy.id).await.unwrap().unwrap();
    assert_eq!(healthy.state, TransferState::Closed);
}

#[tokio::test]
async fn a_stream_whose_first_event_is_poisoned_never_shows() {
    let mut story = Story::new();
    let poisoned = story.send(SENDER, RECEIVER);
    story.events[0].schema_version = 99;
    story.sign_without_clock(&poisoned);
    let (_database, pool) = database().await;
    let folded = fold_all(&pool, &story.events, 1).await;
    assert_eq!(folded.parked.len(), 2);
    let views = Views::new(pool);
    assert_eq!(views.transfer_by_id(&Visibility::All, poisoned.id).await.unwrap(), None);
}

#[tokio::test]
async fn what_contradicts_its_surroundings_is_parked() {
    let mut story = Story::new();
    for _ in 0..5 {
        story.send(SENDER, RECEIVER);
    }
    story.events[0].stream_id = contract::ids::fresh_id();
    story.events[1].event_type = "notice.sent".to_owned();
    story.events[2].version = 2;
    story.events[3].number = None;
    story.events[4].actor.push('\0');
    let (_database, pool) = database().await;
    let folded = fold_all(&pool, &story.events, 10).await;
    assert_eq!(folded.parked.len(), 5);
    let mut reasons: Vec<_> = folded.parked.iter().map(|parked| &parked.reason).collect();
    reasons.dedup();
    assert_eq!(reasons.len(), 5, "each has its own reason");
}
