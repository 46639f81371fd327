//! The envelope of an event on the bus: CloudEvents 1.0 in structured JSON mode.

use crate::event::{Body, TransferRef};
use crate::ids::EventId;
use crate::kind::Family;
use crate::subject::Subject;
use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// Media type of a message on the bus.
pub const CONTENT_TYPE: &str = "application/cloudevents+json";
/// What every `type` begins with.
pub const TYPE_PREFIX: &str = "casebus.v1.";

/// One message: attribute names are lower case without separators, as the specification asks, body untouched under `data`.
#[derive(Debug, Serialize, Deserialize)]
pub struct CloudEvent<'a> {
    /// Always `1.0`.
    pub specversion: std::borrow::Cow<'a, str>,
    /// The event's id.
    pub id: EventId,
    /// `urn:casebus:log:<epoch>`.
    pub source: String,
    /// `casebus.v1.<family>.<event>`, or `casebus.v1.internal` without data.
    #[serde(rename = "type")]
    pub event_type: String,
    /// The transfer.
    pub subject: String,
    /// Business time of the event, RFC 3339.
    pub time: String,
    /// Always `application/json`.
    pub datacontenttype: std::borrow::Cow<'a, str>,
    /// Position in the log; equals the stream sequence.
    pub position: i64,
    /// Epoch of the log.
    pub epoch: i64,
    /// Version of the transfer after this event: 1, 2, 3, …
    pub transferversion: i64,
    /// Schema version of the body.
    pub schemaversion: i16,
    /// The running number of the transfer in its series, on the event that numbered it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub number: Option<i64>,
    /// When the log recorded it, RFC 3339.
    pub recordedat: String,
    /// Who acted.
    pub actor: String,
    /// SHA-256 of the bytes of `data`, in hexadecimal.
    pub datahash: String,
    /// The body, byte for byte as it is stored. Absent in internal events.
    #[serde(borrow, skip_serializing_if = "Option::is_none", default)]
    pub data: Option<&'a RawValue>,
}

/// What the log knows of an event, as the envelope needs it.
#[derive(Clone, Debug)]
pub struct Recorded<'a> {
    /// Position.
    pub position: i64,
    /// Epoch.
    pub epoch: i64,
    /// Id.
    pub event_id: EventId,
    /// Stream.
    pub stream_id: uuid::Uuid,
    /// Version in the stream.
    pub version: i64,
    /// `<family>.<event>`.
    pub event_type: &'a str,
    /// Schema version of the body.
    pub schema_version: i16,
    /// Number in its series.
    pub number: Option<i64>,
    /// Business time.
    pub occurred_at: DateTime<Utc>,
    /// Log time.
    pub recorded_at: DateTime<Utc>,
    /// Who acted.
    pub actor: &'a str,
    /// The exact bytes.
    pub body: &'a [u8],
}

/// An event that cannot be put into a message.
#[derive(Debug, thiserror::Error)]
pub enum EnvelopeError {
    /// The body is not JSON text.
    #[error("the body of event {0} is not JSON")]
    NotJson(i64, #[source] serde_json::Error),
    /// The type is not `<family>.<event>`.
    #[error("the type of event {0} is not known")]
    UnknownType(i64),
}

/// A message ready to be published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Where.
    pub subject: String,
    /// What.
    pub payload: Vec<u8>,
}

/// Only as much of a body as addressing needs.
#[derive(Deserialize)]
struct Addressed {
    transfer: TransferRef,
}

/// The message of a recorded event.
pub fn message(event: &Recorded<'_>) -> Result<Message, EnvelopeError> {
    let not_json = |error| EnvelopeError::NotJson(event.position, error);
    let text = std::str::from_utf8(event.body).map_err(|_| EnvelopeError::UnknownType(event.position))?;
    let data: &RawValue = serde_json::from_str(text).map_err(not_json)?;
    let addressed: Addressed = serde_json::from_str(text).map_err(not_json)?;
    let (family, name) =
        event.event_type.split_once('.').ok_or(EnvelopeError::UnknownType(event.position))?;
    let family = Family::from_name(family).ok_or(EnvelopeError::UnknownType(event.position))?;
    let subject = Subject { family, event: name, from: &addressed.transfer.from, to: &addressed.transfer.to };
    let envelope = CloudEvent {
        specversion: "1.0".into(),
        id: event.event_id,
        source: source(event.epoch),
        event_type: format!("{TYPE_PREFIX}{}", event.event_type),
        subject: event.stream_id.to_string(),
        time: event.occurred_at.to_rfc3339_opts(SecondsFormat::Micros, true),
        datacontenttype: "application/json".into(),
        position: event.position,
        epoch: event.epoch,
        transferversion: event.version,
        schemaversion: event.schema_version,
        number: event.number,
        recordedat: event.recorded_at.to_rfc3339_opts(SecondsFormat::Micros, true),
        actor: event.actor.to_owned(),
        datahash: body_hash(event.body),
        data: Some(data),
    };
    let payload = serde_json::to_vec(&envelope).map_err(not_json)?;
    Ok(Message { subject: subject.to_string(), payload })
}

/// `source` of the events of an epoch.
pub fn source(epoch: i64) -> String {
    format!("urn:casebus:log:{epoch}")
}

/// SHA-256 of a body, in lower-case hexadecimal.
pub fn body_hash(body: &[u8]) -> String {
    use sha2::Digest;
    use std::fmt::Write;
    sha2::Sha256::digest(body).iter().fold(String::with_capacity(64), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a String cannot fail");
        text
    })
}

impl<'a> CloudEvent<'a> {
    /// Reads a message of the bus.
    pub fn parse(payload: &'a [u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(payload)
    }

    /// The exact bytes of the body; `None` for an internal event, whose body stands in the log only.
    pub fn body_bytes(&self) -> Option<&'a [u8]> {
        self.data.map(|raw| raw.get().as_bytes())
    }

    /// The decoded body.
    pub fn body(&self) -> Option<Result<Body, crate::event::BodyError>> {
        self.body_bytes().map(|bytes| Body::decode(self.schemaversion, bytes))
    }
}
