//! What the watch looks at: who has not acknowledged, who has not answered, which clocks ran out.

use crate::story::{OFFICE, RECEIVER, SENDER, Story, department, fold_all, sent, told, whole};
use chrono::{TimeDelta, Utc};
use contract::clock::{ClockCode, ClockMove, ClockState, MissedCause};
use contract::event::{CloseReason, Closed, Facts, FailureAcknowledged, TransferEvent, TransferRef};
use contract::ids::{MatterId, TransferId};
use contract::kind::TransferKind;
use contract::state::TransferState;
use views::missing_feedback::MissingFeedback;
use views::unacknowledged::Unacknowledged;
use views::{Views, Visibility, WatchFilter};

fn filter(overdue_only: bool) -> WatchFilter {
    WatchFilter { overdue_only, ..WatchFilter::default() }
}

async fn unacknowledged(views: &Views, now: chrono::DateTime<Utc>, overdue: bool) -> Vec<Unacknowledged> {
    views.unacknowledged(&Visibility::All, now, filter(overdue), None, 10).await.unwrap().entries
}

async fn missing(views: &Views, now: chrono::DateTime<Utc>, overdue: bool) -> Vec<MissingFeedback> {
    views.missing_feedback(&Visibility::All, now, filter(overdue), None, 10).await.unwrap().entries
}

#[tokio::test]
async fn a_transfer_left_alone_is_unacknowledged_and_overdue_from_its_due_moment_on() {
    let mut story = Story::new();
    let clue = story.send(SENDER, RECEIVER);
    let (_database, _pool, views) = told(&story).await;
    let due_at = story.now + TimeDelta::hours(24);
    let listed = unacknowledged(&views, story.now, false).await;
    assert_eq!(
        (listed[0].transfer_id, listed[0].code, listed[0].due_at),
        (clue.id, ClockCode::T02, Some(due_at))
    );
    assert!(unacknowledged(&views, due_at - TimeDelta::seconds(1), true).await.is_empty());
    assert_eq!(unacknowledged(&views, due_at, true).await.len(), 1, "without any watch having run");
}

#[tokio::test]
async fn the_recorded_miss_stands_on_the_list_with_its_cause_until_the_signature() {
    let mut story = Story::new();
    let clue = story.send(SENDER, RECEIVER);
    story.later(25);
    story.miss(&clue, ClockCode::T02, MissedCause::Unread);
    let (_database, pool, views) = told(&story).await;
    let listed = unacknowledged(&views, story.now, true).await;
    assert_eq!((listed[0].missed_at, listed[0].cause), (Some(story.now), Some(MissedCause::Unread)));
    let clocks = whole(&views, &clue).await.clocks;
    assert_eq!((clocks[0].state, clocks[0].cause), (ClockState::Missed, Some(MissedCause::Unread)));

    let told_so_far = story.events.len();
    story.later(1);
    story.sign(&clue);
    fold_all(&pool, &story.events[told_so_far..], 1).await;
    assert!(unacknowledged(&views, story.now, false).await.is_empty());
    let clocks = whole(&views, &clue).await.clocks;
    assert_eq!(clocks[0].state, ClockState::MetLate);
    assert!(clocks[0].missed_at.is_some(), "the lateness stays on record");
}

#[tokio::test]
async fn an_unread_notice_is_unacknowledged() {
    let mut story = Story::new();
    story.send_in(MatterId::fresh(), TransferKind::Notice, SENDER, RECEIVER, "通报");
    let (_database, _pool, views) = told(&story).await;
    assert_eq!(unacknowledged(&views, story.now, false).await[0].code, ClockCode::T15);
}

#[tokio::test]
async fn an_accepted_transfer_misses_feedback_until_the_final_one() {
    let mut story = Story::new();
    let clue = story.send(SENDER, RECEIVER);
    story.sign(&clue);
    story.accept(&clue);
    let accepted_at = story.now;
    let (_database, pool, views) = told(&story).await;
    let listed = missing(&views, story.now, false).await;
    assert_eq!((listed[0].code, listed[0].accepted_at), (Some(ClockCode::T08), Some(accepted_at)));
    assert_eq!(listed[0].last_feedback_at, None);

    let mut folded = story.events.len();
    story.later(10);
    story.interim(&clue);
    fold_all(&pool, &story.events[folded..], 1).await;
    let listed = missing(&views, story.now, false).await;
    assert_eq!((listed[0].code, listed[0].last_feedback_at), (Some(ClockCode::T09b), Some(story.now)));
    assert!(missing(&views, story.now, true).await.is_empty());

    folded = story.events.len();
    story.answer(&clue);
    fold_all(&pool, &story.events[folded..], 1).await;
    assert!(missing(&views, story.now, false).await.is_empty());
}

#[tokio::test]
async fn an_accepted_supervision_task_without_a_clock_is_due_after_its_deadline() {
    let mut story = Story::new();
    let kind = TransferKind::SupervisionTask;
    let id = TransferId::fresh();
    let task = TransferRef {
        id,
        kind,
        from: department(SENDER),
        to: department(RECEIVER),
        matter: MatterId::fresh(),
    };
    let deadline = "2026-12-31".parse().ok();
    let event = TransferEvent::Sent(contract::event::TransferSent { deadline, ..sent("整改") });
    story.record(&task, SENDER, event, crate::story::after(TransferState::Delivered, Some(&task.to), vec![]));
    let accepted = crate::story::after(TransferState::Accepted, Some(&task.to), vec![]);
    story.record(&task, RECEIVER, TransferEvent::Accepted, accepted);
    let (_database, _pool, views) = told(&story).await;
    let listed = missing(&views, story.now, false).await;
    assert_eq!((listed[0].code, listed[0].due_at), (None, "2026-12-31T16:00:00Z".parse().ok()));
}

#[tokio::test]
async fn the_watch_is_given_clocks_that_ran_out_until_each_is_recorded() {
    let mut story = Story::new();
    let first = story.send(SENDER, RECEIVER);
    story.later(1);
    let second = story.send(SENDER, RECEIVER);
    let (_database, pool, views) = told(&story).await;
    assert!(views.due_clocks(story.now, None, 10).await.unwrap().entries.is_empty());
    story.later(24);
    let page = views.due_clocks(story.now, None, 1).await.unwrap();
    assert_eq!(page.entries[0].clock.transfer_id, first.id);
    assert_eq!(page.entries[0].transfer.state, TransferState::Delivered);
    let rest = views.due_clocks(story.now, page.next, 1).await.unwrap();
    assert_eq!((rest.entries[0].clock.transfer_id, rest.next), (second.id, None));

    let folded = story.events.len();
    story.miss(&first, ClockCode::T02, MissedCause::NotFetched);
    fold_all(&pool, &story.events[folded..], 1).await;
    let due = views.due_clocks(story.now, None, 10).await.unwrap().entries;
    assert_eq!(due.iter().map(|due| due.transfer.id).collect::<Vec<_>>(), [second.id]);
}

#[tokio::test]
async fn the_summary_counts_what_is_open_overdue_and_silent() {
    let mut story = Story::new();
    story.whole_life(SENDER, RECEIVER);
    let accepted = story.send(SENDER, RECEIVER);
    story.sign(&accepted);
    story.accept(&accepted);
    story.send(RECEIVER, SENDER);
    story.later(25);
    story.send(SENDER, RECEIVER);
    let (_database, _pool, views) = told(&story).await;
    let summary = views.summary(&Visibility::All, story.now, 1).await.unwrap();
    assert_eq!((summary.open, summary.overdue), (3, 1));
    assert_eq!((summary.unacknowledged.all, summary.unacknowledged.overdue), (2, 1));
    assert_eq!((summary.missing_feedback.all, summary.missing_feedback.overdue), (1, 0));
    let by_state: Vec<_> = summary.by_state.iter().map(|entry| (entry.state, entry.count.all)).collect();
    assert_eq!(
        by_state,
        [(TransferState::Accepted, 1), (TransferState::Closed, 1), (TransferState::Delivered, 2)]
    );
    assert_eq!(summary.by_holder.len(), 1);
    assert_eq!(
        (&summary.by_holder[0].department, summary.by_holder[0].count.all),
        (&department(RECEIVER), 2)
    );
}

#[tokio::test]
async fn a_request_for_assistance_misses_its_answer_from_delivery_on() {
    let mut story = Story::new();
    let kind = TransferKind::AssistanceRequest;
    let request = story.send_in(MatterId::fresh(), kind, SENDER, RECEIVER, "协查");
    let (_database, pool, views) = told(&story).await;
    let listed = missing(&views, story.now, false).await;
    assert_eq!((listed[0].code, listed[0].accepted_at), (Some(ClockCode::T14), None));
    assert_eq!(listed[0].due_at, Some(story.now + TimeDelta::hours(360)));
    assert!(unacknowledged(&views, story.now, false).await.is_empty());

    let mut folded = story.events.len();
    story.later(1);
    let accepted = crate::story::after(TransferState::Accepted, Some(&request.to), vec![]);
    story.record(&request, RECEIVER, TransferEvent::Accepted, accepted);
    fold_all(&pool, &story.events[folded..], 1).await;
    assert_eq!(missing(&views, story.now, false).await[0].accepted_at, Some(story.now));

    folded = story.events.len();
    let stopped = story.moved(&request, ClockCode::T14, ClockMove::Stopped);
    let closed = TransferEvent::Closed(Closed { reason: CloseReason::Replied });
    story.record(&request, RECEIVER, closed, crate::story::after(TransferState::Closed, None, vec![stopped]));
    fold_all(&pool, &story.events[folded..], 1).await;
    assert!(missing(&views, story.now, false).await.is_empty());
}

#[tokio::test]
async fn a_task_misses_the_report_that_is_due_by_its_own_dates() {
    let mut story = Story::new();
    let kind = TransferKind::SupervisionTask;
    let task = story.send_in(MatterId::fresh(), kind, SENDER, RECEIVER, "整改");
    let due_at = story.now + TimeDelta::hours(240);
    let accepted = crate::story::after(TransferState::Accepted, Some(&task.to), vec![]);
    story.record(&task, RECEIVER, TransferEvent::Accepted, accepted);
    let (_database, _pool, views) = told(&story).await;
    let listed = missing(&views, story.now, false).await;
    assert_eq!((listed[0].code, listed[0].due_at), (Some(ClockCode::T21), Some(due_at)));
}

#[tokio::test]
async fn a_known_failure_is_listed_and_does_not_alarm_until_its_acknowledgement_is_over() {
    let mut story = Story::new();
    let unsigned = story.send(SENDER, RECEIVER);
    let accepted = story.send(SENDER, RECEIVER);
    story.sign(&accepted);
    story.accept(&accepted);
    story.later(40 * 24);
    let until = story.now + TimeDelta::days(10);
    for case in [&unsigned, &accepted] {
        let known = FailureAcknowledged { note: "系统迁移".to_owned(), until };
        let (acknowledged_until, acknowledged_at) = (Some(until), Some(story.now));
        let facts = Facts { acknowledged_until, acknowledged_at, ..Facts::default() };
        story.note_facts(case, OFFICE, TransferEvent::FailureAcknowledged(known), facts);
    }
    let (_database, _pool, views) = told(&story).await;
    let transfer = views.transfer_by_id(&Visibility::All, unsigned.id).await.unwrap().unwrap();
    assert_eq!(transfer.acknowledged_until(), Some(until));
    let alarming = WatchFilter { alarming_only: true, ..WatchFilter::default() };
    let before = until - TimeDelta::seconds(1);
    for (now, count) in [(before, 0), (until, 1)] {
        let all = Visibility::All;
        let alarms = views.unacknowledged(&all, now, alarming, None, 10).await.unwrap().entries;
        assert_eq!(alarms.len(), count);
        let alarms = views.missing_feedback(&all, now, alarming, None, 10).await.unwrap().entries;
        assert_eq!(alarms.len(), count);
        assert_eq!(unacknowledged(&views, now, false).await[0].acknowledged_until, Some(until));
        assert_eq!(missing(&views, now, false).await[0].acknowledged_until, Some(until));
    }
}
