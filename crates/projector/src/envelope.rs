//! A message of the bus as an event of the log.

use bus::Received;
use chrono::{DateTime, Utc};
use contract::cloud_event::{CloudEvent, TYPE_PREFIX, body_hash};
use contract::ids::TransferId;
use contract::traceparent::Traceparent;
use views::Event;

/// Why the event must be read from the log instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unusable {
    /// Its body stands in the log only.
    Internal,
    /// It was published in another epoch.
    OtherEpoch,
    /// It is not an event, or not the one that belongs there, or its body is not the one that was hashed.
    Damaged,
}

/// The event that a message carries.
pub(crate) fn read(message: &Received, epoch: i64) -> Result<Event, Unusable> {
    let event = CloudEvent::parse(&message.payload).map_err(|_| Unusable::Damaged)?;
    if event.position != message.sequence {
        return Err(Unusable::Damaged);
    }
    if event.epoch != epoch {
        return Err(Unusable::OtherEpoch);
    }
    let body = event.body_bytes().ok_or(Unusable::Internal)?;
    if body_hash(body) != event.datahash {
        return Err(Unusable::Damaged);
    }
    let stream: TransferId = event.subject.parse().map_err(|_| Unusable::Damaged)?;
    let event_type = event.event_type.strip_prefix(TYPE_PREFIX).ok_or(Unusable::Damaged)?;
    Ok(Event {
        position: event.position,
        event_id: event.id.0,
        stream_id: stream.0,
        version: event.transferversion,
        event_type: event_type.to_owned(),
        schema_version: event.schemaversion,
        number: event.number,
        occurred_at: moment(&event.time)?,
        recorded_at: moment(&event.recordedat)?,
        traceparent: trace(event.traceparent.as_deref()),
        body: body.to_vec(),
        actor: event.actor,
    })
}

/// A trace; one that cannot be read is no reason not to use the event.
fn trace(text: Option<&str>) -> Option<Traceparent> {
    text.and_then(|text| text.parse().ok())
}

fn moment(text: &str) -> Result<DateTime<Utc>, Unusable> {
    DateTime::parse_from_rfc3339(text).map(|moment| moment.to_utc()).map_err(|_| Unusable::Damaged)
}

/// An event as the log gave it.
pub(crate) fn of_log(event: log::RecordedEvent) -> Event {
    Event {
        position: event.position,
        event_id: event.event_id,
        stream_id: event.stream_id,
        version: event.version,
        event_type: event.event_type,
        schema_version: event.schema_version,
        number: event.number,
        occurred_at: event.occurred_at,
        recorded_at: event.recorded_at,
        actor: event.actor,
        traceparent: trace(event.traceparent.as_deref()),
        body: event.body,
    }
}
