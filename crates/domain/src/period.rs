//! How long a duty has: a number of hours, natural days, working days or months. How that becomes a due moment is in
//! [`crate::counting`].

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
    /// Months: to the day of the same number, or the last day of a month that has none (民法典 art. 202).
    Month,
    /// No length: a supervision task brings its own dates.
    OwnDates,
}

/// A length of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// How many; at least one, and 0 only for a task's own dates.
    pub length: u16,
    /// Of what.
    pub unit: Unit,
}

impl Unit {
    /// The unit's name in data.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::NaturalDay => "natural_day",
            Self::WorkingDay => "working_day",
            Self::Month => "month",
            Self::OwnDates => "own_dates",
        }
    }

    /// The longest period that a pack may set: ten years. What is longer is a slip of the pen, and would be counted
    /// day by day.
    pub const fn longest(self) -> u32 {
        match self {
            Self::Hour => 87_600,
            Self::NaturalDay => 3_650,
            Self::WorkingDay => 2_500,
            Self::Month => 120,
            Self::OwnDates => 0,
        }
    }
}

impl Period {
    /// Whether the length fits the unit.
    pub const fn is_sound(self) -> bool {
        match self.unit {
            Unit::OwnDates => self.length == 0,
            Unit::Hour | Unit::NaturalDay | Unit::WorkingDay | Unit::Month => self.length > 0,
        }
    }
}
