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
}
