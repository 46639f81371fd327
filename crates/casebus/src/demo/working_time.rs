//! Working days and office hours before the demonstration begins.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use domain::calendar::Calendar;
use domain::civil;
use std::hash::{DefaultHasher, Hash, Hasher};

/// How many working days the demonstration looks back: about sixty days of the calendar.
const WORKING_DAYS: usize = 42;
/// Hours of an office day, in minutes after midnight: 9:00 to 12:00 and 14:00 to 18:00.
const SLOTS: [i64; 7] = [540, 600, 660, 840, 900, 960, 1020];

/// A place in the working time: which working day, which hour of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Slot {
    day: usize,
    hour: usize,
}

/// The working days up to the one on which the demonstration begins.
#[derive(Debug)]
pub(crate) struct WorkingTime {
    days: Vec<NaiveDate>,
    begins: DateTime<Utc>,
}

impl WorkingTime {
    /// The working days before a moment, that day included.
    pub(crate) fn before(begins: DateTime<Utc>, calendar: &Calendar) -> Self {
        let today = civil::day_of(begins);
        let mut days: Vec<_> = (0..)
            .map_while(|back| today.checked_sub_days(Days::new(back)))
            .filter(|day| calendar.is_working_day(*day))
            .take(WORKING_DAYS)
            .collect();
        days.reverse();
        Self { days, begins }
    }

    /// A half hour of the day that lies so many working days before the last one; the name chooses which.
    pub(crate) fn days_ago(&self, days: usize, name: &str) -> Slot {
        let day = self.days.len().saturating_sub(days + 1);
        Slot { day, hour: chance(name, SLOTS.len() - 3) }
    }

    /// So many working days after a slot, and later than `earlier` in any case.
    pub(crate) fn after(start: Slot, days: usize, earlier: Slot, name: &str) -> Slot {
        let wanted = Slot { day: start.day + days, hour: chance(name, SLOTS.len()) };
        if wanted > earlier {
            wanted
        } else if earlier.hour + 1 < SLOTS.len() {
            Slot { hour: earlier.hour + 1, ..earlier }
        } else {
            Slot { day: earlier.day + 1, hour: 0 }
        }
    }

    /// The moment of a slot; `None` when it lies in the future.
    pub(crate) fn moment(&self, slot: Slot) -> Option<DateTime<Utc>> {
        let day = *self.days.get(slot.day)?;
        // The same for everything in the slot, and not on the full hour.
        let minute = SLOTS[slot.hour] + i64::try_from(chance(&format!("{day}{}", slot.hour), 53)).ok()?;
        let local = day.and_time(NaiveTime::MIN) + TimeDelta::minutes(minute);
        let moment = civil::offset().from_local_datetime(&local).single()?.to_utc();
        (moment < self.begins).then_some(moment)
    }

    /// The year in which the demonstration begins.
    pub(crate) fn year(&self) -> i32 {
        civil::year_of(self.begins)
    }
}

/// A number below `limit` that the name decides: always the same one.
pub(crate) fn chance(name: &str, limit: usize) -> usize {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    let limit = u64::try_from(limit).unwrap_or(u64::MAX).max(1);
    usize::try_from(hasher.finish() % limit).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(begins: &str) -> WorkingTime {
        WorkingTime::before(begins.parse().unwrap(), &Calendar::national())
    }

    #[test]
    fn slots_lie_on_working_days_in_office_hours_and_not_in_the_future() {
        let time = time("2026-10-09T10:00:00+08:00");
        assert_eq!(time.days.len(), WORKING_DAYS);
        assert!(!time.days.contains(&"2026-10-05".parse().unwrap()), "a holiday");
        assert!(time.days.contains(&"2026-09-20".parse().unwrap()), "a make-up Sunday");
        let sent = time.days_ago(1, "a");
        let moment = time.moment(sent).unwrap().with_timezone(&civil::offset());
        assert_eq!(moment.date_naive().to_string(), "2026-10-08");
        let next = WorkingTime::after(sent, 0, sent, "b");
        assert!(next > sent);
        assert!(time.moment(WorkingTime::after(sent, 2, next, "c")).is_none(), "tomorrow");
    }
}
