//! The ladder: warned, urged, supervised, and what the office does beyond; and how a late act ends the automatic steps.

use crate::given::{HEALTH, INSURANCE, OFFICE, World, at};
use contract::clock::{ClockCode, LadderStep, LatenessReason, MissedCause, WarningMark};
use contract::kind::TransferKind;
use domain::supervision::commands::{
    AcknowledgeFailure, Escalate, ReplyToUrge, Supervise, SuperviseAutomatically, Urge, UrgeAutomatically,
};
use domain::time_limit::commands::{
    DecideExtension, ExplainLateness, MissTimeLimit, RequestExtension, WarnTimeLimit,
};
use domain::{Command, Refusal};

const T02: (ClockCode, u32) = (ClockCode::T02, 1);

fn warn((code, run): (ClockCode, u32), mark: WarningMark) -> Command {
    Command::WarnTimeLimit(WarnTimeLimit { code, run, mark })
}

fn miss((code, run): (ClockCode, u32)) -> Command {
    Command::MissTimeLimit(MissTimeLimit { code, run, cause: MissedCause::NotFetched })
}

fn urge((code, run): (ClockCode, u32)) -> Command {
    Command::UrgeAutomatically(UrgeAutomatically { code, run })
}

fn supervise((code, run): (ClockCode, u32)) -> Command {
    Command::SuperviseAutomatically(SuperviseAutomatically { code, run })
}

fn reply() -> Command {
    Command::ReplyToUrge(ReplyToUrge { text: "本周办结".into(), expected_on: None })
}

fn escalate(step: LadderStep) -> Command {
    Command::Escalate(Escalate { step, reason: "长期不办".into() })
}

/// Sent on Monday 28 September, due on the 29th, and nobody signs.
fn unsigned() -> World {
    World::with(TransferKind::ClueTransfer, at("09-28 10:00"))
}

/// Urged with the expiry on 30 September, before the holiday.
fn urged() -> World {
    let mut world = unsigned();
    world.act(INSURANCE, "09-30 00:00", &miss(T02));
    assert_eq!(world.act(INSURANCE, "09-30 08:00", &urge(T02)), ["urged"]);
    world
}

fn supervised() -> World {
    let mut world = urged();
    world.act(INSURANCE, "10-08 09:00", &reply());
    assert_eq!(world.act(INSURANCE, "10-13 00:00", &supervise(T02)), ["supervised"]);
    world
}

#[test]
fn a_clock_warns_at_its_share_and_on_its_expiry_day_once_each_and_not_before() {
    let mut world = unsigned();
    // 38 hours in all, of which 80 percent are over at 16:24 on the 29th.
    assert_eq!(world.refused(INSURANCE, "09-29 16:00", &warn(T02, WarningMark::Share)), Refusal::StepNotDue);
    assert_eq!(world.act(INSURANCE, "09-29 16:30", &warn(T02, WarningMark::Share)), ["warned"]);
    assert_eq!(world.refused(INSURANCE, "09-29 16:31", &warn(T02, WarningMark::Share)), Refusal::StepNotDue);
    assert_eq!(world.act(INSURANCE, "09-29 16:31", &warn(T02, WarningMark::ExpiryDay)), ["warned"]);
    assert_eq!(world.transfer().facts.ladder, Some(LadderStep::Warned));
    world.act(INSURANCE, "09-29 17:00", &Command::Sign);
    assert_eq!(world.transfer().facts.ladder, None, "the duty was met");
}

#[test]
fn a_clock_whose_due_moment_has_moved_warns_again_at_the_new_ones() {
    const T07: (ClockCode, u32) = (ClockCode::T07, 1);
    let mut world = World::with(TransferKind::CaseReferral, at("09-14 09:00"));
    world.act(INSURANCE, "09-14 10:00", &Command::Sign);
    world.act(INSURANCE, "09-14 11:00", &Command::Accept);
    assert_eq!(world.last_day(ClockCode::T07), "2026-10-10");
    world.act(INSURANCE, "10-10 08:00", &warn(T07, WarningMark::Share));
    world.act(INSURANCE, "10-10 08:00", &warn(T07, WarningMark::ExpiryDay));
    let ask = RequestExtension { code: ClockCode::T07, reason: "复杂".into(), until: None };
    world.act(INSURANCE, "10-10 09:00", &Command::RequestExtension(ask));
    let grant = DecideExtension::Grant { note: None };
    world.act(INSURANCE, "10-10 10:00", &Command::DecideExtension(grant));
    assert_eq!(world.last_day(ClockCode::T07), "2026-10-30", "15 working days more");
    for mark in [WarningMark::Share, WarningMark::ExpiryDay] {
        assert_eq!(world.refused(INSURANCE, "10-10 11:00", &warn(T07, mark)), Refusal::StepNotDue, "{mark}");
        assert_eq!(world.act(INSURANCE, "10-30 08:00", &warn(T07, mark)), ["warned"], "{mark}");
        assert_eq!(world.refused(INSURANCE, "10-30 09:00", &warn(T07, mark)), Refusal::StepNotDue, "{mark}");
    }
}

#[test]
fn who_lets_a_clock_run_out_is_urged_with_the_expiry_and_then_every_three_working_days() {
    let mut world = urged();
    assert_eq!(world.running(), [ClockCode::T02, ClockCode::T20]);
    let reply_due = world.last_day(ClockCode::T20);
    assert_eq!(reply_due, "2026-10-09", "two working days over the holiday");
    // 8, 9 and 10 October are the three working days after 30 September.
    assert_eq!(world.refused(INSURANCE, "10-09 23:00", &urge(T02)), Refusal::StepNotDue);
    assert_eq!(world.act(INSURANCE, "10-10 00:00", &urge(T02)), ["urged"]);
    assert_eq!(world.transfer().open_clock(ClockCode::T20).unwrap().run, 1, "the first reply is still owed");
    world.act(INSURANCE, "10-10 09:00", &reply());
    assert_eq!(world.running(), [ClockCode::T02], "a reply does not sign");
    assert_eq!(world.act(INSURANCE, "10-14 00:00", &urge(T02)), ["urged"]);
    assert_eq!(world.transfer().open_clock(ClockCode::T20).unwrap().run, 2);
}

#[test]
fn a_clock_that_did_not_run_out_on_record_is_not_urged_automatically() {
    let mut world = unsigned();
    assert_eq!(world.refused(INSURANCE, "10-20 09:00", &urge(T02)), Refusal::StepNotDue);
    world.act(INSURANCE, "10-20 09:00", &miss(T02));
    world.act(INSURANCE, "10-20 09:01", &Command::Sign);
    assert_eq!(world.refused(INSURANCE, "10-20 09:02", &urge(T02)), Refusal::StepNotDue, "late fulfilment");
}

#[test]
fn five_working_days_after_the_expiry_the_supervision_opens_once() {
    let mut world = urged();
    // 29 September and five working days: 30, 8, 9, 10, 12 October.
    assert_eq!(world.refused(INSURANCE, "10-12 23:59", &supervise(T02)), Refusal::StepNotDue);
    assert_eq!(world.act(INSURANCE, "10-13 00:00", &supervise(T02)), ["supervised"]);
    assert_eq!(world.refused(INSURANCE, "10-14 00:00", &supervise(T02)), Refusal::StepNotDue);
    assert_eq!(world.transfer().facts.ladder, Some(LadderStep::Supervised));
}

#[test]
fn late_fulfilment_ends_the_automatic_steps_and_keeps_the_lateness() {
    let mut world = supervised();
    assert!(world.transfer().open_clock(ClockCode::T20).is_some(), "the supervision demands a reply");
    world.act(INSURANCE, "10-14 09:00", &Command::Sign);
    let transfer = world.transfer();
    assert_eq!((transfer.facts.ladder, &transfer.facts.urging), (None, &None));
    assert!(transfer.open_clock(ClockCode::T20).is_none());
    assert_eq!(transfer.facts.late.len(), 1);
    let explain = |code| {
        let (reason, note) = (LatenessReason::StaffChange, "联络员更换".to_owned());
        Command::ExplainLateness(ExplainLateness { code, run: None, reason, note })
    };
    assert!(matches!(
        world.refused(HEALTH, "10-14 10:00", &explain(ClockCode::T02)),
        Refusal::WrongParty { .. }
    ));
    let t03 = world.refused(INSURANCE, "10-14 10:00", &explain(ClockCode::T03));
    assert_eq!(t03, Refusal::NotLate { code: ClockCode::T03 });
    world.act(INSURANCE, "10-14 10:00", &explain(ClockCode::T02));
    assert!(world.transfer().facts.late.is_empty());
    let clock = &world.transfer().clocks[0];
    assert_eq!(
        (clock.lateness, clock.was_late()),
        (Some(LatenessReason::StaffChange), true),
        "it stays late"
    );
}

#[test]
fn beyond_supervision_only_the_office_acts_after_ten_working_days_and_step_by_step() {
    let mut world = supervised();
    // 13 October and ten working days: 27 October.
    let early = world.refused(OFFICE, "10-26 09:00", &escalate(LadderStep::Criticised));
    assert_eq!(early, Refusal::EscalationTooEarly { first_day: "2026-10-27".parse().unwrap() });
    let other = world.refused(HEALTH, "10-27 09:00", &escalate(LadderStep::Criticised));
    assert!(matches!(other, Refusal::WrongParty { .. }));
    assert_eq!(world.act(OFFICE, "10-27 09:00", &escalate(LadderStep::Criticised)), ["escalated"]);
    world.act(OFFICE, "10-27 10:00", &escalate(LadderStep::AccountabilityProposed));
    world.act(OFFICE, "10-27 11:00", &escalate(LadderStep::TalkHeld));
    let again = world.refused(OFFICE, "10-28 09:00", &escalate(LadderStep::Criticised));
    assert!(matches!(again, Refusal::AlreadyDone { .. }));
    let not_a_step = world.refused(OFFICE, "10-28 08:00", &escalate(LadderStep::Urged));
    assert!(matches!(not_a_step, Refusal::OutOfTurn { .. }));
    world.act(OFFICE, "10-28 09:00", &escalate(LadderStep::SupervisionListed));
    world.act(INSURANCE, "10-29 09:00", &Command::Sign);
    let ladder = world.transfer().facts.ladder;
    assert_eq!(
        ladder,
        Some(LadderStep::AccountabilityProposed),
        "an act of the office is not undone by a late act"
    );
    let over = world.refused(OFFICE, "10-30 09:00", &escalate(LadderStep::TalkHeld));
    assert!(matches!(over, Refusal::OutOfTurn { .. }), "the late act has ended the supervision");
}

#[test]
fn without_a_supervision_nobody_is_criticised_and_the_office_may_open_one_by_hand_once() {
    let mut world = unsigned();
    let early = world.refused(OFFICE, "10-27 09:00", &escalate(LadderStep::Criticised));
    assert!(matches!(early, Refusal::OutOfTurn { .. }));
    let supervise = Command::Supervise(Supervise { reason: "群众反映强烈".into() });
    assert!(matches!(world.refused(HEALTH, "10-27 09:00", &supervise), Refusal::WrongParty { .. }));
    world.act(OFFICE, "10-27 09:00", &supervise);
    assert!(matches!(world.refused(OFFICE, "10-27 10:00", &supervise), Refusal::AlreadyDone { .. }));
}

#[test]
fn the_sender_and_the_office_may_urge_by_hand_and_the_urged_department_alone_replies() {
    let mut world = unsigned();
    let by_hand = Command::Urge(Urge { reason: "请尽快签收".into() });
    assert!(matches!(world.refused(INSURANCE, "09-28 11:00", &by_hand), Refusal::WrongParty { .. }));
    assert!(matches!(world.refused(INSURANCE, "09-28 11:00", &reply()), Refusal::OutOfTurn { .. }));
    world.act(HEALTH, "09-28 11:00", &by_hand);
    assert!(matches!(world.refused(HEALTH, "09-28 12:00", &reply()), Refusal::WrongParty { .. }));
    world.act(OFFICE, "09-28 13:00", &by_hand);
    world.act(INSURANCE, "09-28 14:00", &reply());
    assert!(world.transfer().facts.urging.is_none(), "one reply answers both");
}

#[test]
fn a_known_failure_does_not_alarm_until_its_expiry() {
    let mut world = unsigned();
    world.act(INSURANCE, "09-30 00:00", &miss(T02));
    let known = |until: &str| {
        Command::AcknowledgeFailure(AcknowledgeFailure {
            note: "对方系统升级".into(), until: at(until)
        })
    };
    assert_eq!(world.refused(OFFICE, "09-30 08:00", &known("09-30 08:00")), Refusal::AcknowledgementOver);
    let too_long = world.refused(OFFICE, "09-30 08:00", &known("12-31 00:00"));
    assert!(matches!(too_long, Refusal::AcknowledgementTooLong { .. }));
    world.act(OFFICE, "09-30 08:00", &known("10-09 00:00"));
    assert_eq!(world.refused(INSURANCE, "10-08 09:00", &urge(T02)), Refusal::StepNotDue);
    assert_eq!(world.act(INSURANCE, "10-09 00:00", &urge(T02)), ["urged"]);
}
