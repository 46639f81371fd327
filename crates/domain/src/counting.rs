//! How a period becomes a due moment, and the arithmetic that shows it.
//!
//! The day on which a period begins does not count (民法典 art. 201); hours count from the moment. A period in natural
//! days or months that ends on a day off is over at the end of the next working day (民法典 art. 203). A pause takes
//! the days after the one on which it began, up to and with the one on which it ended, out of the count; and that one as well
//! if it were the last, so that a day is left when the pause is over. How a
//! count begins and ends is a setting of the rule pack; here it is carried out, and nothing is computed without being written down.

use crate::calendar::{Calendar, DayOff};
use crate::civil;
use crate::period::{Period, Unit};
use chrono::{DateTime, Months, NaiveDate, NaiveTime, TimeDelta, Utc};
use contract::clock::PauseReason;
use contract::event::ExtendedBy;
use contract::ids::DepartmentId;
use serde::Deserialize;

/// Where a count begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StartRule {
    /// With the day after the start.
    #[default]
    NextDay,
    /// With the day of the start itself.
    SameDay,
}

/// What happens when a count ends on a day off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndRoll {
    /// It is over at the end of the next working day.
    #[default]
    NextWorkingDay,
    /// It is over on that day.
    None,
}

/// When the last day is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum DayEnd {
    /// At 24:00.
    #[default]
    Midnight,
    /// When the offices close.
    OfficeCloses(NaiveTime),
}

/// How a clock counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counting {
    /// How long.
    pub period: Period,
    /// From when.
    pub start_rule: StartRule,
    /// What if it ends on a day off; for natural days and months.
    pub end_roll: EndRoll,
    /// When the last day is over; for all but hours.
    pub day_end: DayEnd,
}

/// A stretch of time that does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pause {
    /// When it began.
    pub from: DateTime<Utc>,
    /// When it ended.
    pub to: DateTime<Utc>,
    /// Why.
    pub reason: PauseReason,
}

/// More time that was granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    /// By how much.
    pub by: ExtendedBy,
    /// Who approved it.
    pub approved_by: DepartmentId,
    /// When.
    pub granted_at: DateTime<Utc>,
}

/// When a duty is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// The first moment that is too late.
    pub at: DateTime<Utc>,
    /// A year on the way has no holiday notice yet, so the moment may move.
    pub provisional: bool,
}

/// Why a day counts although it looks like a day off, or does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DayReason {
    /// A Saturday or Sunday.
    Weekend,
    /// A holiday of that name.
    Holiday(String),
    /// The clock stood still.
    Paused(PauseReason),
    /// A weekend day on which people work because of that holiday: it counts.
    MakeUp(String),
}

/// A day of the count that needs an explanation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayNote {
    /// The day.
    pub day: NaiveDate,
    /// Whether it counts.
    pub counts: bool,
    /// Why.
    pub reason: DayReason,
}

/// A due moment with everything that led to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arithmetic {
    /// How it was counted.
    pub counting: Counting,
    /// When the clock began.
    pub started_at: DateTime<Utc>,
    /// The task's own day, where the clock counts none.
    pub own_day: Option<NaiveDate>,
    /// What was granted, in order.
    pub extensions: Vec<Extension>,
    /// What did not count, in order.
    pub pauses: Vec<Pause>,
    /// Days that were left out or made up for, in order.
    pub days: Vec<DayNote>,
    /// The day that completes the count; `None` for hours.
    pub counted_to: Option<NaiveDate>,
    /// Days after it over which the end was rolled: days off, and from then on days on which the clock stood still.
    pub rolled: Vec<DayNote>,
    /// The last day; `None` for hours.
    pub last_day: Option<NaiveDate>,
    /// The result.
    pub due: Due,
    /// The calendar by which it was counted.
    pub calendar: String,
}

/// What is counted beside the period itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct Given<'a> {
    /// The task's own day.
    pub own_day: Option<NaiveDate>,
    /// What was granted.
    pub extensions: &'a [Extension],
    /// What does not count.
    pub pauses: &'a [Pause],
}

impl Counting {
    /// Counts from a start, and writes down how.
    pub fn count(self, start: DateTime<Utc>, given: Given<'_>, calendar: &Calendar) -> Arithmetic {
        let mut sum = Arithmetic {
            counting: self,
            started_at: start,
            own_day: given.own_day,
            extensions: given.extensions.to_vec(),
            pauses: given.pauses.to_vec(),
            days: Vec::new(),
            counted_to: None,
            rolled: Vec::new(),
            last_day: None,
            due: Due { at: start, provisional: false },
            calendar: calendar.version().to_owned(),
        };
        match self.period.unit {
            Unit::Hour => sum.count_hours(),
            Unit::NaturalDay | Unit::WorkingDay | Unit::Month | Unit::OwnDates => sum.count_days(calendar),
        }
        sum
    }

    /// The first day that may count.
    fn first_day(self, start: DateTime<Utc>) -> NaiveDate {
        match self.start_rule {
            StartRule::NextDay => next(civil::day_of(start)),
            StartRule::SameDay => civil::day_of(start),
        }
    }

    /// The first moment that is too late where a day is the last.
    fn end_of(self, day: NaiveDate) -> DateTime<Utc> {
        match self.day_end {
            DayEnd::Midnight => civil::end_of(day),
            DayEnd::OfficeCloses(at) => civil::moment(day, at),
        }
    }
}

impl Arithmetic {
    /// Hours: from the moment, with the exact length of every pause.
    fn count_hours(&mut self) {
        let paused: TimeDelta = self.pauses.iter().map(|pause| pause.to - pause.from).sum();
        let hours: i64 =
            i64::from(self.counting.period.length) + i64::from(self.granted_length(DateTime::<Utc>::MAX_UTC));
        self.due.at = self.started_at + TimeDelta::hours(hours) + paused;
        if let Some(until) = self.granted_day() {
            self.due.at = self.due.at.max(civil::end_of(until));
        }
    }

    fn count_days(&mut self, calendar: &Calendar) {
        let first = self.counting.first_day(self.started_at);
        let counted = match self.counting.period.unit {
            Unit::WorkingDay => self.count_off(first, Some(calendar)),
            Unit::OwnDates => self.own_day.unwrap_or_else(|| civil::day_of(self.started_at)),
            Unit::NaturalDay | Unit::Month | Unit::Hour => self.count_off(first, None),
        };
        self.counted_to = Some(counted);
        let rolled = match self.counting.period.unit {
            Unit::NaturalDay | Unit::Month if self.counting.end_roll == EndRoll::NextWorkingDay => {
                self.roll(counted, calendar)
            }
            Unit::NaturalDay | Unit::Month | Unit::WorkingDay | Unit::OwnDates | Unit::Hour => counted,
        };
        let last = self.granted_day().map_or(rolled, |until| until.max(rolled));
        self.last_day = Some(last);
        self.due = Due {
            at: self.counting.end_of(last),
            provisional: self.counting.period.unit != Unit::OwnDates
                && (!calendar.knows(last) || !calendar.knows(civil::day_of(self.started_at))),
        };
    }

    /// The day that completes a count of days; days off are left out where a calendar is given.
    fn count_off(&mut self, first: NaiveDate, calendar: Option<&Calendar>) -> NaiveDate {
        let length = self.days_from(first, DateTime::<Utc>::MAX_UTC);
        let (mut counted, mut day) = (0, first);
        loop {
            let note = self.note(day, calendar);
            let counts = note.as_ref().is_none_or(|note| note.counts);
            let interrupted = self.interruption(day).filter(|pause| {
                // It would have been the last by what was granted when the pause began.
                counts && counted + 1 >= self.days_from(first, pause.from)
            });
            let interrupted = interrupted.map(|pause| pause.note(day));
            let counts = counts && interrupted.is_none();
            self.days.extend(interrupted.or(note));
            if counts {
                counted += 1;
            }
            if counted >= length {
                return day;
            }
            day = next(day);
        }
    }

    fn note(&self, day: NaiveDate, calendar: Option<&Calendar>) -> Option<DayNote> {
        let off = calendar.and_then(|calendar| calendar.day_off(day));
        if let Some(off) = off {
            return Some(DayNote { day, counts: false, reason: off.into() });
        }
        if let Some(pause) = self.pauses.iter().find(|pause| pause.covers(day)) {
            return Some(pause.note(day));
        }
        let make_up = calendar.and_then(|calendar| calendar.make_up(day))?;
        Some(DayNote { day, counts: true, reason: DayReason::MakeUp(make_up.to_owned()) })
    }

    /// How many days there are to count from the first one on, by what had been granted at a moment.
    fn days_from(&self, first: NaiveDate, at: DateTime<Utc>) -> u32 {
        let length = u32::from(self.counting.period.length) + self.granted_length(at);
        if self.counting.period.unit != Unit::Month {
            return length;
        }
        let before = first.pred_opt().unwrap_or(first);
        let end = before
            .checked_add_months(Months::new(length))
            .expect("lengths have sixteen bits and extensions are few, so no month lies past the calendar");
        u32::try_from((end - before).num_days()).unwrap_or(0)
    }

    /// A pause that began on a day and went on: the last day of a count is not one of these, but a whole one after it.
    fn interruption(&self, day: NaiveDate) -> Option<Pause> {
        let is_in_time = |pause: &&Pause| pause.from < self.counting.end_of(day);
        self.pauses.iter().filter(is_in_time).find(|pause| pause.begins_on(day)).copied()
    }

    /// The first day on which people work and the clock did not stand still; the count itself ended on a day off.
    fn roll(&mut self, counted: NaiveDate, calendar: &Calendar) -> NaiveDate {
        let mut day = counted;
        if calendar.day_off(day).is_none() {
            return day;
        }
        while let Some(note) = self.not_the_last(day, calendar) {
            self.rolled.push(note);
            day = next(day);
        }
        day
    }

    /// Why a day cannot be the one to which an end rolls.
    fn not_the_last(&self, day: NaiveDate, calendar: &Calendar) -> Option<DayNote> {
        let note = self.note(day, Some(calendar)).filter(|note| !note.counts);
        note.or_else(|| self.interruption(day).map(|pause| pause.note(day)))
    }

    /// How much had been granted at a moment in the clock's own unit.
    fn granted_length(&self, at: DateTime<Utc>) -> u32 {
        let granted = self.extensions.iter().filter(|extension| extension.granted_at <= at);
        let lengths = granted.map(|extension| match extension.by {
            ExtendedBy::Length(length) => u32::from(length),
            ExtendedBy::Until(_) => 0,
        });
        lengths.sum()
    }

    /// The last day that was granted by name; a later pause does not move it.
    fn granted_day(&self) -> Option<NaiveDate> {
        let days = self.extensions.iter().filter_map(|extension| match extension.by {
            ExtendedBy::Until(day) => Some(day),
            ExtendedBy::Length(_) => None,
        });
        days.max()
    }
}

impl Pause {
    /// Whether it takes a day out of the count.
    pub fn covers(&self, day: NaiveDate) -> bool {
        civil::day_of(self.from) < day && day <= civil::day_of(self.to)
    }

    /// That it takes a day out of the count.
    const fn note(&self, day: NaiveDate) -> DayNote {
        DayNote { day, counts: false, reason: DayReason::Paused(self.reason) }
    }

    /// Whether it began on a day and went on into the next.
    fn begins_on(&self, day: NaiveDate) -> bool {
        civil::day_of(self.from) == day && day < civil::day_of(self.to)
    }
}

impl From<DayOff<'_>> for DayReason {
    fn from(off: DayOff<'_>) -> Self {
        match off {
            DayOff::Weekend => Self::Weekend,
            DayOff::Holiday(name) => Self::Holiday(name.to_owned()),
        }
    }
}

fn next(day: NaiveDate) -> NaiveDate {
    day.succ_opt().expect("no due day lies at the end of the calendar")
}

#[cfg(test)]
mod tests;
