//! Whole streams of the log, some at a time: as many as come in time and are not too large together.

use crate::ProjectorError;
use crate::envelope;
use crate::log_reader::check_events;
use log::{BatchSize, Log};
use uuid::Uuid;
use views::{Checkpoint, Event};

/// How many streams are read at once, at first and at most.
pub(crate) const STREAMS: BatchSize = BatchSize::new(25, 200);

/// Streams that are read some at a time.
pub(crate) struct Streams<'a> {
    left: &'a [Uuid],
    at_once: &'a mut BatchSize,
}

impl<'a> Streams<'a> {
    /// All of these, so many at first; how many would be read next is left there.
    pub(crate) fn new(streams: &'a [Uuid], at_once: &'a mut BatchSize) -> Self {
        Self { left: streams, at_once }
    }

    /// All events of the next streams up to a checkpoint; none once all streams are read. Where Postgres does not answer in time,
    /// fewer are asked for.
    pub(crate) async fn next(
        &mut self,
        log: &Log,
        up_to: Checkpoint,
    ) -> Result<Option<Vec<Event>>, ProjectorError> {
        while !self.left.is_empty() {
            match log.read_streams(self.some(), up_to.position).await {
                Err(error) if error.is_no_answer() && self.some().len() > 1 => self.ask_for_fewer(),
                read => {
                    let events = read?;
                    check_events(&events, up_to.epoch)?;
                    self.came(events.iter().map(|event| event.body.len()).sum());
                    return Ok(Some(events.into_iter().map(envelope::of_log).collect()));
                }
            }
        }
        Ok(None)
    }

    /// Those that are asked for.
    fn some(&self) -> &'a [Uuid] {
        let count = usize::try_from(self.at_once.events()).unwrap_or(1);
        &self.left[..count.min(self.left.len())]
    }

    /// They came, with bodies of so many bytes.
    fn came(&mut self, bytes: usize) {
        self.left = &self.left[self.some().len()..];
        *self.at_once = self.at_once.after(bytes);
    }

    /// They did not come in time.
    fn ask_for_fewer(&mut self) {
        let asked = i64::try_from(self.some().len()).unwrap_or(i64::MAX);
        *self.at_once = self.at_once.at_most(asked).halved();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANY_BYTES: usize = 20 * 1024 * 1024;

    #[test]
    fn every_stream_is_read_once_however_many_come_at_once() {
        let all: Vec<Uuid> = (0..300).map(Uuid::from_u128).collect();
        let mut at_once = STREAMS;
        let mut streams = Streams::new(&all, &mut at_once);
        let (mut read, mut sizes) = (Vec::new(), Vec::new());
        for bytes in [0, 0, MANY_BYTES, 0, 0, 0, 0, 0] {
            read.extend_from_slice(streams.some());
            sizes.push(streams.some().len());
            streams.came(bytes);
        }
        assert_eq!(sizes, [25, 50, 100, 33, 66, 26, 0, 0]);
        assert_eq!(read, all);
    }

    #[test]
    fn half_as_many_as_were_asked_for_are_asked_for_again_down_to_one() {
        let all: Vec<Uuid> = (0..20).map(Uuid::from_u128).collect();
        let mut at_once = STREAMS;
        let mut streams = Streams::new(&all, &mut at_once);
        let mut sizes = Vec::new();
        for _ in 0..6 {
            sizes.push(streams.some().len());
            streams.ask_for_fewer();
        }
        assert_eq!(sizes, [20, 10, 5, 2, 1, 1]);
        streams.came(0);
        assert_eq!(streams.some(), &all[1..3]);
        assert_eq!(at_once.events(), 2, "others begin with what was learnt");
    }
}
