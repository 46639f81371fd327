//! Starts at the edges of days, holidays and years, and a new holiday notice.

use crate::given::{INSURANCE, OFFICE, World, at};
use chrono::{DateTime, Utc};
use contract::clock::{ClockCode, ClockMove};
use contract::kind::TransferKind;
use domain::calendar::Calendar;
use domain::transfer::clocks::explain;
use domain::{Command, Refusal};

fn moment(text: &str) -> DateTime<Utc> {
    format!("{text}+08:00").parse().unwrap()
}

fn due_on(kind: TransferKind, code: ClockCode, sent: &str) -> (String, bool) {
    let world = World::with(kind, moment(sent));
    let provisional = world.transfer().open_clock(code).unwrap().provisional;
    (world.last_day(code), provisional)
}

#[test]
fn a_transfer_that_starts_one_second_before_midnight_starts_on_that_day() {
    let due = |sent| due_on(TransferKind::ClueTransfer, ClockCode::T02, sent).0;
    assert_eq!(due("2026-09-28T23:59:59"), "2026-09-29");
    assert_eq!(due("2026-09-29T00:00:00"), "2026-09-30");
}

#[test]
fn the_last_day_before_a_holiday_a_holiday_and_a_make_up_sunday_are_days_like_their_notice_says() {
    let due = |sent| due_on(TransferKind::ClueTransfer, ClockCode::T02, sent).0;
    assert_eq!(due("2026-09-30T17:00:00"), "2026-10-08", "the eve of National Day");
    assert_eq!(due("2026-10-03T09:00:00"), "2026-10-08", "sent during the holiday");
    assert_eq!(due("2026-09-20T09:00:00"), "2026-09-21", "sent on a make-up Sunday");
    assert_eq!(due("2026-09-19T09:00:00"), "2026-09-20", "due on a make-up Sunday");
    assert_eq!(due("2026-10-09T09:00:00"), "2026-10-10", "due on a make-up Saturday");
}

#[test]
fn across_a_year_end_without_a_notice_the_due_day_is_provisional_until_the_notice_comes() {
    let notice = due_on(TransferKind::Notice, ClockCode::T15, "2026-12-29T09:00:00");
    assert_eq!(notice, ("2027-01-01".to_owned(), true), "nobody knows yet that New Year's Day is off");
    let mut world = World::with(TransferKind::Notice, moment("2026-12-29T09:00:00"));
    let unchanged = world.try_act(INSURANCE, moment("2026-12-30T09:00:00"), &Command::RecalculateClocks);
    assert_eq!(unchanged, Err(Refusal::NothingToRecalculate));
    let rows = "date,kind,holiday\n2027-01-01,off,元旦\n2027-01-02,off,元旦\n2027-01-03,off,元旦\n";
    let calendar = world.rules.calendar().with_notice("cn-2027", rows).unwrap();
    let catalogue = world.rules.catalogue().clone();
    world.rules = world.rules.clone().with(catalogue, [calendar]);
    let decided =
        world.try_act(INSURANCE, moment("2026-12-30T09:00:00"), &Command::RecalculateClocks).unwrap();
    let change = &decided.drafts[0].body.after.clocks[0];
    assert_eq!((change.movement, change.calendar.as_deref()), (ClockMove::Recalculated, Some("cn-2027")));
    let clock = world.transfer().open_clock(ClockCode::T15).unwrap();
    assert!(!clock.provisional);
    assert_eq!(world.last_day(ClockCode::T15), "2027-01-04");
    let explained = explain(world.transfer(), ClockCode::T15, None, &world.rules).unwrap().unwrap();
    assert_eq!(explained.arithmetic.calendar, "cn-2027");
    assert_eq!(explained.arithmetic.days.len(), 3, "three days of the holiday are named");
    let again = world.try_act(OFFICE, moment("2026-12-31T09:00:00"), &Command::RecalculateClocks);
    assert_eq!(again, Err(Refusal::NothingToRecalculate), "once is enough");
}

#[test]
fn a_clock_that_began_under_an_old_calendar_is_explained_by_that_calendar() {
    let mut world = World::with(TransferKind::CaseReferral, at("09-28 10:00"));
    world.act(INSURANCE, "09-28 11:00", &Command::Sign);
    let rows = "date,kind,holiday\n2026-09-29,off,临时放假\n";
    let calendar = Calendar::from_csv("cn-2026-2", rows).unwrap();
    let catalogue = world.rules.catalogue().clone();
    world.rules = world.rules.clone().with(catalogue, [calendar]);
    let explained = explain(world.transfer(), ClockCode::T03, None, &world.rules).unwrap().unwrap();
    assert_eq!(explained.arithmetic.calendar, "cn-2026");
    assert_eq!(Some(explained.arithmetic.due.at), explained.clock.due_at);
    assert!(explain(world.transfer(), ClockCode::T07, None, &world.rules).unwrap().is_none());
}
