//! What is not tried again at once, so that a candidate that the rules refuse, or a transfer that cannot be read, costs
//! one attempt and not one each round. Lost when the process ends, which costs one more attempt.

use chrono::{DateTime, TimeDelta, Utc};
use contract::ids::HandoffId;
use domain::civil;
use std::collections::HashMap;

/// How many candidates are remembered; what comes beyond is tried each round.
const CAPACITY: usize = 50_000;
/// How long a failure is left alone.
const AFTER_FAILURE_MINUTES: i64 = 10;
/// How long a calendar counts as looked through. Another process may have counted by the former one just after: it takes up
/// the new one a moment later, or as soon as it can load it.
const SWEPT_FOR_MINUTES: i64 = 60;

/// What is not tried again at once, and for which calendar everything was looked through.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    left: HashMap<String, Left>,
    /// The calendar for which the clocks of all others, not only the provisional ones, were looked through.
    pub(crate) swept_calendar: Option<Swept>,
    /// The calendar by which the clocks of all handoffs were looked through.
    pub(crate) swept_for_handoffs: Option<Swept>,
    /// How far the handoffs were looked through for a calendar that is not swept yet.
    pub(crate) handoff_pass: HandoffPass,
}

/// A calendar for which everything was looked through, for an hour.
#[derive(Debug)]
pub(crate) struct Swept {
    calendar: String,
    until: DateTime<Utc>,
}

/// A candidate that is left alone.
#[derive(Debug)]
struct Left {
    until: DateTime<Utc>,
    is_settled: bool,
}

/// One pass through all handoffs for a calendar, over as many rounds as it needs.
#[derive(Debug, Default)]
pub(crate) struct HandoffPass {
    /// The calendar; empty between two passes.
    pub(crate) calendar: String,
    /// The last handoff that was looked at.
    pub(crate) after: Option<HandoffId>,
    /// Whether the read model listed all handoffs when the pass began, and none is to be tried again.
    pub(crate) is_settled: bool,
}

impl Swept {
    /// A calendar for which everything is looked through at a moment.
    pub(crate) fn at(now: DateTime<Utc>, calendar: &str) -> Self {
        Self { calendar: calendar.to_owned(), until: now + TimeDelta::minutes(SWEPT_FOR_MINUTES) }
    }

    /// Whether everything counts as looked through for a calendar.
    pub(crate) fn holds(&self, calendar: &str, now: DateTime<Utc>) -> bool {
        self.calendar == calendar && now < self.until
    }
}

impl Memory {
    /// Whether the candidate is left alone at a moment.
    pub(crate) fn holds(&self, key: &str, now: DateTime<Utc>) -> bool {
        self.left.get(key).is_some_and(|left| now < left.until)
    }

    /// Whether a candidate that is left alone needs nothing more: it did not fail.
    pub(crate) fn has_settled(&self, key: &str) -> bool {
        self.left.get(key).is_some_and(|left| left.is_settled)
    }

    /// Leaves a candidate that needs nothing more alone until the next civil day.
    pub(crate) fn leave_for_today(&mut self, key: String, now: DateTime<Utc>) {
        let until = civil::end_of(civil::day_of(now));
        self.leave(key, Left { until, is_settled: true }, now);
    }

    /// Leaves a candidate that no other calendar moves alone until the calendar is looked through once more.
    pub(crate) fn leave_until_swept_again(&mut self, key: String, now: DateTime<Utc>) {
        let until = now + TimeDelta::minutes(SWEPT_FOR_MINUTES);
        self.leave(key, Left { until, is_settled: true }, now);
    }

    /// Leaves a candidate that is to be tried again alone for some minutes.
    pub(crate) fn leave_for_a_while(&mut self, key: String, now: DateTime<Utc>) {
        let until = now + TimeDelta::minutes(AFTER_FAILURE_MINUTES);
        self.leave(key, Left { until, is_settled: false }, now);
    }

    fn leave(&mut self, key: String, left: Left, now: DateTime<Utc>) {
        if self.left.len() >= CAPACITY {
            self.left.retain(|_, left| now < left.until);
        }
        if self.left.len() < CAPACITY {
            self.left.insert(key, left);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_refused_candidate_is_left_alone_until_midnight_in_china() {
        let mut memory = Memory::default();
        memory.leave_for_today("a".into(), at("2026-03-05T23:00:00+08:00"));
        assert!(memory.holds("a", at("2026-03-05T23:59:59+08:00")));
        assert!(!memory.holds("a", at("2026-03-06T00:00:00+08:00")));
        assert!(!memory.holds("b", at("2026-03-05T23:59:59+08:00")));
    }

    #[test]
    fn a_full_memory_forgets_what_is_over_and_takes_no_more_than_it_can_hold() {
        let mut memory = Memory::default();
        let evening = at("2026-03-05T23:00:00+08:00");
        (0..=CAPACITY).for_each(|nth| memory.leave_for_today(nth.to_string(), evening));
        assert_eq!(memory.left.len(), CAPACITY);
        let morning = at("2026-03-06T08:00:00+08:00");
        memory.leave_for_a_while("new".into(), morning);
        assert!(memory.holds("new", morning) && memory.left.len() == 1);
    }
}
