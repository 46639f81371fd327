//! What is said of the events of a batch, with the traces that lead back to the requests that asked for them.

use contract::traceparent::{TraceId, Traceparent};
use views::Event;
use views::parked::Parked;

/// Says of each event in a sampled trace that it was folded, unless it was parked.
pub(crate) fn tell_folded(events: &[Event], parked: &[Parked]) {
    if !tracing::enabled!(tracing::Level::DEBUG) {
        return;
    }
    for Event { position, event_type, traceparent, .. } in events {
        let Some(traceparent) = traceparent.filter(Traceparent::is_sampled) else { continue };
        if !parked.iter().any(|parked| parked.position == *position) {
            tracing::debug!(trace_id = %traceparent.trace_id(), position, event_type, "an event was folded");
        }
    }
}

/// Raises one alarm for a batch, which names the first of its events that were parked, and says of each later one with a
/// trace that it was.
pub(crate) fn tell_parked(events: &[Event], parked: &[Parked]) {
    let Some((first, later)) = parked.split_first() else { return };
    tracing::error!(
        trace_id = trace_at(events, first.position).map(tracing::field::display),
        stream = %first.stream_id,
        position = first.position,
        reason = first.reason,
        parked = parked.len(),
        "events could not be folded: their transfers are stale until `casebus views retry` can fold them"
    );
    for Parked { stream_id, position, reason } in later {
        if let Some(trace_id) = trace_at(events, *position) {
            tracing::error!(%trace_id, stream = %stream_id, position, reason, "an event was parked too");
        }
    }
}

/// The trace of the event at a position; events stand in order.
fn trace_at(events: &[Event], position: i64) -> Option<TraceId> {
    let found = events.binary_search_by_key(&position, |event| event.position).ok()?;
    events.get(found)?.traceparent.map(|traceparent| traceparent.trace_id())
}
