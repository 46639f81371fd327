//! Which days are working days: weekends, public holidays and make-up working days, by the yearly notices of the
//! State Council.

use chrono::{Datelike, NaiveDate, Weekday};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// Holidays of 2024 to 2026 by the notices 国办发明电〔2023〕7号, 〔2024〕12号 and 〔2025〕7号.
const NATIONAL: &str = include_str!("../data/holidays.csv");

/// A calendar of working days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    version: String,
    special: BTreeMap<NaiveDate, (DayKind, String)>,
    years: BTreeSet<i32>,
}

/// What a special day is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DayKind {
    /// A day off.
    Off,
    /// A weekend day on which people work.
    Work,
}

/// A row of a holiday file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    date: NaiveDate,
    kind: DayKind,
    holiday: String,
}

/// A holiday file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CalendarError {
    /// A row cannot be read.
    #[error("a row of the holiday file cannot be read")]
    Row(#[source] csv::Error),
    /// A day stands twice.
    #[error("{0} stands twice in the holiday file")]
    Twice(NaiveDate),
}

impl Calendar {
    /// Reads a holiday file with the columns `date,kind,holiday`. A year with at least one row is known.
    pub fn from_csv(version: &str, text: &str) -> Result<Self, CalendarError> {
        let mut special = BTreeMap::new();
        for row in csv::Reader::from_reader(text.as_bytes()).deserialize() {
            let row: Row = row.map_err(CalendarError::Row)?;
            if special.insert(row.date, (row.kind, row.holiday)).is_some() {
                return Err(CalendarError::Twice(row.date));
            }
        }
        let years = special.keys().map(Datelike::year).collect();
        Ok(Self { version: version.to_owned(), special, years })
    }

    /// The calendar that ships with casebus.
    pub fn national() -> Self {
        Self::from_csv("cn-2026", NATIONAL).expect("the shipped holiday file is read by a test")
    }

    /// The version, as it stands in events.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Whether people work on that day.
    pub fn is_working_day(&self, day: NaiveDate) -> bool {
        match self.special.get(&day) {
            Some((DayKind::Work, _)) => true,
            Some((DayKind::Off, _)) => false,
            None => !matches!(day.weekday(), Weekday::Sat | Weekday::Sun),
        }
    }

    /// The holiday to which a special day belongs.
    pub fn holiday(&self, day: NaiveDate) -> Option<&str> {
        self.special.get(&day).map(|(_, name)| name.as_str())
    }

    /// Whether the holidays of the day's year are known.
    pub fn knows(&self, day: NaiveDate) -> bool {
        self.years.contains(&day.year())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_years_2024_to_2026_have_251_248_and_248_working_days() {
        let calendar = Calendar::national();
        for (year, expected) in [(2024, 251), (2025, 248), (2026, 248)] {
            let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap();
            let days = first.iter_days().take_while(|day| day.year() == year);
            assert_eq!(days.filter(|day| calendar.is_working_day(*day)).count(), expected, "{year}");
        }
    }

    #[test]
    fn people_work_on_make_up_days_and_not_on_holidays() {
        let calendar = Calendar::national();
        assert!(calendar.is_working_day(day("2026-09-20")), "a make-up Sunday");
        assert!(calendar.is_working_day(day("2026-10-10")), "a make-up Saturday");
        assert!(!calendar.is_working_day(day("2026-10-07")), "a Wednesday in the National Day holiday");
        assert_eq!(calendar.holiday(day("2026-10-10")), Some("国庆节"));
    }

    #[test]
    fn a_year_without_a_notice_is_not_known() {
        let calendar = Calendar::national();
        assert!(calendar.knows(day("2026-12-31")));
        assert!(!calendar.knows(day("2027-01-01")));
    }

    #[test]
    fn a_bad_row_or_a_day_that_stands_twice_is_refused() {
        let read = |rows: &str| Calendar::from_csv("x", &format!("date,kind,holiday\n{rows}"));
        assert!(matches!(read("2026-13-01,off,x"), Err(CalendarError::Row(_))));
        assert!(matches!(read("2026-01-01,free,x"), Err(CalendarError::Row(_))));
        assert!(matches!(read("2026-01-01,off,x\n2026-01-01,work,x"), Err(CalendarError::Twice(_))));
    }
}
