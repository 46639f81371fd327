//! The envelope of an event on the bus: CloudEvents 1.0 in structured JSON mode.

use crate::event::{Body, TransferEvent};
use crate::handoff::Secrecy;
use crate::ids::{DepartmentId, EventId, HandoffId};
use crate::kind::Family;
use crate::subject::{INTERNAL, Subject};
use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// Media type of a message on the bus.
pub const CONTENT_TYPE: &str = "application/cloudevents+json";
/// What every `type` begins with.
pub const TYPE_PREFIX: &str = "casebus.v1.";
/// The `type` of every event that no outsider may see.
pub const INTERNAL_TYPE: &str = "casebus.v1.internal";
/// Who acted in it, as far as the bus says.
pub const INTERNAL_ACTOR: &str = "casebus/internal";

/// Room for the attributes beside the body: most messages need less.
const ATTRIBUTES_BYTES: usize = 768;

/// One message: attribute names are lower case without separators, as the specification asks, body untouched under `data`.
#[derive(Debug, Serialize, Deserialize)]
pub struct CloudEvent<'a> {
    /// Always `1.0`.
    pub specversion: Cow<'a, str>,
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
    pub datacontenttype: Cow<'a, str>,
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
    /// Who acted; [`INTERNAL_ACTOR`] in internal events.
    pub actor: String,
    /// Trace in which it was asked for, as the extension for distributed tracing says; absent in internal events.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub traceparent: Option<Cow<'a, str>>,
    /// SHA-256 of the bytes of `data`, in hexadecimal; in internal events of the body that stands in the log.
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
    /// Trace in which it was asked for, as a `traceparent`.
    pub traceparent: Option<&'a str>,
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
    /// The body does not say between whom it happened.
    #[error("the body of event {0} names no sender and receiver")]
    Unaddressed(i64),
}

/// A message ready to be published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Where.
    pub subject: String,
    /// What.
    pub payload: Vec<u8>,
}

/// Only as much of a body as addressing needs; the rest is passed over, but it must be JSON.
#[derive(Deserialize)]
struct Addressed {
    transfer: Option<Parties>,
    handoff: Option<Parties>,
    secrecy: Option<Secrecy>,
}

/// Between whom something runs.
#[derive(Deserialize)]
struct Parties {
    from: DepartmentId,
    to: DepartmentId,
}

/// The message of a recorded event. Of an internal one it says that it happened to the transfer, and no more; the
/// hash is that of the body in the log.
pub fn message(event: &Recorded<'_>) -> Result<Message, EnvelopeError> {
    let not_json = |error| EnvelopeError::NotJson(event.position, error);
    let unknown = || EnvelopeError::UnknownType(event.position);
    let text = std::str::from_utf8(event.body).map_err(|_| unknown())?;
    let addressed: Addressed = serde_json::from_str(text).map_err(not_json)?;
    let (family, name) = event.event_type.split_once('.').ok_or_else(unknown)?;
    let family = Family::from_name(family).ok_or_else(unknown)?;
    let open = CloudEvent {
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
        traceparent: event.traceparent.map(Cow::Borrowed),
        datahash: body_hash(event.body),
        data: None,
    };
    let (is_internal, Parties { from, to }) = match &addressed {
        Addressed { transfer: Some(parties), .. } => (TransferEvent::is_internal_name(name), parties),
        Addressed { handoff: Some(parties), secrecy: Some(secrecy), .. } => {
            (*secrecy != Secrecy::Parties, parties)
        }
        Addressed { .. } => return Err(EnvelopeError::Unaddressed(event.position)),
    };
    let (subject, envelope) = if is_internal {
        // What stands beside a handoff says neither beside which one nor how often.
        let open = match HandoffId::beside(event.stream_id) {
            Some(_) => CloudEvent { subject: event.event_id.to_string(), transferversion: 1, ..open },
            None => open,
        };
        let (event_type, actor) = (INTERNAL_TYPE.to_owned(), INTERNAL_ACTOR.to_owned());
        // Of a sealed handoff not even its number is said.
        let number = open.number.filter(|_| addressed.transfer.is_some());
        // Nor the trace: other events of the same caller carry it too, and with it they would tell who acted.
        (INTERNAL.to_owned(), CloudEvent { event_type, actor, number, traceparent: None, ..open })
    } else {
        (Subject { family, event: name, from, to }.to_string(), open)
    };
    let mut payload = Vec::with_capacity(ATTRIBUTES_BYTES + text.len());
    serde_json::to_writer(&mut payload, &envelope).map_err(not_json)?;
    if !is_internal {
        add_data(&mut payload, text);
    }
    Ok(Message { subject, payload })
}

/// Puts a body behind the other attributes. It was found to be JSON, so it need not be read for that once more.
fn add_data(envelope: &mut Vec<u8>, body: &str) {
    let _closing_brace = envelope.pop();
    envelope.extend_from_slice(br#","data":"#);
    envelope.extend_from_slice(body.as_bytes());
    envelope.push(b'}');
}

/// `source` of the events of an epoch.
pub fn source(epoch: i64) -> String {
    format!("urn:casebus:log:{epoch}")
}

/// SHA-256 of a body, in lower-case hexadecimal.
pub fn body_hash(body: &[u8]) -> String {
    use sha2::Digest;
    let mut text = String::with_capacity(64);
    for byte in sha2::Sha256::digest(body) {
        for digit in [byte >> 4, byte & 0xf] {
            text.push(char::from(b"0123456789abcdef"[usize::from(digit)]));
        }
    }
    text
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

    /// The decoded body of a transfer's event.
    pub fn body(&self) -> Option<Result<Body, crate::event::BodyError>> {
        self.body_bytes().map(|bytes| Body::decode(self.schemaversion, bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASSIGNED: &str = r#"{"transfer":{"id":"019a0000-0000-7000-8000-000000000001","kind":"clue_transfer","from":"320100-wjw","to":"320100-ybj","matter":"019a0000-0000-7000-8000-000000000001"},"event":"assigned-internally","data":{"unit":"二大队"}}"#;

    const TRACE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    fn recorded(event_type: &'static str) -> Recorded<'static> {
        Recorded {
            position: 7,
            epoch: 1,
            event_id: EventId(uuid::Uuid::from_u128(5)),
            stream_id: uuid::Uuid::from_u128(6),
            version: 3,
            event_type,
            schema_version: 1,
            number: None,
            occurred_at: DateTime::UNIX_EPOCH,
            recorded_at: DateTime::UNIX_EPOCH,
            actor: "320100-ybj/clerk/key7",
            traceparent: Some(TRACE),
            body: ASSIGNED.as_bytes(),
        }
    }

    #[test]
    fn what_stands_beside_a_handoff_says_neither_which_one_nor_how_often() {
        let handoff = HandoffId::fresh();
        let body = format!(
            r#"{{"handoff":{{"id":"{handoff}","from":"320100-wjw","to":"320100-gaj"}},"secrecy":"judicial"}}"#
        );
        let event = Recorded {
            stream_id: handoff.investigation(),
            body: body.as_bytes(),
            ..recorded("criminal-handoff.milestone-reached")
        };
        let message = message(&event).unwrap();
        let said = CloudEvent::parse(&message.payload).unwrap();
        assert_eq!(message.subject, "casebus.internal");
        assert_eq!((said.subject.as_str(), said.transferversion), (event.event_id.to_string().as_str(), 1));
        assert!(
            !std::str::from_utf8(&message.payload).unwrap().contains(&handoff.investigation().to_string())
        );
    }

    #[test]
    fn an_internal_event_goes_out_without_its_body_its_actor_and_its_parties() {
        let message = message(&recorded("clue-transfer.assigned-internally")).unwrap();
        assert_eq!(message.subject, "casebus.internal");
        let said = std::str::from_utf8(&message.payload).unwrap();
        assert!(
            !["二大队", "320100", "assigned", "clue", "4bf92f"].iter().any(|word| said.contains(word)),
            "{said}"
        );
        let event = CloudEvent::parse(&message.payload).unwrap();
        assert_eq!(
            (event.event_type.as_str(), event.actor.as_str()),
            ("casebus.v1.internal", "casebus/internal")
        );
        assert!(event.body_bytes().is_none());
        assert_eq!(event.datahash, body_hash(ASSIGNED.as_bytes()), "the relay compares by id and hash");
        assert_eq!((event.position, event.id.0), (7, uuid::Uuid::from_u128(5)));
    }

    #[test]
    fn a_sealed_handoff_says_nothing_on_the_bus_and_an_open_one_everything() {
        let body = |secrecy: &str| {
            format!(
                r#"{{"handoff":{{"id":"019a0000-0000-7000-8000-000000000001","direction":"supervisory_clue","from":"320100-wjw","to":"320100-jjw","matter":"019a0000-0000-7000-8000-000000000001","sealed":true}},"event":"opened","secrecy":"{secrecy}"}}"#
            )
        };
        let sealed = body("sealed");
        let event =
            Recorded { body: sealed.as_bytes(), number: Some(3), ..recorded("criminal-handoff.opened") };
        let sent = message(&event).unwrap();
        assert_eq!(sent.subject, "casebus.internal");
        let said = std::str::from_utf8(&sent.payload).unwrap();
        assert!(
            !["320100", "opened", "handoff", "number", "4bf92f"].iter().any(|word| said.contains(word)),
            "{said}"
        );
        let open = body("parties");
        let event = Recorded { body: open.as_bytes(), ..recorded("criminal-handoff.opened") };
        assert_eq!(
            message(&event).unwrap().subject,
            "casebus.v1.criminal-handoff.opened.320100-wjw.320100-jjw"
        );
    }

    #[test]
    fn every_other_event_carries_its_body_byte_for_byte() {
        let message = message(&recorded("clue-transfer.signed")).unwrap();
        assert_eq!(message.subject, "casebus.v1.clue-transfer.signed.320100-wjw.320100-ybj");
        let event = CloudEvent::parse(&message.payload).unwrap();
        assert_eq!(event.event_type, "casebus.v1.clue-transfer.signed");
        assert_eq!(
            (event.body_bytes(), event.actor.as_str()),
            (Some(ASSIGNED.as_bytes()), "320100-ybj/clerk/key7")
        );
    }

    #[test]
    fn an_event_carries_its_trace_and_one_without_a_trace_says_nothing_of_it() {
        let traced = message(&recorded("clue-transfer.signed")).unwrap();
        assert_eq!(CloudEvent::parse(&traced.payload).unwrap().traceparent.as_deref(), Some(TRACE));
        let untraced = Recorded { traceparent: None, ..recorded("clue-transfer.signed") };
        let untraced = message(&untraced).unwrap();
        assert!(!String::from_utf8(untraced.payload.clone()).unwrap().contains("trace"));
        assert!(CloudEvent::parse(&untraced.payload).unwrap().traceparent.is_none());
    }

    #[test]
    fn a_body_that_is_cut_off_or_names_nobody_is_no_message() {
        let cut = &ASSIGNED[..ASSIGNED.len() - 1];
        let event = Recorded { body: cut.as_bytes(), ..recorded("clue-transfer.signed") };
        assert!(matches!(message(&event), Err(EnvelopeError::NotJson(7, _))));
        let event = Recorded { body: br#"{"secrecy":"parties"}"#, ..recorded("clue-transfer.signed") };
        assert!(matches!(message(&event), Err(EnvelopeError::Unaddressed(7))));
    }

    #[test]
    fn a_hash_is_written_in_lower_case_hexadecimal() {
        let of_nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(body_hash(b""), of_nothing);
    }
}
