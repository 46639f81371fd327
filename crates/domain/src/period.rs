//! How long a duty has: a number of hours, natural days or working days, and the due moment that follows.
//!
//! The day on which a period begins does not count (民法典 art. 201); hours count from the moment. A period in natural
//! days that ends on a day off is over at the end of the next working day (民法典 art. 203). A pause takes the days
//! after the one on which it began, up to and with the one on which it ended, out of the count.

use crate::calendar::Calendar;
use crate::civil;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::Deserialize;

/// The unit of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Hours from the moment of the start.
    Hour,
    /// Days of the calendar.
    NaturalDay,
    /// Days on which people work.
    WorkingDay,
}

/// A length of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// How many; at least one.
    pub length: u16,
    /// Of what.
    pub unit: Unit,
}

/// A stretch of time that does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pause {
    /// When it began.
    pub from: DateTime<Utc>,
    /// When it ended.
    pub to: DateTime<Utc>,
}

/// When a duty is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// The first moment that is too late.
    pub at: DateTime<Utc>,
    /// A year on the way has no holiday notice yet, so the moment may move.
    pub provisional: bool,
}

impl Period {
    /// The due moment of a period that began at `start`, with what was paused meanwhile.
    pub fn due(self, start: DateTime<Utc>, pauses: &[Pause], calendar: &Calendar) -> Due {
        match self.unit {
            Unit::Hour => {
                let paused: TimeDelta = pauses.iter().map(|pause| pause.to - pause.from).sum();
                Due { at: start + TimeDelta::hours(self.length.into()) + paused, provisional: false }
            }
            Unit::NaturalDay => {
                let last = self.last_day(start, pauses, |_| true);
                let rolled = first_day(last, |day| calendar.is_working_day(day));
                due_on(rolled, start, calendar)
            }
            Unit::WorkingDay => {
                let last = self.last_day(start, pauses, |day| calendar.is_working_day(day));
                due_on(last, start, calendar)
            }
        }
    }

    /// The day that completes the count.
    fn last_day(
        self,
        start: DateTime<Utc>,
        pauses: &[Pause],
        counts: impl Fn(NaiveDate) -> bool,
    ) -> NaiveDate {
        let paused = |day: NaiveDate| {
            pauses.iter().any(|pause| civil::day_of(pause.from) < day && day <= civil::day_of(pause.to))
        };
        let mut day = civil::day_of(start);
        let mut left = self.length;
        while left > 0 {
            day = next(day);
            if counts(day) && !paused(day) {
                left -= 1;
            }
        }
        day
    }
}

fn next(day: NaiveDate) -> NaiveDate {
    day.succ_opt().expect("no due day lies at the end of the calendar")
}

fn first_day(from: NaiveDate, fits: impl Fn(NaiveDate) -> bool) -> NaiveDate {
    let mut day = from;
    while !fits(day) {
        day = next(day);
    }
    day
}

fn due_on(last: NaiveDate, start: DateTime<Utc>, calendar: &Calendar) -> Due {
    let provisional = !calendar.knows(last) || !calendar.knows(civil::day_of(start));
    Due { at: civil::end_of(last), provisional }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Start day, length, natural end, natural end rolled to a working day, n working days.
    /// All were computed a second time, independently of this program, from the holiday notices.
    const VECTORS: [(&str, u16, &str, &str, &str); 26] = [
        ("2026-09-29", 3, "2026-10-02", "2026-10-08", "2026-10-09"),
        ("2026-02-13", 3, "2026-02-16", "2026-02-24", "2026-02-25"),
        ("2026-04-30", 3, "2026-05-03", "2026-05-06", "2026-05-08"),
        ("2025-09-26", 5, "2025-10-01", "2025-10-09", "2025-10-10"),
        ("2024-02-08", 3, "2024-02-11", "2024-02-18", "2024-02-19"),
        ("2026-06-17", 3, "2026-06-20", "2026-06-22", "2026-06-23"),
        // An ordinary week: Monday and three days.
        ("2026-03-02", 3, "2026-03-05", "2026-03-05", "2026-03-05"),
        // Friday: one working day is Monday; the natural day is Saturday and rolls to Monday.
        ("2026-03-06", 1, "2026-03-07", "2026-03-09", "2026-03-09"),
        // Saturday as the start day.
        ("2026-03-07", 1, "2026-03-08", "2026-03-09", "2026-03-09"),
        // Sunday as the start day.
        ("2026-03-08", 5, "2026-03-13", "2026-03-13", "2026-03-13"),
        // The eve of the National Day holiday of 2026.
        ("2026-09-30", 1, "2026-10-01", "2026-10-08", "2026-10-08"),
        // Three days later in the holiday: the make-up Saturday 10 October counts.
        ("2026-10-08", 2, "2026-10-10", "2026-10-10", "2026-10-10"),
        ("2026-10-09", 1, "2026-10-10", "2026-10-10", "2026-10-10"),
        ("2026-10-09", 2, "2026-10-11", "2026-10-12", "2026-10-12"),
        // The make-up Sunday 20 September 2026 counts.
        ("2026-09-18", 1, "2026-09-19", "2026-09-20", "2026-09-20"),
        ("2026-09-19", 1, "2026-09-20", "2026-09-20", "2026-09-20"),
        // A start on a make-up Sunday.
        ("2026-09-20", 1, "2026-09-21", "2026-09-21", "2026-09-21"),
        // Across mid-autumn and National Day 2026.
        ("2026-09-24", 5, "2026-09-29", "2026-09-29", "2026-10-09"),
        // New Year 2026 with its make-up Sunday 4 January.
        ("2025-12-31", 1, "2026-01-01", "2026-01-04", "2026-01-04"),
        ("2026-01-02", 2, "2026-01-04", "2026-01-04", "2026-01-05"),
        // Spring Festival 2025: make-up days 26 January and 8 February.
        ("2025-01-24", 3, "2025-01-27", "2025-01-27", "2025-02-05"),
        ("2025-02-07", 1, "2025-02-08", "2025-02-08", "2025-02-08"),
        // Fifteen working days over the Labour Day holiday of 2026, with the make-up Saturday 9 May.
        ("2026-04-20", 15, "2026-05-05", "2026-05-06", "2026-05-13"),
        // The last day of February in a leap year.
        ("2024-02-28", 1, "2024-02-29", "2024-02-29", "2024-02-29"),
        // The Dragon Boat holiday of 2024 was a single Monday.
        ("2024-06-07", 1, "2024-06-08", "2024-06-11", "2024-06-11"),
        // Ninety natural days that end inside the National Day holiday.
        ("2026-07-04", 90, "2026-10-02", "2026-10-08", "2026-11-12"),
    ];

    fn noon(day: &str) -> DateTime<Utc> {
        format!("{day}T12:00:00+08:00").parse().unwrap()
    }

    fn last_day(length: u16, unit: Unit, start: DateTime<Utc>, pauses: &[Pause]) -> String {
        let due = Period { length, unit }.due(start, pauses, &Calendar::national());
        civil::last_day_before(due.at).to_string()
    }

    #[test]
    fn every_date_vector_holds() {
        for (start, n, natural, rolled, working) in VECTORS {
            let start_at = noon(start);
            let unrolled = Period { length: n, unit: Unit::NaturalDay }.last_day(start_at, &[], |_| true);
            assert_eq!(unrolled.to_string(), natural, "{start} + {n} natural");
            assert_eq!(last_day(n, Unit::NaturalDay, start_at, &[]), rolled, "{start} + {n} rolled");
            assert_eq!(last_day(n, Unit::WorkingDay, start_at, &[]), working, "{start} + {n} working");
        }
    }

    #[test]
    fn a_start_one_second_before_midnight_and_one_at_midnight_are_a_day_apart() {
        let before = "2026-03-03T23:59:59+08:00".parse().unwrap();
        let after = "2026-03-04T00:00:00+08:00".parse().unwrap();
        assert_eq!(last_day(1, Unit::WorkingDay, before, &[]), "2026-03-04");
        assert_eq!(last_day(1, Unit::WorkingDay, after, &[]), "2026-03-05");
    }

    #[test]
    fn hours_run_from_the_moment_through_nights_and_holidays() {
        let start = noon("2026-09-30");
        let due = Period { length: 24, unit: Unit::Hour }.due(start, &[], &Calendar::national());
        assert_eq!(due, Due { at: noon("2026-10-01"), provisional: false });
    }

    #[test]
    fn paused_days_do_not_count() {
        // Signed on Monday 2 March with five working days (due Monday 9 March); paused from Wednesday to Friday.
        let pause = Pause { from: noon("2026-03-04"), to: noon("2026-03-06") };
        assert_eq!(last_day(5, Unit::WorkingDay, noon("2026-03-02"), &[]), "2026-03-09");
        assert_eq!(last_day(5, Unit::WorkingDay, noon("2026-03-02"), &[pause]), "2026-03-11");
        let within_a_day = Pause { from: noon("2026-03-04"), to: noon("2026-03-04") };
        assert_eq!(last_day(5, Unit::WorkingDay, noon("2026-03-02"), &[within_a_day]), "2026-03-09");
        let hours = Period { length: 24, unit: Unit::Hour };
        assert_eq!(hours.due(noon("2026-03-02"), &[pause], &Calendar::national()).at, noon("2026-03-05"));
    }

    #[test]
    fn a_due_moment_in_a_year_without_a_holiday_notice_is_provisional() {
        let due = |start: &str| {
            Period { length: 15, unit: Unit::WorkingDay }.due(noon(start), &[], &Calendar::national())
        };
        assert!(!due("2026-12-10").provisional);
        assert!(due("2026-12-11").provisional);
        assert!(due("2026-12-31").provisional);
    }
}
