//! Business time: what every rule, every event and every key is dated by. The one place that asks the machine.

use chrono::{DateTime, TimeDelta, Utc};
use std::sync::Arc;

/// Business time as the services take it.
pub(crate) type Now = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// Real time, shifted for demonstrations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct BusinessClock {
    offset: TimeDelta,
}

impl BusinessClock {
    /// Real time plus an offset.
    pub(crate) const fn shifted(offset: TimeDelta) -> Self {
        Self { offset }
    }

    /// By how much business time is ahead of real time.
    pub(crate) const fn offset(self) -> TimeDelta {
        self.offset
    }

    /// Business time now.
    #[expect(clippy::disallowed_methods, reason = "the one place where the machine is asked for the time")]
    pub(crate) fn now(self) -> DateTime<Utc> {
        Utc::now() + self.offset
    }

    /// The clock as the services take it.
    pub(crate) fn as_now(self) -> Now {
        Arc::new(move || self.now())
    }

    /// The smallest offset in whole hours with which business time is not before `last`.
    pub(crate) fn earliest_offset(self, last: DateTime<Utc>) -> TimeDelta {
        let behind = last - (self.now() - self.offset);
        let hours = behind.num_hours();
        TimeDelta::hours(if behind > TimeDelta::hours(hours) { hours + 1 } else { hours })
    }
}

/// Reads an offset like `5d`, `-55d` or `36h`: whole days or hours, at most 3650 days either way.
pub(crate) fn parse_offset(text: &str) -> Result<TimeDelta, String> {
    const WAY_OUT: &str =
        "give whole days or hours, like 5d, -55d or 36h 请给出整天或整小时，如 5d、-55d、36h";
    let (digits, hours_per_unit) = match (text.strip_suffix('d'), text.strip_suffix('h')) {
        (Some(days), _) => (days, 24),
        (None, Some(hours)) => (hours, 1),
        (None, None) => return Err(WAY_OUT.to_owned()),
    };
    let count: i64 = digits.parse().map_err(|_| WAY_OUT.to_owned())?;
    let hours = count.checked_mul(hours_per_unit).filter(|hours| hours.abs() <= 3650 * 24);
    hours.map(TimeDelta::hours).ok_or_else(|| format!("{WAY_OUT}; at most 3650d either way 前后最多 3650d"))
}

/// Reads a period: an offset into the future.
pub(crate) fn parse_period(text: &str) -> Result<TimeDelta, String> {
    const WAY_OUT: &str = "give whole days or hours from now on, like 90d or 36h, at most 3650d 请给出整天或整小时，如 90d、36h，最多 3650d";
    parse_offset(text).ok().filter(|period| *period > TimeDelta::zero()).ok_or_else(|| WAY_OUT.to_owned())
}

/// Writes an offset as [`parse_offset`] reads it.
pub(crate) fn show_offset(offset: TimeDelta) -> String {
    match offset.num_hours() {
        hours if hours % 24 == 0 => format!("{}d", hours / 24),
        hours => format!("{hours}h"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_are_whole_days_or_hours_and_read_back_as_written() {
        for text in ["5d", "-55d", "37h", "0d", "-1h"] {
            assert_eq!(show_offset(parse_offset(text).unwrap()), text);
        }
        assert_eq!(show_offset(parse_offset("48h").unwrap()), "2d");
        assert_eq!(parse_period("36h").unwrap(), TimeDelta::hours(36));
        for wrong in ["0d", "-5d", "5", "4000d"] {
            assert!(parse_period(wrong).is_err(), "{wrong}");
        }
        for wrong in ["", "5", "d", "1.5d", "5 d", "5w", "99999999999999999999d", "4000d"] {
            assert!(parse_offset(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_earliest_offset_is_rounded_up_to_whole_hours() {
        let clock = BusinessClock::default();
        let earliest = |ahead| clock.earliest_offset(clock.now() + ahead);
        assert_eq!(earliest(TimeDelta::minutes(30)), TimeDelta::hours(1));
        assert_eq!(earliest(TimeDelta::minutes(-90)), TimeDelta::hours(-1));
        assert_eq!(earliest(TimeDelta::days(5) + TimeDelta::minutes(1)), TimeDelta::hours(121));
    }
}
