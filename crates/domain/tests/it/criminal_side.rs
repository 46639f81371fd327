//! A case that waits for its criminal side: what it waits for is told once, and nothing that happens meanwhile may lose it.

use crate::given::{HEALTH, INSURANCE, World, at};
use contract::clock::{ClockCode, PauseReason};
use contract::event::OutcomeCode;
use contract::ids::HandoffId;
use contract::kind::TransferKind;
use contract::state::TransferState;
use domain::feedback::commands::GiveFeedback;
use domain::time_limit::commands::{ResumeClocks, SuspendClocks};
use domain::transfer::clocks::Phase;
use domain::transfer::commands::{DecideCase, FileCase, RequestSupplement, SupplySupplement};
use domain::{Command, Refusal};

fn handoff() -> HandoffId {
    HandoffId(uuid::Uuid::from_u128(9))
}

fn accepted() -> World {
    let mut world = World::with(TransferKind::CaseReferral, at("09-14 09:00"));
    world.act(INSURANCE, "09-14 10:00", &Command::Sign);
    world.act(INSURANCE, "09-14 11:00", &Command::Accept);
    world
}

fn find_crime() -> Command {
    Command::FindCrime(handoff())
}

fn outcome() -> Command {
    Command::ReceiveCriminalOutcome(handoff())
}

fn ask() -> Command {
    Command::RequestSupplement(RequestSupplement { reason: "缺件".into(), missing: vec!["发票".into()] })
}

fn supply() -> Command {
    Command::SupplySupplement(SupplySupplement { note: "已补".into(), supplied: true })
}

/// Why a clock stands still, if it does.
fn stands_for(world: &World, code: ClockCode) -> Option<PauseReason> {
    match world.transfer().open_clock(code).unwrap().phase {
        Phase::Paused { reason, .. } => Some(reason),
        Phase::Running | Phase::Stopped(_) | Phase::Cancelled(_) => None,
    }
}

#[test]
fn an_outcome_that_arrives_while_a_supplement_is_awaited_is_kept() {
    let mut world = accepted();
    world.act(INSURANCE, "09-15 09:00", &find_crime());
    world.act(INSURANCE, "09-16 09:00", &ask());
    assert_eq!(world.act(INSURANCE, "09-17 09:00", &outcome()), ["criminal-outcome-arrived"]);
    assert_eq!(world.state(), TransferState::Supplementing);
    for code in [ClockCode::T07, ClockCode::T09, ClockCode::T09b] {
        assert_eq!(
            stands_for(&world, code),
            Some(PauseReason::Supplement),
            "{code} waits for the sender now"
        );
    }
    world.act(HEALTH, "09-18 09:00", &supply());
    for code in [ClockCode::T09, ClockCode::T09b] {
        assert_eq!(stands_for(&world, code), None, "{code} runs");
    }
    assert!(world.transfer().facts.criminal_handoff.is_none());
}

#[test]
fn a_crime_that_is_found_while_a_supplement_is_awaited_holds_the_clocks_when_it_has_come() {
    let mut world = accepted();
    world.act(INSURANCE, "09-15 09:00", &ask());
    assert_eq!(world.act(INSURANCE, "09-16 09:00", &find_crime()), ["crime-found"]);
    world.act(HEALTH, "09-17 09:00", &supply());
    assert_eq!(stands_for(&world, ClockCode::T07), Some(PauseReason::CriminalHandoff));
    assert_eq!(stands_for(&world, ClockCode::T08), None, "a first feedback is owed all the same");
    world.act(INSURANCE, "09-24 09:00", &outcome());
    let clock = world.transfer().open_clock(ClockCode::T09b).unwrap();
    let pauses: Vec<_> = clock.pauses.iter().map(|pause| (pause.reason, pause.from, pause.to)).collect();
    let supplied = at("09-17 09:00");
    assert_eq!(
        pauses,
        [
            (PauseReason::Supplement, at("09-15 09:00"), supplied),
            (PauseReason::CriminalHandoff, supplied, at("09-24 09:00")),
        ]
    );
}

#[test]
fn a_suspension_that_is_over_leaves_standing_what_waits_for_the_criminal_side() {
    let mut world = accepted();
    let until = "2026-09-30".parse().unwrap();
    let suspend = SuspendClocks { reason: PauseReason::Appraisal, evidence: "委托书".into(), until };
    world.act(INSURANCE, "09-15 09:00", &Command::Suspend(suspend));
    world.act(INSURANCE, "09-16 09:00", &find_crime());
    assert_eq!(stands_for(&world, ClockCode::T07), Some(PauseReason::Appraisal));
    world.act(INSURANCE, "09-21 09:00", &Command::Resume(ResumeClocks { evidence: "鉴定意见".into() }));
    assert_eq!(stands_for(&world, ClockCode::T07), Some(PauseReason::CriminalHandoff));
    let clock = world.transfer().open_clock(ClockCode::T07).unwrap();
    assert!(!clock.ran_out(at("12-31 09:00")), "it has not run since the appraisal began");
}

#[test]
fn the_final_answer_is_owed_ten_working_days_after_the_outcome_however_long_it_was_owed_before() {
    let mut world = accepted();
    world.act(INSURANCE, "09-15 09:00", &Command::File(FileCase::Filed { case_number: None }));
    let decide = DecideCase::plain(OutcomeCode::Penalty, "罚款".into());
    world.act(INSURANCE, "09-16 09:00", &Command::Decide(decide));
    assert_eq!(world.last_day(ClockCode::T09), "2026-09-30");
    world.act(INSURANCE, "09-17 09:00", &find_crime());
    assert_eq!(stands_for(&world, ClockCode::T09), Some(PauseReason::CriminalHandoff));
    world.act(INSURANCE, "11-02 09:00", &outcome());
    assert_eq!(world.transfer().open_clock(ClockCode::T09).unwrap().run, 2);
    assert_eq!(world.last_day(ClockCode::T09), "2026-11-16");
}

#[test]
fn that_a_crime_was_found_is_told_within_ten_working_days_whatever_was_told_before() {
    let tell =
        || Command::GiveFeedback(GiveFeedback { text: "进展".into(), outcome: None, without_parts: None });
    let mut world = accepted();
    world.act(INSURANCE, "09-15 09:00", &tell());
    assert!(world.transfer().open_clock(ClockCode::T08).is_none());
    world.act(INSURANCE, "09-16 09:00", &find_crime());
    assert_eq!(world.last_day(ClockCode::T08b), "2026-09-30");
    world.act(INSURANCE, "09-17 09:00", &outcome());
    assert!(world.transfer().open_clock(ClockCode::T08b).is_some(), "the sender knows nothing of it yet");
    world.act(INSURANCE, "09-18 09:00", &tell());
    assert!(world.transfer().open_clock(ClockCode::T08b).is_none());
}

#[test]
fn an_outcome_after_the_answer_is_noted_and_asks_for_no_other_answer() {
    let mut world = accepted();
    world.act(INSURANCE, "09-15 09:00", &find_crime());
    let outcome_of_it = Some(OutcomeCode::Penalty);
    let answer = GiveFeedback { text: "已处罚".into(), outcome: outcome_of_it, without_parts: None };
    world.act(INSURANCE, "09-16 09:00", &Command::GiveFeedback(answer));
    assert_eq!(world.act(INSURANCE, "09-17 09:00", &outcome()), ["criminal-outcome-arrived"]);
    assert!(world.transfer().open_clock(ClockCode::T09).is_none());
    assert_eq!(world.refused(INSURANCE, "09-18 09:00", &outcome()), Refusal::StepNotDue);
}

#[test]
fn an_answer_that_is_owed_only_after_the_crime_was_found_waits_as_well() {
    let mut world = accepted();
    world.act(INSURANCE, "09-15 09:00", &Command::File(FileCase::Filed { case_number: None }));
    world.act(INSURANCE, "09-16 09:00", &find_crime());
    let decide = DecideCase::plain(OutcomeCode::Penalty, "罚款".into());
    world.act(INSURANCE, "09-17 09:00", &Command::Decide(decide));
    assert_eq!(stands_for(&world, ClockCode::T09), Some(PauseReason::CriminalHandoff));
    world.act(INSURANCE, "11-02 09:00", &outcome());
    assert_eq!(world.last_day(ClockCode::T09), "2026-11-16");
}

#[test]
fn a_suspension_shelters_no_duty_that_was_late_when_another_pause_ends() {
    let mut world = accepted();
    let late = "11-02 09:00";
    let until = "2026-11-30".parse().unwrap();
    let suspend = SuspendClocks { reason: PauseReason::Appraisal, evidence: "委托书".into(), until };
    world.act(INSURANCE, late, &Command::Suspend(suspend));
    assert_eq!(stands_for(&world, ClockCode::T07), None, "it was due on 10 October");
    world.act(INSURANCE, "11-03 09:00", &find_crime());
    world.act(INSURANCE, "11-04 09:00", &outcome());
    assert_eq!(stands_for(&world, ClockCode::T07), None);
    assert_eq!(stands_for(&world, ClockCode::T09b), Some(PauseReason::Appraisal));
}
