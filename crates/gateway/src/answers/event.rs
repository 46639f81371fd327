//! An event in an answer: what is around it, and its exact body.

use crate::civil_time::civil_text;
use crate::problem::Problem;
use contract::ids::{EventId, HandoffId, TransferId};
use contract::problem::ProblemCode;
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;
use views::timeline::TimelineEvent;

/// The body of an event, of a transfer or of a handoff; `type` says of which.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "describes the body, which goes out as it is stored")]
pub(crate) enum EventBody {
    /// Of a transfer.
    Transfer(Box<contract::event::Body>),
    /// Of a handoff: `criminal-handoff.<event>`.
    Handoff(Box<contract::handoff::HandoffBody>),
}

/// An event.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Event)]
pub(crate) struct EventAnswer {
    /// Position in the log; equals the sequence on the bus.
    pub(crate) position: i64,
    /// Id.
    pub(crate) id: EventId,
    /// `<family>.<event>`.
    #[serde(rename = "type")]
    #[schema(example = "clue-transfer.signed")]
    pub(crate) event_type: String,
    /// The transfer or handoff.
    pub(crate) transfer: TransferId,
    /// Version of the transfer or handoff after the event. Detentions and arrests have versions of their own: those of the
    /// handoff do not show them.
    pub(crate) version: i64,
    /// Business time.
    #[schema(format = DateTime)]
    pub(crate) occurred_at: String,
    /// When the log recorded it.
    #[schema(format = DateTime)]
    pub(crate) recorded_at: String,
    /// Who acted.
    #[schema(example = "320100-wjw/clerk/k_7Hq0aZ9bY8cX")]
    pub(crate) actor: String,
    /// The running number of the transfer, on the event that numbered it.
    pub(crate) number: Option<i64>,
    /// Version of the body's shape.
    pub(crate) schema_version: i16,
    /// The body, byte for byte as it is stored, hashed and published. Names and identity numbers of persons stay
    /// sealed in it.
    #[schema(value_type = EventBody)]
    pub(crate) data: Box<RawValue>,
}

impl EventAnswer {
    /// An event of the timeline.
    pub(crate) fn of(event: TimelineEvent) -> Result<Self, Problem> {
        let unreadable = || Problem::new(ProblemCode::ServiceInternal);
        let body = String::from_utf8(event.body).map_err(|error| unreadable().caused_by(error))?;
        let data = RawValue::from_string(body).map_err(|error| unreadable().caused_by(error))?;
        Ok(Self {
            position: event.position,
            id: event.event_id,
            event_type: event.event_type,
            transfer: HandoffId::beside(event.transfer.0)
                .map_or(event.transfer, |handoff| TransferId(handoff.0)),
            version: event.version,
            occurred_at: civil_text(event.occurred_at),
            recorded_at: civil_text(event.recorded_at),
            actor: event.actor,
            number: event.number,
            schema_version: event.schema_version,
            data,
        })
    }
}
