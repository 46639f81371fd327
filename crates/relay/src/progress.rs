//! What the leader knows of its work, also across the interruptions of it.

use crate::RelayError;
use log::BatchSize;

/// How many events are read at once, at first and at most.
const BATCH: BatchSize = BatchSize::new(256, 1_024);

/// What the leader knows of its work.
#[derive(Debug)]
pub(crate) struct Progress {
    /// Where the stream ends, as far as is known while this relay leads.
    acknowledged: Option<i64>,
    /// Whether there was success since the last trouble.
    has_succeeded: bool,
    /// How many events are read next.
    batch: BatchSize,
}

impl Progress {
    /// Of a leader that has not begun.
    pub(crate) const fn new() -> Self {
        Self { acknowledged: None, has_succeeded: false, batch: BATCH }
    }

    /// Where the stream ends, as far as is known.
    pub(crate) const fn acknowledged(&self) -> Option<i64> {
        self.acknowledged
    }

    /// How many events to read.
    pub(crate) const fn batch(&self) -> BatchSize {
        self.batch
    }

    /// Whether since the last trouble something was put into the stream, or nothing was left to be put there. That the stream
    /// fits the log is no success yet: `JetStream` may refuse all that follows.
    pub(crate) const fn has_succeeded(&self) -> bool {
        self.has_succeeded
    }

    /// Log and stream were compared, and the stream ends here.
    pub(crate) fn compared(&mut self, stream_end: i64) {
        self.acknowledged = Some(stream_end);
    }

    /// The stream goes up to here now.
    pub(crate) fn acknowledge(&mut self, position: i64) {
        self.has_succeeded |= self.acknowledged.is_some_and(|before| position > before);
        self.acknowledged = Some(position);
    }

    /// Nothing of the log is left to be put into the stream.
    pub(crate) fn caught_up(&mut self) {
        self.has_succeeded = true;
    }

    /// A batch was read with bodies of so many bytes. One that was not full is the end of the log: what follows it may be of any
    /// size.
    pub(crate) fn read(&mut self, bytes: usize, is_full: bool) {
        let grown = self.batch.after(bytes);
        self.batch = if is_full { grown } else { grown.at_most(BATCH.events()) };
    }

    /// A batch for which so many were asked took so long that what is left of it must be read anew.
    pub(crate) fn was_too_much(&mut self, asked: BatchSize) {
        self.batch = asked.halved();
    }

    /// Another relay leads, and knows where the stream ends.
    pub(crate) fn no_longer_leads(&mut self) {
        self.acknowledged = None;
    }

    /// Trouble; answers whether there was success before it.
    pub(crate) fn interrupted(&mut self, error: &RelayError) -> bool {
        if error.is_no_answer() {
            self.batch = self.batch.halved();
        }
        std::mem::take(&mut self.has_succeeded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use log::LogError;

    fn silence() -> RelayError {
        let silent = std::io::Error::from(std::io::ErrorKind::TimedOut);
        LogError::from(sqlx::Error::Io(silent)).into()
    }

    #[test]
    fn only_what_came_of_the_work_since_the_last_trouble_is_success() {
        let mut progress = Progress::new();
        progress.compared(5);
        assert!(!progress.has_succeeded());
        progress.acknowledge(5);
        assert!(!progress.interrupted(&RelayError::EpochChanged));
        progress.acknowledge(6);
        assert!(progress.has_succeeded());
        assert!(progress.interrupted(&RelayError::EpochChanged));
        assert!(!progress.interrupted(&RelayError::EpochChanged));
        progress.caught_up();
        assert!(progress.interrupted(&RelayError::EpochChanged));
    }

    #[test]
    fn a_stream_that_lost_its_end_is_no_success_until_something_follows() {
        let mut progress = Progress::new();
        progress.compared(9);
        progress.compared(4);
        assert!(!progress.has_succeeded());
        progress.acknowledge(5);
        assert!(progress.has_succeeded());
    }

    #[test]
    fn after_no_answer_half_as_many_events_are_read_until_an_answer_comes() {
        let mut progress = Progress::new();
        progress.interrupted(&RelayError::EpochChanged);
        assert_eq!(progress.batch().events(), 256);
        progress.interrupted(&silence());
        progress.interrupted(&silence());
        assert_eq!(progress.batch().events(), 64);
        progress.read(0, true);
        assert_eq!(progress.batch().events(), 128);
        for _ in 0..20 {
            progress.interrupted(&silence());
        }
        assert_eq!(progress.batch().events(), 1);
    }

    #[test]
    fn a_relay_that_has_caught_up_begins_with_an_ordinary_batch_again() {
        let mut progress = Progress::new();
        progress.read(0, true);
        progress.read(0, true);
        assert_eq!(progress.batch().events(), 1_024);
        progress.read(0, false);
        assert_eq!(progress.batch(), BATCH);
    }
}
