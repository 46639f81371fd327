//! Working time: the part of a stretch of time that lies in office hours of working days.

use crate::calendar::Calendar;
use crate::civil;
use chrono::{DateTime, NaiveTime, TimeDelta, Utc};

/// The hours in which offices work on a working day, in civil time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OfficeHours {
    /// When they open.
    pub opens: NaiveTime,
    /// When they close.
    pub closes: NaiveTime,
}

impl Default for OfficeHours {
    /// Nine to five: eight hours.
    fn default() -> Self {
        let hour = |hour| NaiveTime::from_hms_opt(hour, 0, 0).expect("a full hour of the day");
        Self { opens: hour(9), closes: hour(17) }
    }
}

/// The whole minutes of working time between two moments; none where the second is not later.
pub fn working_minutes(
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    calendar: &Calendar,
    hours: OfficeHours,
) -> u32 {
    let mut worked = TimeDelta::zero();
    let last = civil::day_of(to);
    for day in civil::day_of(from).iter_days().take_while(|day| *day <= last) {
        if calendar.is_working_day(day) {
            let begins = civil::moment(day, hours.opens).max(from);
            let ends = civil::moment(day, hours.closes).min(to);
            worked += (ends - begins).max(TimeDelta::zero());
        }
    }
    u32::try_from(worked.num_minutes()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Working minutes between two civil times of 2026.
    fn minutes(from: &str, to: &str) -> u32 {
        let at = |text: &str| format!("2026-{}:00+08:00", text.replace(' ', "T")).parse().unwrap();
        working_minutes(at(from), at(to), &Calendar::national(), OfficeHours::default())
    }

    #[test]
    fn a_day_has_eight_hours_and_a_night_none() {
        assert_eq!(minutes("09-16 09:00", "09-16 17:00"), 480);
        assert_eq!(minutes("09-16 00:00", "09-17 00:00"), 480);
        assert_eq!(minutes("09-16 17:00", "09-17 09:00"), 0);
        assert_eq!(minutes("09-16 16:59", "09-17 09:01"), 2);
        assert_eq!(minutes("09-16 10:00", "09-16 10:00"), 0);
        assert_eq!(minutes("09-17 10:00", "09-16 10:00"), 0, "backwards");
    }

    #[test]
    fn national_day_does_not_count_and_its_make_up_days_do() {
        assert_eq!(minutes("09-30 16:00", "10-08 10:00"), 120, "Wednesday before to Thursday after");
        assert_eq!(minutes("10-01 00:00", "10-08 00:00"), 0);
        assert_eq!(minutes("09-18 17:00", "09-21 09:00"), 480, "the make-up Sunday 20 September");
        assert_eq!(minutes("09-20 12:00", "09-20 23:00"), 300);
        assert_eq!(minutes("10-09 17:00", "10-12 09:00"), 480, "the make-up Saturday 10 October");
        assert_eq!(minutes("09-11 17:00", "09-14 09:00"), 0, "an ordinary weekend");
    }

    #[test]
    fn seconds_add_up_before_minutes_are_cut_off() {
        let at = |text: &str| format!("2026-09-{text}+08:00").parse().unwrap();
        let worked =
            |from, to| working_minutes(at(from), at(to), &Calendar::national(), OfficeHours::default());
        assert_eq!(worked("16T16:59:30", "17T09:00:30"), 1);
        assert_eq!(worked("16T16:59:30", "17T09:00:29"), 0);
    }
}
