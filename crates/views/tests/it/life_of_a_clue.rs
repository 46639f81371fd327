//! A clue from sending to closing, in every view.

use crate::story::{RECEIVER, SENDER, Story, department, told, whole};
use chrono::{DateTime, Utc};
use contract::clock::ClockCode::{self, T02, T03, T07, T08, T09b, T18};
use contract::clock::ClockState;
use contract::event::OutcomeCode;
use contract::state::{Handling, TransferState};
use views::Visibility;
use views::feedback::{FeedbackKind, FeedbackState};

#[tokio::test]
async fn a_clue_that_was_sent_stands_with_its_receiver_under_its_number() {
    let mut story = Story::new();
    let clue = story.send(SENDER, RECEIVER);
    let (_database, _pool, views) = told(&story).await;
    let transfer = views.transfer_by_id(&Visibility::All, clue.id).await.unwrap().unwrap();
    assert_eq!(transfer.number, "移〔2026〕000001号");
    assert_eq!(transfer.state, TransferState::Delivered);
    assert_eq!(transfer.holder, Some(department(RECEIVER)));
    assert_eq!((transfer.version, transfer.position), (1, 1));
    assert_eq!(transfer.due_at, Some(story.now + chrono::TimeDelta::hours(24)));
    assert_eq!(transfer.subjects.len(), 1);
}

#[tokio::test]
async fn an_accepted_clue_says_how_far_its_handling_is() {
    let mut story = Story::new();
    let clue = story.send(SENDER, RECEIVER);
    story.sign(&clue);
    story.accept(&clue);
    let (_database, _pool, views) = told(&story).await;
    let transfer = views.transfer_by_id(&Visibility::All, clue.id).await.unwrap().unwrap();
    assert_eq!(transfer.handling, Some(Handling::Pending));
    assert_eq!(transfer.accepted_at, Some(story.now));
    assert!(transfer.is_overdue(story.now + chrono::TimeDelta::days(16)));
    assert!(!transfer.is_overdue(story.now));
}

#[tokio::test]
async fn a_clue_that_was_answered_and_confirmed_is_closed_and_owes_nothing() {
    let mut story = Story::new();
    let clue = story.whole_life(SENDER, RECEIVER);
    let (_database, _pool, views) = told(&story).await;
    let transfer = views.transfer_by_id(&Visibility::All, clue.id).await.unwrap().unwrap();
    assert_eq!(transfer.state, TransferState::Closed);
    assert_eq!((transfer.holder, transfer.due_at), (None, None));
    assert_eq!((transfer.feedback_count, transfer.final_feedback), (2, Some(2)));
    assert_eq!((transfer.version, transfer.position), (7, 7));

    let clocks = whole(&views, &clue).await.clocks;
    let states: Vec<_> = clocks.iter().map(|clock| (clock.code, clock.state)).collect();
    let met = |code: ClockCode| (code, ClockState::Met);
    assert_eq!(states, [T02, T03, T07, T08, T09b, T18].map(met));

    let feedback = whole(&views, &clue).await.feedback;
    assert_eq!((feedback[0].kind, feedback[0].state), (FeedbackKind::Interim, FeedbackState::Given));
    assert_eq!((feedback[1].kind, feedback[1].state), (FeedbackKind::Final, FeedbackState::Confirmed));
    assert_eq!(feedback[1].outcome, Some(OutcomeCode::FundsRecovered));

    let events = views.events_of(&Visibility::All, clue.id, 0, 100).await.unwrap();
    assert_eq!(events.len(), 7);
    assert!(events.iter().zip(&story.events).all(|(read, told)| read.body == told.body));
    let rest = views.events_of(&Visibility::All, clue.id, 5, 1).await.unwrap();
    assert_eq!(rest.iter().map(|event| event.version).collect::<Vec<_>>(), [6]);
}

#[tokio::test]
async fn a_late_signature_is_recorded_as_late() {
    let mut story = Story::new();
    let clue = story.send(SENDER, RECEIVER);
    story.later(24);
    story.sign(&clue);
    let (_database, _pool, views) = told(&story).await;
    let clocks = whole(&views, &clue).await.clocks;
    assert_eq!(clocks[0].state, ClockState::MetLate, "the due moment is the first that is too late");
    assert_eq!(clocks[0].stopped_at, Some(story.now));
}

#[tokio::test]
async fn a_matter_counts_its_transfers_and_those_that_are_open() {
    let mut story = Story::new();
    let first = story.whole_life(SENDER, RECEIVER);
    let first_sent_at = story.events[0].occurred_at;
    story.send_in(first.matter, first.kind, RECEIVER, SENDER, "后续线索");
    let (_database, pool, views) = told(&story).await;
    let matter = "select transfers, open, last_position, first_sent_at from views_1.matter where id = $1";
    let matter: (i64, i64, i64, DateTime<Utc>) =
        sqlx::query_as(matter).bind(first.matter.0).fetch_one(&pool).await.unwrap();
    assert_eq!(matter, (2, 1, 8, first_sent_at));
    let transfers = views.matter_transfers(&Visibility::All, first.matter, 10).await.unwrap();
    assert_eq!(transfers.iter().map(|transfer| transfer.sent_position).collect::<Vec<_>>(), [1, 8]);
}
