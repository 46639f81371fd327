//! Civil time in China: Asia/Shanghai, which has been UTC+8 without daylight saving since 1991-09-15.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveTime, TimeZone, Utc};

const OFFSET_SECONDS: i32 = 8 * 3600;

/// The offset of Asia/Shanghai.
pub fn offset() -> FixedOffset {
    FixedOffset::east_opt(OFFSET_SECONDS).expect("eight hours is a valid offset")
}

/// The civil day of a moment.
pub fn day_of(moment: DateTime<Utc>) -> NaiveDate {
    moment.with_timezone(&offset()).date_naive()
}

/// The civil year of a moment.
pub fn year_of(moment: DateTime<Utc>) -> i32 {
    day_of(moment).year()
}

/// 24:00 of a day, which is 0:00 of the next: the first moment after the day.
pub fn end_of(day: NaiveDate) -> DateTime<Utc> {
    moment(day.succ_opt().expect("no due day lies at the end of the calendar"), NaiveTime::MIN)
}

/// A time of day in China as a moment.
pub fn moment(day: NaiveDate, time: NaiveTime) -> DateTime<Utc> {
    offset()
        .from_local_datetime(&day.and_time(time))
        .single()
        .expect("a fixed offset has every local time once")
        .to_utc()
}

/// The last day of a period that is over at `due_at`, the first moment too late.
pub fn last_day_before(due_at: DateTime<Utc>) -> NaiveDate {
    day_of(due_at - chrono::TimeDelta::milliseconds(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_civil_day_begins_at_sixteen_hours_utc() {
        let day = |text: &str| day_of(text.parse().unwrap()).to_string();
        assert_eq!(day("2026-09-30T15:59:59Z"), "2026-09-30");
        assert_eq!(day("2026-09-30T16:00:00Z"), "2026-10-01");
        let end = end_of("2026-09-30".parse().unwrap());
        assert_eq!(end.to_rfc3339(), "2026-09-30T16:00:00+00:00");
        assert_eq!(last_day_before(end).to_string(), "2026-09-30");
        assert_eq!(year_of("2026-12-31T16:00:00Z".parse().unwrap()), 2027);
    }
}
