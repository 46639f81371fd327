//! Which days are working days: weekends, public holidays and make-up working days, by the yearly notices of the
//! State Council.

use chrono::{Datelike, NaiveDate, Weekday};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

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

/// Why people do not work on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayOff<'a> {
    /// An ordinary Saturday or Sunday.
    Weekend,
    /// A holiday of that name.
    Holiday(&'a str),
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
    /// A holiday without a name, or with a character that the file cannot hold.
    #[error("{0} needs the name of its holiday, without commas, quotes and line breaks")]
    Name(NaiveDate),
    /// Work on a day on which people work anyway, which is most likely a mistake.
    #[error("{0} is no weekend day, so it cannot be a make-up working day")]
    NoMakeUp(NaiveDate),
    /// No rows at all.
    #[error("the holiday file has no rows")]
    Empty,
}

impl Calendar {
    /// Reads a holiday file with the columns `date,kind,holiday`. A year with at least one row is known.
    pub fn from_csv(version: &str, text: &str) -> Result<Self, CalendarError> {
        let mut special = BTreeMap::new();
        for row in csv::Reader::from_reader(text.as_bytes()).deserialize() {
            let row: Row = row.map_err(CalendarError::Row)?;
            if row.holiday.trim().is_empty() || row.holiday.contains([',', '"', '\n', '\r']) {
                return Err(CalendarError::Name(row.date));
            }
            if special.insert(row.date, (row.kind, row.holiday)).is_some() {
                return Err(CalendarError::Twice(row.date));
            }
            let is_weekend = matches!(row.date.weekday(), Weekday::Sat | Weekday::Sun);
            if row.kind == DayKind::Work && !is_weekend {
                return Err(CalendarError::NoMakeUp(row.date));
            }
        }
        if special.is_empty() {
            return Err(CalendarError::Empty);
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
        self.day_off(day).is_none()
    }

    /// Why people do not work on that day; `None` when they do.
    pub fn day_off(&self, day: NaiveDate) -> Option<DayOff<'_>> {
        match self.special.get(&day) {
            Some((DayKind::Work, _)) => None,
            Some((DayKind::Off, name)) => Some(DayOff::Holiday(name)),
            None => matches!(day.weekday(), Weekday::Sat | Weekday::Sun).then_some(DayOff::Weekend),
        }
    }

    /// The holiday for which people work on that weekend day.
    pub fn make_up(&self, day: NaiveDate) -> Option<&str> {
        match self.special.get(&day) {
            Some((DayKind::Work, name)) => Some(name),
            Some((DayKind::Off, _)) | None => None,
        }
    }

    /// This calendar with the years of a holiday file put in the place of its own, under a new version.
    pub fn with_notice(&self, version: &str, text: &str) -> Result<Self, CalendarError> {
        let notice = Self::from_csv(version, text)?;
        let kept = self.special.iter().filter(|(day, _)| !notice.years.contains(&day.year()));
        let mut special: BTreeMap<_, _> = kept.map(|(day, what)| (*day, what.clone())).collect();
        special.extend(notice.special);
        let years = self.years.union(&notice.years).copied().collect();
        Ok(Self { version: version.to_owned(), special, years })
    }

    /// The calendar as a holiday file, from which it can be read again.
    pub fn to_csv(&self) -> String {
        let mut text = String::from("date,kind,holiday\n");
        for (day, (kind, name)) in &self.special {
            let kind = match kind {
                DayKind::Off => "off",
                DayKind::Work => "work",
            };
            let _ = writeln!(text, "{day},{kind},{name}");
        }
        text
    }

    /// How many days of a year are named as days off.
    pub fn days_off(&self, year: i32) -> usize {
        let of_year = self.special.iter().filter(|(day, _)| day.year() == year);
        of_year.filter(|(_, (kind, _))| *kind == DayKind::Off).count()
    }

    /// The years whose holidays are known.
    pub fn years(&self) -> impl Iterator<Item = i32> {
        self.years.iter().copied()
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
        assert_eq!(calendar.make_up(day("2026-10-10")), Some("国庆节"));
        assert_eq!(calendar.day_off(day("2026-10-07")), Some(DayOff::Holiday("国庆节")));
        assert_eq!(calendar.day_off(day("2026-10-11")), Some(DayOff::Weekend));
    }

    #[test]
    fn a_notice_replaces_its_years_and_keeps_the_others() {
        let rows = "date,kind,holiday\n2027-01-01,off,元旦\n2026-10-01,off,国庆节";
        let renewed = Calendar::national().with_notice("cn-2027", rows).unwrap();
        assert!(renewed.knows(day("2027-05-01")) && renewed.knows(day("2024-05-01")));
        assert!(!renewed.is_working_day(day("2027-01-01")) && !renewed.is_working_day(day("2025-10-01")));
        assert!(renewed.is_working_day(day("2026-10-02")), "the year 2026 is as the notice says");
        assert_eq!(Calendar::from_csv("cn-2027", &renewed.to_csv()).unwrap(), renewed);
    }

    #[test]
    fn a_holiday_on_a_working_weekday_of_make_up_or_a_name_with_a_comma_reads_back() {
        let calendar = Calendar::from_csv("x", "date,kind,holiday\n2025-10-01,off,国庆节、中秋节").unwrap();
        assert_eq!(calendar.day_off(day("2025-10-01")), Some(DayOff::Holiday("国庆节、中秋节")));
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
        assert!(matches!(read("2026-01-01,work,x"), Err(CalendarError::NoMakeUp(_))));
        assert!(matches!(read("2026-01-01,off, "), Err(CalendarError::Name(_))));
        assert!(matches!(read(""), Err(CalendarError::Empty)));
    }
}
