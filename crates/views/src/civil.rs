//! Civil days in China, which is UTC+8 all year.

use chrono::{DateTime, Days, FixedOffset, NaiveDate, NaiveTime, Utc};

const OFFSET_SECONDS: i32 = 8 * 3600;

/// The first moment after a civil day; `None` at the end of the calendar.
pub(crate) fn end_of(day: NaiveDate) -> Option<DateTime<Utc>> {
    let next = day.checked_add_days(Days::new(1))?.and_time(NaiveTime::MIN);
    next.and_local_timezone(offset()?).single().map(|moment| moment.with_timezone(&Utc))
}

/// The civil day of a moment.
pub(crate) fn day_of(moment: DateTime<Utc>) -> NaiveDate {
    offset().map_or(moment.date_naive(), |offset| moment.with_timezone(&offset).date_naive())
}

fn offset() -> Option<FixedOffset> {
    FixedOffset::east_opt(OFFSET_SECONDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_over_when_the_next_one_begins_in_china() {
        let end = end_of("2026-12-31".parse().unwrap()).unwrap();
        assert_eq!(end.to_rfc3339(), "2026-12-31T16:00:00+00:00");
        assert_eq!(day_of(end).to_string(), "2027-01-01");
        assert_eq!(day_of(end - chrono::TimeDelta::milliseconds(1)).to_string(), "2026-12-31");
    }
}
