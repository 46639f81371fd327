//! The log, as long as it is the one that was folded.

use crate::ProjectorError;
use crate::envelope;
use crate::lag::tell_events;
use log::{Head, Log, RecordedEvent};
use std::time::Duration;
use views::{Checkpoint, Event};

/// Reads the log.
#[derive(Clone, Debug)]
pub(crate) struct LogReader(pub(crate) Log);

impl LogReader {
    /// Waits until the log has more than was folded, at most as long as given.
    pub(crate) async fn wait(&self, checkpoint: Checkpoint, at_most: Duration) -> Result<(), ProjectorError> {
        self.0.wait_after(checkpoint.position, at_most).await?;
        Ok(())
    }

    /// The end of the log, which must be of our epoch and not before our position.
    pub(crate) async fn head(&self, checkpoint: Checkpoint) -> Result<Head, ProjectorError> {
        let head = self.0.head().await?;
        check(head, checkpoint)?;
        tell_events(head.position - checkpoint.position);
        Ok(head)
    }

    pub(crate) async fn read(
        &self,
        checkpoint: Checkpoint,
        after: i64,
        limit: i64,
    ) -> Result<Vec<Event>, ProjectorError> {
        let events = self.0.read_after(after, limit).await?;
        check_events(&events, checkpoint.epoch)?;
        Ok(events.into_iter().map(envelope::of_log).collect())
    }
}

/// Refuses a log that is not the one that was folded.
pub(crate) fn check(head: Head, checkpoint: Checkpoint) -> Result<(), ProjectorError> {
    check_epoch(head, checkpoint.epoch)?;
    if head.position < checkpoint.position {
        return Err(ProjectorError::LogBehind { folded: checkpoint.position, log: head.position });
    }
    Ok(())
}

/// Refuses a log in another epoch.
pub(crate) fn check_epoch(head: Head, folded: i64) -> Result<(), ProjectorError> {
    if head.epoch == folded { Ok(()) } else { Err(ProjectorError::EpochDiffers { folded, log: head.epoch }) }
}

/// Refuses events that were read in another epoch.
pub(crate) fn check_events(events: &[RecordedEvent], folded: i64) -> Result<(), ProjectorError> {
    match events.iter().find(|event| event.epoch != folded) {
        Some(event) => Err(ProjectorError::EpochDiffers { folded, log: event.epoch }),
        None => Ok(()),
    }
}

/// Counts events that the log gave: the bus lacked them, or there is no bus, or they were read again after trouble. What the
/// bus carries without its body is not counted: everybody reads the metrics.
pub(crate) fn count_from_log(events: &[Event]) {
    metrics::counter!("casebus_projector_events_from_log_total").increment(length(events));
}

/// A length as a metric takes it.
pub(crate) fn length<T>(items: &[T]) -> u64 {
    u64::try_from(items.len()).unwrap_or(u64::MAX)
}
