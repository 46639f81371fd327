//! What a clock goes through beside starting and stopping.

use crate::story::{OFFICE, RECEIVER, SENDER, Story, department, fold_all, sent, told, whole};
use chrono::TimeDelta;
use contract::clock::ClockCode::{self, T01, T02, T03, T07};
use contract::clock::{
    ClockChange, ClockMove, ClockState, LatenessReason, MissedCause, PauseReason, WarningMark,
};
use contract::event::{
    ClocksRecalculated, ExtendedBy, ExtensionGranted, LatenessExplained, Resumed, Supervised, Suspended,
    TimeLimitWarned, TransferEvent, TransferRef, UrgeReplied, Urged,
};
use contract::ids::{MatterId, TransferId};
use contract::kind::TransferKind;
use contract::state::TransferState;
use views::clock::Clock;
use views::{Views, Visibility};

async fn clock(views: &Views, case: &TransferRef, code: ClockCode) -> Clock {
    let clocks = whole(views, case).await.clocks;
    clocks.into_iter().find(|clock| clock.code == code).unwrap()
}

fn accepted(story: &mut Story) -> TransferRef {
    let clue = story.send(SENDER, RECEIVER);
    story.sign(&clue);
    story.accept(&clue);
    clue
}

#[tokio::test]
async fn a_clock_keeps_when_it_warned_urged_and_was_supervised_and_why_it_was_late() {
    let mut story = Story::new();
    let clue = story.send(SENDER, RECEIVER);
    story.later(20);
    let share_warned_at = story.now;
    for mark in [WarningMark::Share, WarningMark::ExpiryDay] {
        let due_at = story.last_clock(&clue, T02).due_at.unwrap();
        let warned = TimeLimitWarned { code: T02, run: 1, owner: department(RECEIVER), due_at, mark };
        story.note(&clue, "casebus", TransferEvent::TimeLimitWarned(warned), vec![]);
        story.later(1);
    }
    story.later(3);
    story.miss(&clue, T02, MissedCause::Unread);
    for _ in 0..2 {
        let urged = Urged { department: department(RECEIVER), code: Some(T02), run: Some(1), reason: None };
        story.note(&clue, "casebus", TransferEvent::Urged(urged), vec![]);
        story.later(72);
    }
    let last_urged_at = story.now - TimeDelta::hours(72);
    let supervised =
        Supervised { department: department(RECEIVER), code: Some(T02), run: Some(1), reason: None };
    story.note(&clue, "casebus", TransferEvent::Supervised(supervised), vec![]);
    let supervised_at = story.now;
    story.later(1);
    story.sign(&clue);
    let explained = LatenessExplained {
        code: T02,
        run: 1,
        department: department(RECEIVER),
        reason: LatenessReason::SystemFailure,
        note: "停电".to_owned(),
    };
    story.note(&clue, RECEIVER, TransferEvent::LatenessExplained(explained), vec![]);

    let (_database, _pool, views) = told(&story).await;
    let clock = clock(&views, &clue, T02).await;
    assert_eq!(clock.state, ClockState::MetLate);
    assert_eq!(clock.share_warned_at, Some(share_warned_at));
    assert_eq!(clock.day_warned_at, Some(share_warned_at + TimeDelta::hours(1)));
    assert_eq!((clock.urged_at, clock.urge_count), (Some(last_urged_at), 2));
    assert_eq!(clock.supervised_at, Some(supervised_at));
    assert_eq!(clock.lateness, Some(LatenessReason::SystemFailure));
    assert_eq!(clock.calendar.as_deref(), Some("cn-2026"));
}

#[tokio::test]
async fn a_suspended_clock_says_why_it_stands_still_and_runs_on_with_a_new_due_moment() {
    let mut story = Story::new();
    let clue = accepted(&mut story);
    let running = story.last_clock(&clue, T07);
    let paused = ClockChange {
        due_at: None,
        warn_at: None,
        pause_reason: Some(PauseReason::Appraisal),
        ..story.moved(&clue, T07, ClockMove::Paused)
    };
    let until = "2026-10-20".parse().unwrap();
    let suspended = Suspended { reason: PauseReason::Appraisal, evidence: "鉴字1号".to_owned(), until };
    story.later(5);
    story.note(&clue, RECEIVER, TransferEvent::Suspended(suspended), vec![paused]);
    let (_database, pool, views) = told(&story).await;
    let standing = clock(&views, &clue, T07).await;
    assert_eq!((standing.state, standing.due_at, standing.warn_at), (ClockState::Paused, None, None));
    assert_eq!((standing.pause_reason, standing.paused_at), (Some(PauseReason::Appraisal), Some(story.now)));

    let folded = story.events.len();
    story.later(48);
    let due_at = running.due_at.map(|due_at| due_at + TimeDelta::hours(48));
    let warn_at = due_at.map(|due_at| due_at - TimeDelta::hours(72));
    let resumed = ClockChange { due_at, warn_at, movement: ClockMove::Resumed, ..running };
    let event = TransferEvent::Resumed(Resumed { ended_at: story.now, evidence: None });
    story.note(&clue, RECEIVER, event, vec![resumed]);
    fold_all(&pool, &story.events[folded..], 1).await;
    let running = clock(&views, &clue, T07).await;
    assert_eq!(running.state, ClockState::Running);
    assert_eq!((running.due_at, running.warn_at), (due_at, warn_at));
    assert_eq!((running.pause_reason, running.paused_at), (None, None));
}

#[tokio::test]
async fn an_extension_and_another_calendar_move_the_due_moment_and_nothing_else() {
    let mut story = Story::new();
    let clue = accepted(&mut story);
    let provisional = ClockChange {
        due_at: Some(story.now + TimeDelta::days(40)),
        provisional: true,
        ..story.moved(&clue, T07, ClockMove::Extended)
    };
    let granted = ExtensionGranted {
        code: T07,
        run: 1,
        by: ExtendedBy::Length(15),
        approved_by: department(RECEIVER),
        note: None,
    };
    story.note(&clue, RECEIVER, TransferEvent::ExtensionGranted(granted), vec![provisional]);
    let (_database, pool, views) = told(&story).await;
    let extended = clock(&views, &clue, T07).await;
    assert_eq!((extended.state, extended.extensions), (ClockState::Running, 1));
    assert_eq!((extended.due_at, extended.provisional), (Some(story.now + TimeDelta::days(40)), true));

    let folded = story.events.len();
    let certain = ClockChange {
        due_at: Some(story.now + TimeDelta::days(41)),
        provisional: false,
        calendar: Some("cn-2027".to_owned()),
        ..story.moved(&clue, T07, ClockMove::Recalculated)
    };
    let event = TransferEvent::ClocksRecalculated(ClocksRecalculated { calendar: "cn-2027".to_owned() });
    story.note(&clue, "casebus", event, vec![certain]);
    fold_all(&pool, &story.events[folded..], 1).await;
    let moved = clock(&views, &clue, T07).await;
    assert_eq!((moved.state, moved.extensions), (ClockState::Running, 1));
    assert_eq!(
        (moved.due_at, moved.provisional, moved.calendar.as_deref()),
        (Some(story.now + TimeDelta::days(41)), false, Some("cn-2027"))
    );
}

#[tokio::test]
async fn a_clock_that_measures_what_was_before_the_sending_begins_and_ends_with_it() {
    for (days, state) in [(2, ClockState::Met), (9, ClockState::MetLate)] {
        let mut story = Story::new();
        let discovered_at = story.now - TimeDelta::days(days);
        let clue = TransferRef {
            id: TransferId::fresh(),
            kind: TransferKind::ClueTransfer,
            from: department(SENDER),
            to: department(RECEIVER),
            matter: MatterId::fresh(),
        };
        let begun = ClockChange {
            started_at: discovered_at,
            due_at: Some(discovered_at + TimeDelta::days(5)),
            ..story.started(T01, &clue.from, 0)
        };
        let ended = ClockChange { movement: ClockMove::Stopped, calendar: None, ..begun.clone() };
        let clocks = vec![begun, ended, story.started(T02, &clue.to, 24)];
        let held = crate::story::after(TransferState::Delivered, Some(&clue.to), clocks);
        story.record(&clue, SENDER, TransferEvent::Sent(sent("线索")), held);
        let (_database, _pool, views) = told(&story).await;
        let clock = clock(&views, &clue, T01).await;
        assert_eq!((clock.state, clock.started_at), (state, discovered_at));
        assert_eq!(clock.stopped_at, Some(story.now));
        let transfer = views.transfer_by_id(&Visibility::All, clue.id).await.unwrap().unwrap();
        assert_eq!(transfer.due_at, Some(story.now + TimeDelta::hours(24)), "what is over is not owed");
    }
}

#[tokio::test]
async fn an_urging_without_a_clock_touches_none_and_the_office_hears_of_it() {
    let mut story = Story::new();
    let clue = story.send(SENDER, RECEIVER);
    let urged =
        Urged { department: department(RECEIVER), code: None, run: None, reason: Some("请尽快".into()) };
    story.note(&clue, SENDER, TransferEvent::Urged(urged), vec![]);
    let reply = UrgeReplied { department: department(RECEIVER), text: "在办".into(), expected_on: None };
    story.note(&clue, RECEIVER, TransferEvent::UrgeReplied(reply), vec![]);
    story.sign(&clue);
    let (_database, _pool, views) = told(&story).await;
    assert_eq!(clock(&views, &clue, T02).await.urge_count, 0);
    assert_eq!(clock(&views, &clue, T03).await.urged_at, None);
    let office = views.feed(&Visibility::Parties(department(OFFICE)), 0, 10).await.unwrap();
    assert_eq!(office.events.iter().map(|event| event.position).collect::<Vec<_>>(), [2, 3]);
}
