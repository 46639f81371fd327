//! Filing, decision, feedback, confirmation and contest.

use crate::given::{HEALTH, INSURANCE, OFFICE, World, at};
use contract::action::Action;
use contract::clock::{ClockCode, MissedCause};
use contract::event::{OutcomeCode, Ruling};
use contract::kind::TransferKind;
use contract::state::TransferState;
use domain::feedback::commands::{ConfirmFeedback, ContestFeedback, GiveFeedback, RuleContest};
use domain::time_limit::commands::MissTimeLimit;
use domain::transfer::commands::{DecideCase, FileCase};
use domain::{Command, Refusal};

fn interim() -> Command {
    Command::GiveFeedback(GiveFeedback { text: "正在核查".into(), outcome: None, without_parts: None })
}

fn last() -> Command {
    Command::GiveFeedback(GiveFeedback {
        without_parts: None,
        text: "已追回".into(),
        outcome: Some(OutcomeCode::FundsRecovered),
    })
}

fn confirm(feedback: u32) -> Command {
    Command::ConfirmFeedback(ConfirmFeedback { feedback })
}

fn contest(feedback: u32) -> Command {
    Command::ContestFeedback(ContestFeedback { feedback, reason: "金额不符".into() })
}

fn rule(ruling: Ruling) -> Command {
    Command::RuleContest(RuleContest { ruling, reason: "经复核".into() })
}

fn accepted(kind: TransferKind) -> World {
    let mut world = World::with(kind, at("03-02 10:00"));
    world.act(INSURANCE, "03-02 11:00", &Command::Sign);
    if kind != TransferKind::SupervisionTask {
        world.act(INSURANCE, "03-02 12:00", &Command::Accept);
    }
    world
}

#[test]
fn interim_feedback_stops_the_first_feedback_clock_only() {
    let mut world = accepted(TransferKind::ClueTransfer);
    assert_eq!(world.act(INSURANCE, "03-10 09:00", &interim()), ["interim-given"]);
    assert_eq!(world.running(), [ClockCode::T07, ClockCode::T09b]);
    assert_eq!((world.state(), world.holder()), (TransferState::Accepted, INSURANCE));
}

#[test]
fn filing_and_decision_move_the_clocks_and_final_feedback_hands_it_to_the_sender() {
    let mut world = accepted(TransferKind::CaseReferral);
    world.act(INSURANCE, "03-10 09:00", &Command::File(FileCase::Filed { case_number: None }));
    assert_eq!(world.running(), [ClockCode::T08, ClockCode::T09b]);
    let decision = DecideCase::plain(OutcomeCode::Penalty, "罚款".into());
    world.act(INSURANCE, "03-20 09:00", &Command::Decide(decision));
    assert_eq!(world.running(), [ClockCode::T08, ClockCode::T09, ClockCode::T09b]);
    assert_eq!(world.last_day(ClockCode::T09), "2026-04-03");
    assert_eq!(world.act(INSURANCE, "03-23 09:00", &last()), ["final-given"]);
    assert_eq!((world.state(), world.holder()), (TransferState::Answered, HEALTH));
    assert_eq!(world.running(), [ClockCode::T18]);
    assert_eq!(world.act(HEALTH, "03-24 09:00", &confirm(1)), ["confirmed", "closed"]);
    assert_eq!((world.state(), world.holder(), world.running()), (TransferState::Closed, "nobody", vec![]));
}

#[test]
fn final_feedback_straight_from_acceptance_stops_every_clock_of_the_receiver() {
    for kind in [TransferKind::ClueTransfer, TransferKind::CaseReferral, TransferKind::SupervisionTask] {
        let mut world = accepted(kind);
        world.act(INSURANCE, "03-23 09:00", &last());
        assert_eq!(world.running(), [ClockCode::T18], "{kind}");
    }
}

#[test]
fn a_case_that_is_not_filed_owes_final_feedback_in_ten_working_days() {
    let mut world = accepted(TransferKind::ClueTransfer);
    world.act(INSURANCE, "03-10 09:00", &Command::File(FileCase::NotFiled { reason: "不属实".into() }));
    assert_eq!(world.last_day(ClockCode::T09), "2026-03-24");
    let decision = Command::Decide(DecideCase::plain(OutcomeCode::Other, "x".into()));
    assert!(matches!(world.refused(INSURANCE, "03-11 09:00", &decision), Refusal::OutOfTurn { .. }));
}

#[test]
fn only_the_final_feedback_that_waits_can_be_confirmed_or_contested() {
    let mut world = accepted(TransferKind::ClueTransfer);
    world.act(INSURANCE, "03-10 09:00", &interim());
    assert!(matches!(world.refused(HEALTH, "03-11 09:00", &confirm(1)), Refusal::OutOfTurn { .. }));
    world.act(INSURANCE, "03-12 09:00", &last());
    for feedback in [0, 1, 3] {
        assert_eq!(
            world.refused(HEALTH, "03-13 09:00", &confirm(feedback)),
            Refusal::FeedbackUnknown { feedback }
        );
        assert_eq!(
            world.refused(HEALTH, "03-13 09:00", &contest(feedback)),
            Refusal::FeedbackUnknown { feedback }
        );
    }
    world.act(HEALTH, "03-13 09:00", &confirm(2));
}

#[test]
fn a_contest_goes_to_the_office_once_and_is_upheld_or_answered_again() {
    let mut world = accepted(TransferKind::ClueTransfer);
    world.act(INSURANCE, "03-12 09:00", &last());
    assert_eq!(world.act(HEALTH, "03-13 09:00", &contest(1)), ["contested"]);
    assert_eq!((world.state(), world.holder()), (TransferState::Contested, OFFICE));
    assert_eq!(world.running(), [ClockCode::T19]);
    assert_eq!(world.act(OFFICE, "03-16 09:00", &rule(Ruling::AnswerAgain)), ["contest-ruled"]);
    assert_eq!((world.state(), world.running()), (TransferState::Accepted, vec![ClockCode::T09]));
    let filing = Command::File(FileCase::Filed { case_number: None });
    assert_eq!(
        world.act(INSURANCE, "03-17 09:00", &filing),
        ["case-filed"],
        "what was not filed can be filed now"
    );
    let filed = Refusal::AlreadyDone { action: Action::Filing };
    assert_eq!(world.refused(INSURANCE, "03-17 10:00", &filing), filed);
    world.act(INSURANCE, "03-20 09:00", &last());
    assert_eq!(world.refused(HEALTH, "03-23 09:00", &contest(2)), Refusal::ContestAlreadyRaised);
    world.act(HEALTH, "03-23 09:00", &confirm(2));
    assert_eq!(world.state(), TransferState::Closed);

    let mut world = accepted(TransferKind::ClueTransfer);
    world.act(INSURANCE, "03-12 09:00", &last());
    world.act(HEALTH, "03-13 09:00", &contest(1));
    assert_eq!(world.act(OFFICE, "03-16 09:00", &rule(Ruling::Upheld)), ["contest-ruled", "closed"]);
    assert_eq!(world.running(), []);
}

#[test]
fn the_office_may_confirm_only_after_the_senders_silence() {
    let mut world = accepted(TransferKind::ClueTransfer);
    world.act(INSURANCE, "03-12 09:00", &last());
    assert_eq!(world.refused(OFFICE, "03-19 23:59", &confirm(1)), Refusal::ConfirmationTooEarly);
    assert!(world.try_act(OFFICE, at("03-20 00:00"), &confirm(1)).is_ok(), "also while no watch runs");

    let mut world = accepted(TransferKind::ClueTransfer);
    world.act(INSURANCE, "03-12 09:00", &last());
    let missed = MissTimeLimit { code: ClockCode::T18, run: 1, cause: MissedCause::Unread };
    world.act(HEALTH, "03-30 09:01", &Command::MissTimeLimit(missed));
    assert_eq!(world.act(OFFICE, "03-30 09:02", &confirm(1)), ["confirmed", "closed"]);
}
