//! Civil months in Asia/Shanghai.

use crate::civil;
use chrono::{DateTime, Datelike, Months, NaiveDate, NaiveTime, Utc};
use std::fmt;
use std::ops::Range;
use std::str::FromStr;

/// A civil month, written like `2026-03`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    /// Its first day.
    first: NaiveDate,
}

/// A text that is no month, or one outside the years 1900 to 2199.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a civil month like 2026-03")]
pub struct InvalidMonth;

impl Month {
    /// The month of a moment.
    pub fn of(moment: DateTime<Utc>) -> Self {
        let day = civil::day_of(moment);
        Self { first: day.with_day(1).unwrap_or(day) }
    }

    /// The moments from the beginning of this month to the end of another.
    pub fn through(self, last: Self) -> Range<DateTime<Utc>> {
        let beyond = last.first + Months::new(1);
        civil::moment(self.first, NaiveTime::MIN)..civil::moment(beyond, NaiveTime::MIN)
    }

    /// How many months it is from this one to a later one, both counted; none where the other is earlier.
    pub fn count_through(self, last: Self) -> u32 {
        let number = |month: Self| month.first.year() * 12 + month.first.month0().cast_signed();
        u32::try_from(number(last) - number(self) + 1).unwrap_or(0)
    }
}

impl FromStr for Month {
    type Err = InvalidMonth;

    fn from_str(text: &str) -> Result<Self, InvalidMonth> {
        let has_form = text.len() == 7 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        let day = NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d");
        let first = day.ok().filter(|day| has_form && (1900..=2199).contains(&day.year()));
        first.map(|first| Self { first }).ok_or(InvalidMonth)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.first.format("%Y-%m"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn month(text: &str) -> Month {
        text.parse().unwrap()
    }

    #[test]
    fn a_month_has_one_form() {
        assert_eq!(month("2026-03").to_string(), "2026-03");
        for wrong in
            ["2026-3", "2026-13", "2026-00", "26-03", "2026-03-01", "2026/03", "", "0001-01", "+026-03"]
        {
            assert_eq!(wrong.parse::<Month>(), Err(InvalidMonth), "{wrong}");
        }
    }

    #[test]
    fn a_month_begins_at_midnight_in_shanghai() {
        assert_eq!(Month::of("2026-02-28T15:59:59Z".parse().unwrap()), month("2026-02"));
        assert_eq!(Month::of("2026-02-28T16:00:00Z".parse().unwrap()), month("2026-03"));
        let spring = month("2026-03").through(month("2026-05"));
        assert_eq!(spring.start.to_rfc3339(), "2026-02-28T16:00:00+00:00");
        assert_eq!(spring.end.to_rfc3339(), "2026-05-31T16:00:00+00:00");
    }

    #[test]
    fn months_are_counted_with_both_ends_over_a_year_end() {
        assert_eq!(month("2025-11").count_through(month("2026-02")), 4);
        assert_eq!(month("2026-02").count_through(month("2026-02")), 1);
        assert_eq!(month("2026-03").count_through(month("2026-02")), 0);
        assert_eq!(month("2026-03").count_through(month("2020-02")), 0);
    }
}
