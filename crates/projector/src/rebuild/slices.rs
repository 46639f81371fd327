//! The log in slices of streams, which workers take one after the other.

use crate::ProjectorError;
use log::{Log, StreamPlace};
use std::sync::{Mutex, PoisonError};
use uuid::Uuid;

/// Into how many slices the log is cut, at most.
const SLICES: i64 = 64;
/// How many events a slice has about, at least: its rows go in table by table, which does not pay for a few.
const SLICE_EVENTS: i64 = 2_000;

/// All streams after one place, up to a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slice {
    pub(super) after: StreamPlace,
    pub(super) last_stream: Uuid,
}

/// Slices that nobody has taken.
#[derive(Debug)]
pub(super) struct Slices(Mutex<Vec<Slice>>);

impl Slices {
    /// Cuts at streams that were written at even distances. Their ids grow with time, so the slices are about equal.
    pub(super) async fn of(log: &Log, up_to: i64) -> Result<Self, ProjectorError> {
        let mut cuts = vec![Uuid::max()];
        let count = (up_to / SLICE_EVENTS).clamp(1, SLICES);
        for place in 1..count {
            let position = up_to / count * place;
            cuts.extend(log.read_after(position, 1).await?.first().map(|event| event.stream_id));
        }
        Ok(Self(Mutex::new(between(cuts))))
    }

    /// The next slice.
    pub(super) fn take(&self) -> Option<Slice> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }
}

fn between(mut cuts: Vec<Uuid>) -> Vec<Slice> {
    cuts.sort_unstable();
    cuts.dedup();
    let mut after = Uuid::nil();
    let slices = cuts.into_iter().map(|last_stream| {
        // A stream that ends a slice is wholly in it.
        let slice = Slice { after: StreamPlace { stream_id: after, version: i64::MAX }, last_stream };
        after = last_stream;
        slice
    });
    slices.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stream_is_in_one_slice() {
        let cut = |number| Uuid::from_u128(number);
        let slices = between(vec![Uuid::max(), cut(9), cut(4), cut(9)]);
        let in_slice = |slice: &Slice, stream| slice.after.stream_id < stream && stream <= slice.last_stream;
        for stream in [1, 4, 5, 9, 10, u128::MAX] {
            assert_eq!(slices.iter().filter(|slice| in_slice(slice, cut(stream))).count(), 1);
        }
        assert_eq!(slices.len(), 3);
    }
}
