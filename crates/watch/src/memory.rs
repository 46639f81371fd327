//! What is not tried again at once, so that a candidate that the rules refuse, or a transfer that cannot be read, costs
//! one attempt and not one each round. Lost when the process ends, which costs one more attempt.

use chrono::{DateTime, TimeDelta, Utc};
use domain::civil;
use std::collections::HashMap;

/// How many candidates are remembered; what comes beyond is tried each round.
const CAPACITY: usize = 50_000;
/// How long a failure is left alone.
const AFTER_FAILURE_MINUTES: i64 = 10;

/// What is not tried again at once, and which calendar was swept.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    until: HashMap<String, DateTime<Utc>>,
    /// The calendar for which the clocks of all others, not only the provisional ones, were looked through.
    pub(crate) swept_calendar: Option<String>,
    /// The calendar by which the clocks of all handoffs were looked through.
    pub(crate) swept_for_handoffs: Option<String>,
}

impl Memory {
    /// Whether the candidate is left alone at a moment.
    pub(crate) fn holds(&self, key: &str, now: DateTime<Utc>) -> bool {
        self.until.get(key).is_some_and(|until| now < *until)
    }

    /// Leaves a candidate alone until the next civil day.
    pub(crate) fn leave_for_today(&mut self, key: String, now: DateTime<Utc>) {
        self.leave(key, civil::end_of(civil::day_of(now)), now);
    }

    /// Leaves a candidate alone for some minutes.
    pub(crate) fn leave_for_a_while(&mut self, key: String, now: DateTime<Utc>) {
        self.leave(key, now + TimeDelta::minutes(AFTER_FAILURE_MINUTES), now);
    }

    fn leave(&mut self, key: String, until: DateTime<Utc>, now: DateTime<Utc>) {
        if self.until.len() >= CAPACITY {
            self.until.retain(|_, until| now < *until);
        }
        if self.until.len() < CAPACITY {
            self.until.insert(key, until);
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
        assert_eq!(memory.until.len(), CAPACITY);
        let morning = at("2026-03-06T08:00:00+08:00");
        memory.leave_for_a_while("new".into(), morning);
        assert!(memory.holds("new", morning) && memory.until.len() == 1);
    }
}
