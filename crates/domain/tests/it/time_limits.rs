//! Clocks that run out, and the moments at which they do.

use crate::given::{INSURANCE, World, at};
use contract::clock::{ClockCode, MissedCause};
use contract::event::TransferEvent;
use contract::kind::{TransferKind, Urgency};
use domain::time_limit::commands::MissTimeLimit;
use domain::{Command, Refusal};

fn miss(code: ClockCode, run: u32) -> Command {
    Command::MissTimeLimit(MissTimeLimit { code, run, cause: MissedCause::NotFetched })
}

#[test]
fn a_clock_is_missed_once_and_not_before_its_last_day_is_over() {
    let mut world = World::with(TransferKind::ClueTransfer, at("09-30 16:00"));
    assert_eq!(world.last_day(ClockCode::T02), "2026-10-08", "the National Day holiday does not count");
    assert_eq!(world.refused(INSURANCE, "10-08 23:59", &miss(ClockCode::T02, 1)), Refusal::ClockNotMissed);
    assert_eq!(world.act(INSURANCE, "10-09 00:00", &miss(ClockCode::T02, 1)), ["missed"]);
    assert_eq!(world.refused(INSURANCE, "10-09 00:01", &miss(ClockCode::T02, 1)), Refusal::ClockNotMissed);
    let body = world.history.last().unwrap();
    assert_eq!(body.event_type().as_str(), "time-limit.missed");
    let TransferEvent::TimeLimitMissed(missed) = &body.event else { panic!("a missed clock") };
    assert_eq!((missed.due_at, missed.cause), (at("10-09 00:00"), MissedCause::NotFetched));
}

#[test]
fn a_missed_clock_still_runs_until_the_late_act_stops_it() {
    let mut world = World::with(TransferKind::ClueTransfer, at("03-02 10:00"));
    world.act(INSURANCE, "03-09 00:00", &miss(ClockCode::T02, 1));
    assert_eq!(world.running(), [ClockCode::T02]);
    world.act(INSURANCE, "03-10 09:00", &Command::Sign);
    assert_eq!(world.running(), [ClockCode::T03]);
    assert_eq!(world.refused(INSURANCE, "03-11 09:00", &miss(ClockCode::T02, 1)), Refusal::ClockNotMissed);
}

#[test]
fn a_clock_or_a_run_that_does_not_exist_cannot_be_missed() {
    let mut world = World::with(TransferKind::ClueTransfer, at("03-02 10:00"));
    assert_eq!(world.refused(INSURANCE, "04-01 09:00", &miss(ClockCode::T02, 2)), Refusal::ClockNotMissed);
    assert_eq!(world.refused(INSURANCE, "04-01 09:00", &miss(ClockCode::T03, 1)), Refusal::ClockNotMissed);
}

#[test]
fn an_urgent_transfer_must_be_signed_within_24_hours_of_the_moment() {
    let world = World::sent(TransferKind::ClueTransfer, at("09-30 16:00"), Urgency::Urgent);
    let due = world.transfer().open_clock(ClockCode::T02).unwrap().due_at;
    assert_eq!(due, Some(at("10-01 16:00")));
}

#[test]
fn business_time_does_not_go_back_within_a_transfer() {
    let mut world = World::with(TransferKind::ClueTransfer, at("03-02 10:00"));
    world.act(INSURANCE, "03-01 10:00", &Command::Sign);
    assert_eq!(world.transfer().updated_at, at("03-02 10:00"));
}
