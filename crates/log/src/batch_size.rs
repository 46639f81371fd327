//! How many events are read at once.

/// Where the bodies of a batch are larger than this, the next one has fewer events.
const BYTES: usize = 8 * 1024 * 1024;

/// How many events are read at once: after large ones fewer in proportion, after small ones twice as many, up to a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchSize {
    events: i64,
    limit: i64,
}

impl BatchSize {
    /// So many at first, and so many at most.
    pub const fn new(first: i64, limit: i64) -> Self {
        Self { events: first, limit }
    }

    /// How many.
    pub const fn events(self) -> i64 {
        self.events
    }

    /// How many after a batch of so many bytes.
    #[must_use]
    pub fn after(self, bytes: usize) -> Self {
        let events = match i64::try_from(bytes / BYTES) {
            Ok(0) => self.events.saturating_mul(2).min(self.limit),
            Ok(times) => (self.events / (times + 1)).max(1),
            Err(_) => 1,
        };
        Self { events, ..self }
    }

    /// So many, and not more than these.
    #[must_use]
    pub fn at_most(self, events: i64) -> Self {
        Self { events: self.events.min(events), ..self }
    }

    /// Half as many, and at least one: after a batch that did not come in time.
    #[must_use]
    pub fn halved(self) -> Self {
        Self { events: (self.events / 2).max(1), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_grows_to_its_limit_after_small_ones_and_shrinks_at_once_after_a_large_one() {
        let full = BatchSize::new(250, 1_000).after(BYTES - 1).after(0).after(0);
        assert_eq!(full.events(), 1_000);
        assert_eq!(full.after(BYTES).events(), 500);
        assert_eq!(full.after(1_000 * 256 * 1024).events(), 31);
        assert_eq!(full.after(usize::MAX).events(), 1);
        assert_eq!(full.after(usize::MAX).after(0).events(), 2);
    }

    #[test]
    fn a_batch_that_does_not_come_in_time_is_halved_down_to_one_and_grows_again_after_small_ones() {
        let first = BatchSize::new(250, 1_000);
        assert_eq!(first.halved().events(), 125);
        let mut size = first;
        for _ in 0..20 {
            size = size.halved();
        }
        assert_eq!(size.events(), 1);
        assert_eq!(size.after(0).after(0).events(), 4);
        assert_eq!(size.halved().after(BYTES).events(), 1);
        assert_eq!(first.after(0).at_most(250), first);
    }
}
