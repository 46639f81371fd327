//! What is not tried again at once, so that a candidate that the rules refuse, or a transfer that cannot be read, costs
//! one attempt and not one each round. Lost when the process ends, which costs one more attempt.

use crate::step::Step;
use chrono::{DateTime, TimeDelta, Utc};
use contract::ids::{HandoffId, TransferId};
use domain::civil;
use std::collections::HashMap;

/// How many candidates are remembered; what comes beyond is tried each round.
const CAPACITY: usize = 50_000;
/// How long a failure is left alone.
const AFTER_FAILURE_MINUTES: i64 = 10;
/// How long a calendar counts as looked through the first time. Another process may have counted by the former one just
/// after: it takes up the new one a moment later, or as soon as it can load it.
const FIRST_SWEPT_FOR: TimeDelta = TimeDelta::hours(1);
/// And from then on.
const SWEPT_FOR: TimeDelta = TimeDelta::days(1);

/// What is not tried again at once, and for which calendar everything was looked through.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    left: HashMap<String, Left>,
    /// The calendar for which the clocks of all others, not only the provisional ones, were looked through.
    pub(crate) swept_calendar: Option<Swept>,
    /// The calendar by which the clocks of all handoffs were looked through.
    pub(crate) swept_for_handoffs: Option<Swept>,
    /// How far the transfers were looked through for a calendar that is not swept yet.
    pub(crate) transfer_pass: Pass<TransferId>,
    /// And the handoffs.
    pub(crate) handoff_pass: Pass<HandoffId>,
}

/// A calendar for which everything was looked through, for a while.
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

/// One pass through all transfers, or all handoffs, for a calendar, over as many rounds as it needs.
#[derive(Debug)]
pub(crate) struct Pass<Id> {
    /// The calendar; empty between two passes.
    pub(crate) calendar: String,
    /// The last one that was looked at.
    pub(crate) after: Option<Id>,
    /// Whether the read model listed all when the pass began, and none is to be tried again.
    pub(crate) is_settled: bool,
}

impl<Id> Default for Pass<Id> {
    fn default() -> Self {
        Self { calendar: String::new(), after: None, is_settled: false }
    }
}

impl<Id> Pass<Id> {
    /// Its beginning.
    pub(crate) fn begin(calendar: &str, is_settled: bool) -> Self {
        Self { calendar: calendar.to_owned(), after: None, is_settled }
    }
}

impl Swept {
    /// Whether everything counts as looked through for a calendar. What is known of another one is forgotten.
    pub(crate) fn holds(known: &mut Option<Self>, calendar: &str, now: DateTime<Utc>) -> bool {
        known.take_if(|swept| swept.calendar != calendar);
        known.as_ref().is_some_and(|swept| now < swept.until)
    }

    /// Everything is looked through for a calendar now: for an hour, and from the second time on for a day.
    pub(crate) fn note(known: &mut Option<Self>, calendar: &str, now: DateTime<Utc>) {
        let again = known.as_ref().is_some_and(|swept| swept.calendar == calendar);
        let until = now + if again { SWEPT_FOR } else { FIRST_SWEPT_FOR };
        *known = Some(Self { calendar: calendar.to_owned(), until });
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

    /// Leaves a candidate that the calendar does not move alone until it is looked through once more.
    pub(crate) fn leave_until_swept_again(&mut self, key: String, now: DateTime<Utc>) {
        self.leave(key, Left { until: now + FIRST_SWEPT_FOR, is_settled: true }, now);
    }

    /// Whether a step is looking through everything for a calendar, and not only through what stays uncertain.
    pub(crate) fn is_sweeping(&self, step: Step, now: DateTime<Utc>) -> bool {
        let swept = match step {
            Step::Recalculate => &self.swept_calendar,
            Step::RecalculateHandoffs => &self.swept_for_handoffs,
            Step::EndSuspension
            | Step::EndWithCase
            | Step::Miss
            | Step::Handoffs
            | Step::Warn
            | Step::Urge
            | Step::Supervise => return false,
        };
        swept.as_ref().is_none_or(|swept| now >= swept.until)
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

    #[test]
    fn a_calendar_is_looked_through_again_after_an_hour_and_then_once_a_day() {
        let (mut known, noon) = (None, at("2026-03-05T12:00:00+08:00"));
        assert!(!Swept::holds(&mut known, "cn-2026", noon));
        Swept::note(&mut known, "cn-2026", noon);
        assert!(Swept::holds(&mut known, "cn-2026", noon + TimeDelta::minutes(59)));
        let one = noon + TimeDelta::hours(1);
        assert!(!Swept::holds(&mut known, "cn-2026", one));
        Swept::note(&mut known, "cn-2026", one);
        assert!(Swept::holds(&mut known, "cn-2026", one + TimeDelta::hours(23)));
        assert!(!Swept::holds(&mut known, "cn-2027", one + TimeDelta::hours(2)), "another one begins anew");
        Swept::note(&mut known, "cn-2027", one + TimeDelta::hours(2));
        assert!(!Swept::holds(&mut known, "cn-2027", one + TimeDelta::hours(3)));
    }
}
