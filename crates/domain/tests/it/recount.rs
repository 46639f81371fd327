//! Counts a due moment again from its explanation alone: no calendar, no rule pack.

use chrono::{DateTime, Months, NaiveDate, TimeDelta, Utc};
use contract::event::ExtendedBy;
use domain::civil;
use domain::counting::{Arithmetic, DayEnd, DayReason, EndRoll, StartRule};
use domain::period::Unit;
use std::collections::BTreeSet;

/// The due moment that an explanation adds up to.
pub fn recount(sum: &Arithmetic) -> DateTime<Utc> {
    let granted: u32 = sum
        .extensions
        .iter()
        .map(|extension| match extension.by {
            ExtendedBy::Length(length) => u32::from(length),
            ExtendedBy::Until(_) => 0,
        })
        .sum();
    let named = sum.extensions.iter().filter_map(|extension| match extension.by {
        ExtendedBy::Until(day) => Some(day),
        ExtendedBy::Length(_) => None,
    });
    let named = named.max();
    let length = u32::from(sum.counting.period.length) + granted;
    if sum.counting.period.unit == Unit::Hour {
        let paused: TimeDelta = sum.pauses.iter().map(|pause| pause.to - pause.from).sum();
        let counted = sum.started_at + TimeDelta::hours(length.into()) + paused;
        return named.map_or(counted, |day| counted.max(civil::end_of(day)));
    }
    let last = rolled(sum, counted_to(sum, length));
    let last = named.map_or(last, |day| day.max(last));
    match sum.counting.day_end {
        DayEnd::Midnight => civil::end_of(last),
        DayEnd::OfficeCloses(at) => civil::moment(last, at),
    }
}

fn counted_to(sum: &Arithmetic, length: u32) -> NaiveDate {
    let start = civil::day_of(sum.started_at);
    let first = match sum.counting.start_rule {
        StartRule::NextDay => start.succ_opt().unwrap(),
        StartRule::SameDay => start,
    };
    let length = match sum.counting.period.unit {
        Unit::OwnDates => return sum.own_day.unwrap(),
        Unit::Month => {
            let before = first.pred_opt().unwrap();
            u32::try_from((before.checked_add_months(Months::new(length)).unwrap() - before).num_days())
                .unwrap()
        }
        Unit::Hour | Unit::NaturalDay | Unit::WorkingDay => length,
    };
    let left_out: BTreeSet<_> = sum.days.iter().filter(|note| !note.counts).map(|note| note.day).collect();
    let counted = first.iter_days().filter(|day| !left_out.contains(day));
    counted.take(length.try_into().unwrap()).last().unwrap()
}

fn rolled(sum: &Arithmetic, counted: NaiveDate) -> NaiveDate {
    assert!(sum.rolled.is_empty() || sum.counting.end_roll == EndRoll::NextWorkingDay);
    let mut day = counted;
    for note in &sum.rolled {
        assert_eq!(note.day, day, "the days over which the end rolls follow each other");
        assert!(!note.counts && !matches!(note.reason, DayReason::MakeUp(_)));
        day = day.succ_opt().unwrap();
    }
    day
}
