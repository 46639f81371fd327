//! The automatic steps of the ladder: warn, urge, supervise.

use crate::world::{MARKET, World, department, event};
use contract::clock::{ClockCode, WarningMark};
use contract::event::TransferEvent;
use domain::Command;
use log::RecordedEvent;

const WARNED: &str = "time-limit.warned";
const URGED: &str = "supervision.urged";
const SUPERVISED: &str = "supervision.supervised";
/// T02 is over at the end of 2026-09-29, the last working day but one before National Day.
const BEFORE_NATIONAL_DAY: &str = "2026-09-28T10:00:00+08:00";

fn warning(recorded: &RecordedEvent) -> (ClockCode, WarningMark) {
    match event(recorded) {
        TransferEvent::TimeLimitWarned(warned) => (warned.code, warned.mark),
        other => panic!("{} is not a warning", other.name()),
    }
}

#[tokio::test]
async fn a_clock_warns_once_at_four_fifths_of_its_time_and_once_on_the_day_of_its_expiry() {
    let world = World::at("2026-03-02T10:00:00+08:00").await;
    let transfer = world.send().await;
    // T03 runs to the end of 2026-03-09: four fifths of it are over on 2026-03-08 at 11:36.
    world.act(MARKET, transfer, &Command::Sign).await;
    let first = world.watch();
    world.goes_to("2026-03-08T11:35:59");
    world.happened(transfer, WARNED, 0).await;
    world.goes_to("2026-03-08T11:36:00");
    let warned = world.happened(transfer, WARNED, 1).await;
    assert_eq!(warning(&warned[0]), (ClockCode::T03, WarningMark::Share));
    assert_eq!(warned[0].actor, "casebus/watch");
    world.goes_to("2026-03-09T00:00:00");
    let warned = world.happened(transfer, WARNED, 2).await;
    assert_eq!(warning(&warned[1]), (ClockCode::T03, WarningMark::ExpiryDay));
    drop(first);
    let _second = world.watch();
    world.goes_to("2026-03-09T23:59:59");
    world.happened(transfer, WARNED, 2).await;
}

#[tokio::test]
async fn a_duty_is_urged_at_its_expiry_and_then_every_three_working_days_across_national_day() {
    let world = World::at(BEFORE_NATIONAL_DAY).await;
    let transfer = world.send().await;
    let _two = (world.watch(), world.watch());
    world.goes_to("2026-09-29T23:59:59");
    world.happened(transfer, URGED, 0).await;
    world.goes_to("2026-09-30T00:00:00");
    let urged = world.happened(transfer, URGED, 1).await;
    let TransferEvent::Urged(said) = event(&urged[0]) else { panic!("not an urging") };
    assert_eq!((said.department, said.code, said.reason), (department(MARKET), Some(ClockCode::T02), None));
    // Working days after that: October 8, 9 and the make-up Saturday 10.
    world.goes_to("2026-10-09T23:59:59");
    world.happened(transfer, URGED, 1).await;
    world.goes_to("2026-10-10T00:00:00");
    world.happened(transfer, URGED, 2).await;
    world.goes_to("2026-10-13T23:59:59");
    world.happened(transfer, URGED, 2).await;
    world.goes_to("2026-10-14T00:00:00");
    world.happened(transfer, URGED, 3).await;
}

#[tokio::test]
async fn supervision_is_opened_once_five_working_days_after_the_expiry() {
    let world = World::at(BEFORE_NATIONAL_DAY).await;
    let transfer = world.send().await;
    let two = (world.watch(), world.watch());
    // Working days after the expiry: September 30, October 8, 9, 10 and 12.
    world.goes_to("2026-10-12T23:59:59");
    world.missed(transfer, 1).await;
    world.happened(transfer, SUPERVISED, 0).await;
    world.goes_to("2026-10-13T00:00:00");
    let supervised = world.happened(transfer, SUPERVISED, 1).await;
    let TransferEvent::Supervised(said) = event(&supervised[0]) else { panic!("not a supervision") };
    assert_eq!((said.department, said.code, said.run), (department(MARKET), Some(ClockCode::T02), Some(1)));
    drop(two);
    let _third = world.watch();
    world.goes_to("2026-10-30T10:00:00");
    world.happened(transfer, SUPERVISED, 1).await;
}

#[tokio::test]
async fn late_fulfilment_ends_the_ladder_and_the_lateness_stays() {
    let world = World::at(BEFORE_NATIONAL_DAY).await;
    let transfer = world.send().await;
    let _watch = world.watch();
    world.goes_to("2026-09-30T00:00:00");
    world.happened(transfer, URGED, 1).await;
    world.goes_to("2026-10-09T09:00:00");
    world.act(MARKET, transfer, &Command::Sign).await;
    // T03 runs to October 15; its first warning comes later on this day.
    world.goes_to("2026-10-14T09:00:00");
    world.happened(transfer, URGED, 1).await;
    world.happened(transfer, SUPERVISED, 0).await;
    let facts = world.transfer(transfer).await.facts;
    assert_eq!((facts.ladder, facts.urging), (None, None));
    assert_eq!(facts.late, [department(MARKET)]);
}

#[tokio::test]
async fn more_candidates_than_a_page_that_are_not_due_do_not_block_the_one_that_is() {
    let world = World::at(BEFORE_NATIONAL_DAY).await;
    world.send_many(501).await;
    let _watch = world.watch();
    world.goes_to("2026-09-30T00:00:00");
    // Each was sent, missed and urged.
    world.events_reach(3 * 501).await;
    world.goes_to("2026-09-30T10:00:00");
    let last = world.send().await;
    // They are urged again on October 10, and stand before this one in the list until then.
    world.goes_to("2026-10-09T00:00:00");
    world.happened(last, URGED, 1).await;
}
