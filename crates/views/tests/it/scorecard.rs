//! What the scorecard is computed from: the rows now, the events at any past moment, and never one without the other.

use crate::story::{OFFICE, RECEIVER, SENDER, STRANGER, Story, after, database, department, fold_all, told};
use chrono::{DateTime, TimeDelta, Utc};
use contract::clock::{ClockChange, ClockCode, ClockMove, MissedCause};
use contract::event::{Objected, ObjectionGround, ReasonGiven, TransferEvent, TransferRef};
use contract::kind::TransferKind;
use contract::scorecard::ScoreFacts;
use contract::state::TransferState;
use domain::calendar::Calendar;
use domain::scorecard::{Measure, OfficeHours, Row, Tally, compute};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use sqlx::PgPool;
use std::collections::BTreeSet;
use views::scorecard::ScoreFilter;
use views::{Views, Visibility};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Every month in which a story plays.
fn everything() -> ScoreFilter {
    let months = at("2026-08-31T16:00:00Z")..at("2027-08-31T16:00:00Z");
    ScoreFilter { months, department: None, kind: None, most: 100 }
}

async fn now_of(views: &Views, visibility: &Visibility) -> Vec<ScoreFacts> {
    views.scorecard_facts(visibility, &everything()).await.unwrap().unwrap().facts
}

async fn as_of(views: &Views, visibility: &Visibility, moment: DateTime<Utc>) -> Vec<ScoreFacts> {
    let scored = views.scorecard_facts_as_of(visibility, &everything(), moment).await.unwrap().unwrap();
    assert_eq!(scored.skipped, 0);
    scored.facts
}

fn rows(facts: &[ScoreFacts], now: DateTime<Utc>) -> Vec<Row> {
    let calendar = Calendar::national();
    compute(facts, &Measure { now, calendar: &calendar, hours: OfficeHours::default() }, |_| true)
}

/// One step of a story in which much goes wrong.
fn step(story: &mut Story, which: usize, cases: &mut Vec<TransferRef>) {
    match which {
        0 | 2 | 6 => cases.push(story.send(SENDER, RECEIVER)),
        1 => story.sign(&cases[0]),
        3 => story.accept(&cases[0]),
        4 => story.miss(&cases[1], ClockCode::T02, MissedCause::Unread),
        5 => story.sign(&cases[1]),
        7 => story.interim(&cases[0]),
        8 => story.answer(&cases[0]),
        9 => object(story, &cases[1]),
        10 => give_back(story, &cases[1]),
        11 => story.confirm_and_close(&cases[0]),
        _ => withdraw(story, &cases[2]),
    }
}

fn object(story: &mut Story, case: &TransferRef) {
    let objected = TransferEvent::Objected(Objected {
        reason: "不归我们管".to_owned(),
        proposed_department: department(STRANGER),
        ground: Some(ObjectionGround::NotOurDuty),
    });
    let clocks = vec![story.started(ClockCode::T04, &case.from, 48)];
    story.record(case, RECEIVER, objected, after(TransferState::Objected, Some(&case.from), clocks));
}

fn give_back(story: &mut Story, case: &TransferRef) {
    let agreed = TransferEvent::ObjectionAgreed(contract::event::ObjectionAgreed { note: None });
    story.record(case, SENDER, agreed, after(TransferState::Returned, Some(&case.from), vec![]));
}

fn withdraw(story: &mut Story, case: &TransferRef) {
    let cancelled = story.moved(case, ClockCode::T02, ClockMove::Cancelled);
    let withdrawn = TransferEvent::Withdrawn(ReasonGiven { reason: "发错".to_owned() });
    story.record(case, SENDER, withdrawn, after(TransferState::Withdrawn, None, vec![cancelled]));
}

#[tokio::test]
async fn the_scorecard_of_any_past_moment_is_what_it_showed_then() {
    let (_database, pool) = database().await;
    let views = Views::new(pool.clone());
    let (mut story, mut cases, mut kept, mut folded) = (Story::new(), Vec::new(), Vec::new(), 0);
    for which in 0..13 {
        story.later(31);
        step(&mut story, which, &mut cases);
        fold_all(&pool, &story.events[folded..], 2).await;
        folded = story.events.len();
        for _ in 0..2 {
            // Once right away, and once after some silence.
            let facts = now_of(&views, &Visibility::All).await;
            kept.push((story.now, rows(&facts, story.now), facts));
            story.later(40);
        }
    }
    assert_eq!(kept.len(), 26);
    for (moment, rows_then, facts_then) in &kept {
        let facts = as_of(&views, &Visibility::All, *moment).await;
        assert_eq!(&facts, facts_then, "{moment}");
        assert_eq!(&rows(&facts, *moment), rows_then, "{moment}");
    }
    let different: BTreeSet<_> = kept.iter().map(|(_, rows, _)| format!("{rows:?}")).collect();
    assert!(different.len() > 20, "almost every moment shows something else: {}", different.len());
    let last = &kept.last().unwrap().1;
    let of = |id: &'static str| last.iter().filter(move |row| row.department.as_str() == id);
    assert_eq!(of(SENDER).map(|row| row.sent).sum::<u32>(), 3);
    let reasons: Vec<_> = of(SENDER).flat_map(|row| row.returned.reasons.clone()).collect();
    assert_eq!(reasons, [("not_our_duty", 1)]);
    let signed = |count: fn(&Tally) -> u32| of(RECEIVER).map(|row| count(&row.signed)).sum::<u32>();
    assert_eq!((signed(|tally| tally.late), signed(|tally| tally.missing)), (2, 1));
}

#[tokio::test]
async fn only_the_transfers_of_departments_that_the_caller_sees_whole_are_counted() {
    let mut story = Story::new();
    let own = story.send(SENDER, RECEIVER);
    story.later(1);
    let other = story.send(OFFICE, STRANGER);
    let (_database, _pool, views) = told(&story).await;
    let region = Visibility::Region { own: department(OFFICE), region: vec![department(SENDER)] };
    let stranger = Visibility::Parties(department("510100-wjw"));
    let office_between = Visibility::Parties(department(OFFICE));
    for (visibility, seen) in [
        (Visibility::All, vec![own.id, other.id]),
        (Visibility::Parties(department(SENDER)), vec![own.id]),
        (Visibility::Parties(department(RECEIVER)), vec![own.id]),
        (office_between, vec![other.id]),
        (region, vec![own.id, other.id]),
        (stranger, vec![]),
    ] {
        let mut seen = seen;
        seen.sort();
        for facts in [now_of(&views, &visibility).await, as_of(&views, &visibility, story.now).await] {
            let mut found: Vec<_> = facts.iter().map(|facts| facts.transfer_id).collect();
            found.sort();
            assert_eq!(found, seen, "{visibility:?}");
        }
    }
}

#[tokio::test]
async fn months_departments_and_kinds_narrow_what_is_counted() {
    let mut story = Story::new();
    story.now = at("2026-09-30T15:59:59.999Z");
    let september = story.send(SENDER, RECEIVER);
    story.now = at("2026-09-30T16:00:00Z");
    let kind = TransferKind::Notice;
    let october = story.send_in(contract::ids::MatterId::fresh(), kind, RECEIVER, STRANGER, "通报");
    let (_database, _pool, views) = told(&story).await;
    let begin = at("2026-09-30T16:00:00Z");
    let (before, since) = (at("2026-08-31T16:00:00Z")..begin, begin..at("2026-10-31T16:00:00Z"));
    let (sender, receiver) = (department(SENDER), department(RECEIVER));
    let all = at("2026-08-31T16:00:00Z")..at("2026-10-31T16:00:00Z");
    for (months, department, kind, expected) in [
        (before, None, None, vec![september.id]),
        (since, None, None, vec![october.id]),
        (all.clone(), Some(&sender), None, vec![september.id]),
        (all.clone(), Some(&receiver), None, vec![september.id, october.id]),
        (all.clone(), Some(&receiver), Some(TransferKind::Notice), vec![october.id]),
        (all, None, Some(TransferKind::CaseReferral), vec![]),
    ] {
        let most = expected.len();
        let filter = ScoreFilter { months, department: department.cloned(), kind, most };
        let now = views.scorecard_facts(&Visibility::All, &filter).await.unwrap();
        let then = views.scorecard_facts_as_of(&Visibility::All, &filter, story.now).await.unwrap();
        assert_eq!(now, then);
        let mut expected = expected;
        expected.sort();
        let found = now.unwrap().facts;
        assert_eq!(found.iter().map(|facts| facts.transfer_id).collect::<Vec<_>>(), expected);
    }
    let too_many = ScoreFilter { most: 1, ..everything() };
    assert_eq!(views.scorecard_facts(&Visibility::All, &too_many).await.unwrap(), None);
    let then = views.scorecard_facts_as_of(&Visibility::All, &too_many, story.now).await.unwrap();
    assert_eq!(then, None);
    let earlier = at("2026-09-30T15:59:59Z");
    assert!(as_of(&views, &Visibility::All, earlier).await.is_empty(), "nothing was sent by then");
}

#[tokio::test]
async fn a_transfer_with_an_event_that_cannot_be_read_is_left_out_of_a_past_scorecard_and_counted() {
    let mut story = Story::new();
    let unreadable = story.send(SENDER, RECEIVER);
    story.sign(&unreadable);
    let readable = story.send(SENDER, RECEIVER);
    let (_database, pool, views) = told(&story).await;
    // As a newer program would have folded it.
    let statement = "update views_1.timeline set schema_version = 99 where position = 2";
    assert_eq!(sqlx::raw_sql(statement).execute(&pool).await.unwrap().rows_affected(), 1);
    let scored = views.scorecard_facts_as_of(&Visibility::All, &everything(), story.now).await.unwrap();
    let scored = scored.unwrap();
    assert_eq!((scored.facts.len(), scored.skipped), (1, 1));
    assert_eq!(scored.facts[0].transfer_id, readable.id);
}

/// How many histories are told.
const HISTORIES: usize = 64;

/// One event of any kind at all, lawful or not: which transfer, state, holder, clock, move, and how long after the last.
type Any = (usize, usize, usize, usize, usize, i64);

fn any_events() -> impl Strategy<Value = Vec<Any>> {
    let minutes = prop_oneof![Just(0), 1..5000_i64];
    let any = (0..4_usize, 0..13_usize, 0..4_usize, 0..6_usize, 0..8_usize, minutes);
    proptest::collection::vec(any, 1..60)
}

/// Tells a story of any events; answers where it was told in half, at a moment after which time goes on.
fn tell(events: &[Any]) -> (Story, usize, DateTime<Utc>) {
    let mut story = Story::new();
    let cases: Vec<_> = (0..4).map(|_| story.send(SENDER, RECEIVER)).collect();
    let mut half = (story.events.len(), story.now);
    for (index, (case, state, holder, code, movement, minutes)) in events.iter().enumerate() {
        story.now += TimeDelta::minutes(*minutes);
        let code =
            [ClockCode::T02, ClockCode::T07, ClockCode::T08, ClockCode::T09b, ClockCode::T18, ClockCode::T21]
                [*code];
        let state = TransferState::ALL[*state];
        let holder = [SENDER, RECEIVER, OFFICE].get(*holder).map(|holder| department(holder));
        let movement = ClockMove::ALL[*movement];
        let mut change: ClockChange = story.started(code, &cases[*case].to, 24 + minutes % 7);
        change.movement = movement;
        change.run = 1 + u32::try_from(index % 2).unwrap();
        change.due_at = change.due_at.filter(|_| movement != ClockMove::Paused);
        let event = match index % 3 {
            0 => TransferEvent::Kept(ReasonGiven { reason: "留存".to_owned() }),
            1 => TransferEvent::Objected(Objected {
                reason: "不归我们管".to_owned(),
                proposed_department: department(STRANGER),
                ground: ObjectionGround::ALL.get(index % 7).copied(),
            }),
            _ => TransferEvent::Signed,
        };
        let after = after(state, holder.as_ref(), vec![change]);
        story.record(&cases[*case], RECEIVER, event, after);
        if index == events.len() / 2 {
            half = (story.events.len(), story.now);
            story.now += TimeDelta::milliseconds(1);
        }
    }
    (story, half.0, half.1)
}

async fn rows_and_events_agree(pool: &PgPool, events: &[Any]) {
    let views = Views::new(pool.clone());
    let (story, half, moment) = tell(events);
    views::reset(pool).await.unwrap();
    assert!(fold_all(pool, &story.events[..half], 3).await.parked.is_empty());
    let at_half = now_of(&views, &Visibility::All).await;
    assert!(fold_all(pool, &story.events[half..], 5).await.parked.is_empty());
    assert_eq!(now_of(&views, &Visibility::All).await, as_of(&views, &Visibility::All, story.now).await);
    assert_eq!(at_half, as_of(&views, &Visibility::All, moment).await);
    for facts in &at_half {
        let stages = &facts.stages;
        assert!(stages.iter().all(|stage| stage.to.is_none_or(|to| to > stage.from)), "{stages:?}");
        assert!(
            stages.iter().rev().skip(1).all(|stage| stage.to.is_some()),
            "one stage at a time: {stages:?}"
        );
    }
}

#[tokio::test]
async fn rows_and_events_give_the_same_facts_for_any_history() {
    let (_database, pool) = database().await;
    let mut runner = TestRunner::deterministic();
    for _ in 0..HISTORIES {
        let events = any_events().new_tree(&mut runner).unwrap().current();
        rows_and_events_agree(&pool, &events).await;
    }
}
