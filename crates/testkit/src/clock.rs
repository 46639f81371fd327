//! Business time under a test's control.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

/// A clock that stands still until it is set or advanced. Clones show the same time.
#[derive(Debug, Clone)]
pub struct TestClock {
    now: Arc<Mutex<DateTime<Utc>>>,
}

impl TestClock {
    /// A clock that shows `now`.
    pub fn at(now: DateTime<Utc>) -> Self {
        Self { now: Arc::new(Mutex::new(now)) }
    }

    /// A clock that shows the time of an RFC 3339 text such as `2026-09-30T09:00:00+08:00`.
    ///
    /// # Panics
    /// When the text is not RFC 3339.
    pub fn at_text(text: &str) -> Self {
        match DateTime::parse_from_rfc3339(text) {
            Ok(time) => Self::at(time.with_timezone(&Utc)),
            Err(error) => panic!("{text} is not a time in RFC 3339: {error}"),
        }
    }

    /// What it shows.
    pub fn now(&self) -> DateTime<Utc> {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets it, forwards or backwards.
    pub fn set(&self, now: DateTime<Utc>) {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) = now;
    }

    /// Moves it on.
    pub fn advance(&self, by: TimeDelta) {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) += by;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_moves_only_when_told_and_its_clones_move_with_it() {
        let clock = TestClock::at_text("2026-09-30T09:00:00+08:00");
        let clone = clock.clone();
        clock.advance(TimeDelta::hours(2));
        assert_eq!(clone.now().to_rfc3339(), "2026-09-30T03:00:00+00:00");
        clone.set(DateTime::UNIX_EPOCH);
        assert_eq!(clock.now(), DateTime::UNIX_EPOCH);
    }
}
