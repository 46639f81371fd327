//! Supervision tasks as a ledger: the counts are always true, and only of what the caller may see.

use crate::story::{OFFICE, RECEIVER, SENDER, STRANGER, Story, after, department, fold_all, sent, told};
use chrono::TimeDelta;
use contract::clock::{ClockCode, ClockMove};
use contract::event::{
    CloseReason, Closed, Facts, FeedbackGiven, OutcomeCode, PlanFiled, ProgressReported, ReasonGiven,
    TransferEvent, TransferRef,
};
use contract::ids::MatterId;
use contract::kind::TransferKind;
use contract::state::TransferState;
use views::ledger::LedgerMatter;
use views::{Views, Visibility};

fn task(story: &mut Story, matter: MatterId, to: &str) -> TransferRef {
    story.send_as(matter, TransferKind::SupervisionTask, OFFICE, to, sent("医保基金专项整改"))
}

fn sign(story: &mut Story, task: &TransferRef) {
    let signed = story.moved(task, ClockCode::T02, ClockMove::Stopped);
    let held = after(TransferState::Signed, Some(&task.to), vec![signed]);
    story.record(task, task.to.as_str(), TransferEvent::Signed, held);
    let held = after(TransferState::Accepted, Some(&task.to), vec![]);
    story.record(task, task.to.as_str(), TransferEvent::Accepted, held);
}

fn answer(story: &mut Story, task: &TransferRef) {
    let given = FeedbackGiven {
        feedback: 1,
        text: "整改完成".to_owned(),
        outcome: Some(OutcomeCode::Rectified),
        parts: vec![],
        without_parts: None,
    };
    let clock = story.moved(task, ClockCode::T21, ClockMove::Stopped);
    let held = after(TransferState::Answered, Some(&task.from), vec![clock]);
    story.record(task, task.to.as_str(), TransferEvent::FinalFeedbackGiven(given), held);
}

fn strike_off(story: &mut Story, task: &TransferRef) {
    let mut held = after(TransferState::Closed, None, vec![]);
    held.facts = Facts { struck_off: true, ..Facts::default() };
    let closed = TransferEvent::Closed(Closed { reason: CloseReason::StruckOff });
    story.record(task, OFFICE, closed, held);
}

fn reopen(story: &mut Story, task: &TransferRef) {
    let event = TransferEvent::Reopened(ReasonGiven { reason: "反弹".to_owned() });
    story.record(task, OFFICE, event, after(TransferState::Accepted, Some(&task.to), vec![]));
}

fn withdraw(story: &mut Story, task: &TransferRef) {
    let event = TransferEvent::Withdrawn(ReasonGiven { reason: "重复下发".to_owned() });
    let mut clocks = vec![];
    for code in [ClockCode::T02, ClockCode::T21] {
        clocks.push(story.moved(task, code, ClockMove::Cancelled));
    }
    story.record(task, OFFICE, event, after(TransferState::Withdrawn, None, clocks));
}

/// (total, signed, plan filed, answered, struck off, overdue)
fn counts(ledger: &LedgerMatter) -> [u32; 6] {
    let ledger = ledger.clone();
    [ledger.total, ledger.signed, ledger.plan_filed, ledger.answered, ledger.struck_off, ledger.overdue]
}

async fn of(views: &Views, story: &Story, matter: MatterId) -> LedgerMatter {
    views.ledger_of(&Visibility::All, story.now, matter).await.unwrap().unwrap()
}

#[tokio::test]
async fn each_department_stands_with_its_own_state_and_the_counts_follow() {
    let mut story = Story::new();
    let matter = MatterId::fresh();
    let tasks: Vec<_> = [RECEIVER, SENDER, STRANGER].map(|to| task(&mut story, matter, to)).into();
    let mistaken = task(&mut story, matter, RECEIVER);
    withdraw(&mut story, &mistaken);
    let (_database, pool, views) = told(&story).await;
    let ledger = of(&views, &story, matter).await;
    assert_eq!(counts(&ledger), [3, 0, 0, 0, 0, 0]);
    assert_eq!((ledger.title.as_str(), ledger.from_department.as_str()), ("医保基金专项整改", OFFICE));
    assert_eq!(ledger.entries.len(), 4, "what was withdrawn is listed");

    let mut folded = story.events.len();
    sign(&mut story, &tasks[0]);
    sign(&mut story, &tasks[1]);
    let plan = PlanFiled { text: "方案".to_owned(), measures: vec![] };
    story.note(&tasks[0], RECEIVER, TransferEvent::PlanFiled(plan), vec![]);
    for _ in 0..2 {
        story.later(1);
        let report = ProgressReported { text: "进展".to_owned(), evidence: vec![] };
        story.note(&tasks[0], RECEIVER, TransferEvent::ProgressReported(report), vec![]);
    }
    let reported_at = story.now;
    story.later(24);
    answer(&mut story, &tasks[0]);
    fold_all(&pool, &story.events[folded..], 3).await;
    let ledger = of(&views, &story, matter).await;
    assert_eq!(counts(&ledger), [3, 2, 1, 1, 0, 1], "the third has not signed in time");
    let entry = &ledger.entries[0];
    assert_eq!((entry.reports, entry.last_report_at), (2, Some(reported_at)));
    assert_eq!((entry.feedback_count, entry.struck_off_at), (1, None));
    assert_eq!(ledger.entries[1].due_at, Some(story.events[0].occurred_at + TimeDelta::hours(240)));

    folded = story.events.len();
    strike_off(&mut story, &tasks[0]);
    answer(&mut story, &tasks[1]);
    fold_all(&pool, &story.events[folded..], 3).await;
    let ledger = of(&views, &story, matter).await;
    assert_eq!(counts(&ledger), [3, 2, 1, 2, 1, 1]);
    assert_eq!(ledger.entries[0].struck_off_at, Some(story.now));
    let struck_off = views.transfer_by_id(&Visibility::All, tasks[0].id).await.unwrap().unwrap();
    assert_eq!((struck_off.ended_at, struck_off.facts.struck_off), (Some(story.now), true));

    folded = story.events.len();
    reopen(&mut story, &tasks[0]);
    fold_all(&pool, &story.events[folded..], 3).await;
    let ledger = of(&views, &story, matter).await;
    assert_eq!(counts(&ledger), [3, 2, 1, 1, 0, 1], "its department owes an answer anew");
    assert_eq!(ledger.entries[0].struck_off_at, None);
    let reopened = views.transfer_by_id(&Visibility::All, tasks[0].id).await.unwrap().unwrap();
    assert_eq!(reopened.ended_at, None);
}

#[tokio::test]
async fn a_department_sees_its_own_task_in_a_ledger_and_a_stranger_none() {
    let mut story = Story::new();
    let matter = MatterId::fresh();
    task(&mut story, matter, RECEIVER);
    task(&mut story, matter, SENDER);
    story.send_in(matter, TransferKind::ClueTransfer, RECEIVER, SENDER, "同一案事项的线索");
    let (_database, _pool, views) = told(&story).await;
    let receiver = Visibility::Parties(department(RECEIVER));
    let own = views.ledger_of(&receiver, story.now, matter).await.unwrap().unwrap();
    assert_eq!((own.total, own.entries[0].to_department.as_str()), (1, RECEIVER));
    let stranger = Visibility::Parties(department(STRANGER));
    assert_eq!(views.ledger_of(&stranger, story.now, matter).await.unwrap(), None);
    assert!(views.ledger(&stranger, story.now, None, 10).await.unwrap().entries.is_empty());
    let office = Visibility::Parties(department(OFFICE));
    assert_eq!(views.ledger(&office, story.now, None, 10).await.unwrap().entries[0].total, 2);
}

#[tokio::test]
async fn ledgers_are_paged_last_begun_first_also_when_one_of_them_grows() {
    let mut story = Story::new();
    let matters: Vec<_> = (0..5).map(|_| MatterId::fresh()).collect();
    for matter in &matters {
        task(&mut story, *matter, RECEIVER);
        task(&mut story, *matter, SENDER);
    }
    let (_database, pool, views) = told(&story).await;
    let (mut read, mut cursor) = (Vec::new(), None);
    loop {
        let page = views.ledger(&Visibility::All, story.now, cursor, 2).await.unwrap();
        assert!(page.entries.iter().all(|ledger| ledger.total >= 2));
        read.extend(page.entries.iter().map(|ledger| ledger.matter));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
        let folded = story.events.len();
        task(&mut story, matters[0], STRANGER);
        fold_all(&pool, &story.events[folded..], 1).await;
    }
    assert_eq!(read, matters.iter().rev().copied().collect::<Vec<_>>());
}

#[tokio::test]
async fn a_ledger_lists_two_hundred_tasks_and_counts_all() {
    let mut story = Story::new();
    let matter = MatterId::fresh();
    let tasks: Vec<_> = (0..203).map(|_| task(&mut story, matter, RECEIVER)).collect();
    sign(&mut story, &tasks[202]);
    let (_database, _pool, views) = told(&story).await;
    let ledger = of(&views, &story, matter).await;
    assert_eq!(counts(&ledger), [203, 1, 0, 0, 0, 0]);
    let listed: Vec<_> = ledger.entries.iter().map(|entry| entry.transfer_id).collect();
    assert_eq!(listed, tasks[..200].iter().map(|task| task.id).collect::<Vec<_>>());
    let page = views.ledger(&Visibility::All, story.now, None, 1).await.unwrap();
    assert_eq!((&page.entries[0], page.next), (&ledger, None));
}

#[tokio::test]
async fn a_task_without_a_clock_is_due_at_the_end_of_its_deadline_in_china() {
    let mut story = Story::new();
    let matter = MatterId::fresh();
    let mut with_deadline = sent("限期整改");
    with_deadline.deadline = Some("2026-12-31".parse().unwrap());
    let task = story.send_as(matter, TransferKind::SupervisionTask, OFFICE, RECEIVER, with_deadline);
    sign(&mut story, &task);
    let stopped = story.moved(&task, ClockCode::T21, ClockMove::Stopped);
    let report = ProgressReported { text: "进展".to_owned(), evidence: vec![] };
    story.note(&task, RECEIVER, TransferEvent::ProgressReported(report), vec![stopped]);
    let (_database, _pool, views) = told(&story).await;
    let due_at = "2026-12-31T16:00:00Z".parse().unwrap();
    for (now, overdue) in [(due_at - TimeDelta::milliseconds(1), 0), (due_at, 1)] {
        let ledger = views.ledger_of(&Visibility::All, now, matter).await.unwrap().unwrap();
        assert_eq!((ledger.entries[0].due_at, ledger.overdue), (Some(due_at), overdue));
    }
}
