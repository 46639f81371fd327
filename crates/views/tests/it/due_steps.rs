//! Candidates for the steps of the watch: each stands there from its moment on, until the step is on record.

use crate::story::{OFFICE, RECEIVER, SENDER, Story, fold_all, told};
use chrono::{DateTime, TimeDelta, Utc};
use contract::clock::ClockCode::{T02, T03};
use contract::clock::{ClockChange, ClockMove, MissedCause, PauseReason, WarningMark};
use contract::event::{
    ClocksRecalculated, Facts, FailureAcknowledged, Supervised, Suspended, Suspension, TimeLimitWarned,
    TransferEvent, TransferRef, Urged,
};
use contract::ids::TransferId;
use views::Views;

fn moment(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// A signed clue whose T03 warns at one moment and is due at another.
fn warning(story: &mut Story, warn_at: Option<DateTime<Utc>>, due_at: DateTime<Utc>) -> TransferRef {
    let clue = story.send(SENDER, RECEIVER);
    story.sign(&clue);
    due(story, &clue, warn_at, due_at);
    clue
}

/// From now on its T03 warns at one moment and is due at another.
fn due(story: &mut Story, clue: &TransferRef, warn_at: Option<DateTime<Utc>>, due_at: DateTime<Utc>) {
    let change =
        ClockChange { warn_at, due_at: Some(due_at), ..story.moved(clue, T03, ClockMove::Recalculated) };
    let event = TransferEvent::ClocksRecalculated(ClocksRecalculated { calendar: "cn-2026".to_owned() });
    story.note(clue, "casebus", event, vec![change]);
}

fn warned(story: &mut Story, clue: &TransferRef, mark: WarningMark) {
    let due_at = story.last_clock(clue, T03).due_at.unwrap();
    let warned = TimeLimitWarned { code: T03, run: 1, owner: clue.to.clone(), due_at, mark };
    story.note(clue, "casebus", TransferEvent::TimeLimitWarned(warned), vec![]);
}

async fn to_warn(views: &Views, now: DateTime<Utc>) -> Vec<(TransferId, WarningMark)> {
    let clocks = views.clocks_to_warn(now, 10).await.unwrap();
    clocks.into_iter().map(|(clock, mark)| (clock.transfer_id, mark)).collect()
}

#[tokio::test]
async fn a_clock_warns_at_its_share_and_on_the_civil_day_of_its_expiry_once_each() {
    let mut story = Story::new();
    // Due at 24:00 of September 25 in China.
    let (warn_at, due_at) = (moment("2026-09-24T08:00:00Z"), moment("2026-09-25T16:00:00Z"));
    let clue = warning(&mut story, Some(warn_at), due_at);
    warning(&mut story, None, due_at);
    let (_database, pool, views) = told(&story).await;
    story.now = warn_at;
    let second = TimeDelta::seconds(1);
    assert!(to_warn(&views, warn_at - second).await.is_empty());
    assert_eq!(to_warn(&views, warn_at).await, [(clue.id, WarningMark::Share)]);
    let expiry_day = moment("2026-09-24T16:00:00Z");
    assert_eq!(to_warn(&views, expiry_day - second).await, [(clue.id, WarningMark::Share)]);
    let both = [(clue.id, WarningMark::ExpiryDay), (clue.id, WarningMark::Share)];
    assert_eq!(to_warn(&views, expiry_day).await, both);
    assert_eq!(views.clocks_to_warn(expiry_day, 1).await.unwrap().len(), 1);
    assert!(to_warn(&views, due_at).await.is_empty(), "it is too late to warn");

    let mut folded = story.events.len();
    warned(&mut story, &clue, WarningMark::Share);
    fold_all(&pool, &story.events[folded..], 1).await;
    assert_eq!(to_warn(&views, expiry_day).await, [(clue.id, WarningMark::ExpiryDay)]);
    folded = story.events.len();
    story.now = expiry_day;
    warned(&mut story, &clue, WarningMark::ExpiryDay);
    fold_all(&pool, &story.events[folded..], 1).await;
    assert!(to_warn(&views, expiry_day).await.is_empty());

    folded = story.events.len();
    let (warn_at, due_at) = (warn_at + TimeDelta::days(7), due_at + TimeDelta::days(7));
    due(&mut story, &clue, Some(warn_at), due_at);
    fold_all(&pool, &story.events[folded..], 1).await;
    assert!(to_warn(&views, warn_at - second).await.is_empty());
    assert_eq!(to_warn(&views, warn_at).await, [(clue.id, WarningMark::Share)], "the due moment has moved");
    let expiry_day = expiry_day + TimeDelta::days(7);
    assert_eq!(to_warn(&views, expiry_day).await, both);
    folded = story.events.len();
    story.now = expiry_day;
    warned(&mut story, &clue, WarningMark::Share);
    warned(&mut story, &clue, WarningMark::ExpiryDay);
    fold_all(&pool, &story.events[folded..], 1).await;
    assert!(to_warn(&views, expiry_day).await.is_empty(), "it has warned again");
}

#[tokio::test]
async fn a_missed_clock_is_a_candidate_for_urging_once_a_day_and_for_supervision_until_it_opens() {
    let mut story = Story::new();
    let clue = story.send(SENDER, RECEIVER);
    story.later(24);
    let due_at = story.now;
    let (_database, pool, views) = told(&story).await;
    assert!(views.clocks_to_urge(due_at, 10).await.unwrap().is_empty(), "the miss is not on record");
    let mut folded = story.events.len();
    story.miss(&clue, T02, MissedCause::Unread);
    fold_all(&pool, &story.events[folded..], 1).await;
    assert_eq!(views.clocks_to_urge(due_at, 10).await.unwrap()[0].transfer_id, clue.id);
    folded = story.events.len();
    let urged = Urged { department: clue.to.clone(), code: Some(T02), run: Some(1), reason: None };
    story.note(&clue, "casebus", TransferEvent::Urged(urged), vec![]);
    fold_all(&pool, &story.events[folded..], 1).await;
    assert!(views.clocks_to_urge(due_at, 10).await.unwrap().is_empty(), "not twice on one day");
    let later = due_at + TimeDelta::days(1);
    assert_eq!(views.clocks_to_urge(later, 10).await.unwrap().len(), 1, "the rules know how many days");

    assert_eq!(views.clocks_to_supervise(later, 10).await.unwrap()[0].code, T02);
    folded = story.events.len();
    let supervised = Supervised { department: clue.to.clone(), code: Some(T02), run: Some(1), reason: None };
    story.note(&clue, "casebus", TransferEvent::Supervised(supervised), vec![]);
    fold_all(&pool, &story.events[folded..], 1).await;
    assert!(views.clocks_to_supervise(later, 10).await.unwrap().is_empty());

    folded = story.events.len();
    story.sign(&clue);
    fold_all(&pool, &story.events[folded..], 1).await;
    assert!(views.clocks_to_urge(later, 10).await.unwrap().is_empty(), "late fulfilment ends the ladder");
}

#[tokio::test]
async fn a_known_failure_is_no_candidate_until_its_acknowledgement_is_over() {
    let mut story = Story::new();
    let clue = story.send(SENDER, RECEIVER);
    story.later(25);
    story.miss(&clue, T02, MissedCause::Unread);
    let until = story.now + TimeDelta::days(20);
    let known = FailureAcknowledged { note: "系统迁移".to_owned(), until };
    let facts = Facts { acknowledged_until: Some(until), ..Facts::default() };
    story.note_facts(&clue, OFFICE, TransferEvent::FailureAcknowledged(known), facts);
    let (_database, pool, views) = told(&story).await;
    let before = until - TimeDelta::seconds(1);
    assert!(views.clocks_to_urge(before, 10).await.unwrap().is_empty());
    assert!(views.clocks_to_supervise(before, 10).await.unwrap().is_empty());
    assert_eq!(views.clocks_to_urge(until, 10).await.unwrap().len(), 1);
    assert_eq!(views.clocks_to_supervise(until, 10).await.unwrap().len(), 1);
    // What the office says of its own duties quiets nothing: the rules decide on them.
    sqlx::query("update views_1.clock set owner = $1").bind(OFFICE).execute(&pool).await.unwrap();
    assert_eq!(views.clocks_to_urge(before, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_suspension_is_over_when_its_last_day_is_over_in_china() {
    let mut story = Story::new();
    let clue = story.send(SENDER, RECEIVER);
    let until = "2026-10-08".parse().unwrap();
    let suspended = Suspended { reason: PauseReason::Hearing, evidence: "听证通知".to_owned(), until };
    let suspension = Suspension { reason: PauseReason::Hearing, since: story.now, until };
    let facts = Facts { suspension: Some(suspension), ..Facts::default() };
    story.note_facts(&clue, RECEIVER, TransferEvent::Suspended(suspended), facts);
    story.send(SENDER, RECEIVER);
    let (_database, _pool, views) = told(&story).await;
    let last_second = moment("2026-10-08T15:59:59Z");
    assert!(views.suspensions_over(last_second, 10).await.unwrap().is_empty());
    let over = views.suspensions_over(moment("2026-10-08T16:00:00Z"), 10).await.unwrap();
    assert_eq!(over.iter().map(|transfer| transfer.id).collect::<Vec<_>>(), [clue.id]);
    assert_eq!(over[0].facts.suspension, Some(suspension));
}

#[tokio::test]
async fn transfers_with_clocks_of_another_calendar_are_read_through_by_id() {
    let mut story = Story::new();
    let mut all: Vec<_> = (0..3).map(|_| story.send(SENDER, RECEIVER)).collect();
    all.sort_by_key(|clue| clue.id);
    story.whole_life(SENDER, RECEIVER);
    let uncertain = ClockChange { provisional: true, ..story.moved(&all[1], T02, ClockMove::Recalculated) };
    let event = TransferEvent::ClocksRecalculated(ClocksRecalculated { calendar: "cn-2026".to_owned() });
    story.note(&all[1], "casebus", event, vec![uncertain]);
    let (_database, _pool, views) = told(&story).await;
    assert!(views.clocks_of_other_calendars("cn-2026", false, None, 10).await.unwrap().is_empty());
    let first = views.clocks_of_other_calendars("cn-2027", false, None, 2).await.unwrap();
    assert_eq!(first, [all[0].id, all[1].id]);
    let rest = views.clocks_of_other_calendars("cn-2027", false, first.last().copied(), 2).await.unwrap();
    assert_eq!(rest, [all[2].id], "what is over has no clock that runs");
    assert_eq!(views.clocks_of_other_calendars("cn-2027", true, None, 9).await.unwrap(), [all[1].id]);
}

#[tokio::test]
async fn open_transfers_are_read_through_by_id() {
    let mut story = Story::new();
    let mut open: Vec<_> = (0..3).map(|_| story.send(SENDER, RECEIVER).id).collect();
    open.sort();
    story.whole_life(SENDER, RECEIVER);
    let (_database, _pool, views) = told(&story).await;
    assert_eq!(views.open_transfers(None, 2).await.unwrap(), open[..2]);
    assert_eq!(views.open_transfers(Some(open[1]), 2).await.unwrap(), open[2..]);
}
