//! An event as the fold takes it: the same from the bus and from the log.

use chrono::{DateTime, Utc};
use contract::event::{Body, BodyError, TransferEvent};
use contract::handoff::HandoffBody;
use contract::ids::HandoffId;
use contract::traceparent::Traceparent;
use uuid::Uuid;

/// An event of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Position: 1, 2, 3, …
    pub position: i64,
    /// Id.
    pub event_id: Uuid,
    /// Stream: the transfer, the handoff, or what stands beside it.
    pub stream_id: Uuid,
    /// Place in the stream: 1, 2, 3, …
    pub version: i64,
    /// `<family>.<event>`.
    pub event_type: String,
    /// Version of the body's shape.
    pub schema_version: i16,
    /// Number in its series.
    pub number: Option<i64>,
    /// Business time.
    pub occurred_at: DateTime<Utc>,
    /// Log time.
    pub recorded_at: DateTime<Utc>,
    /// Who acted.
    pub actor: String,
    /// Trace in which it was asked for. No view has it; whoever folds says it when he tells of the event.
    pub traceparent: Option<Traceparent>,
    /// The exact bytes.
    pub body: Vec<u8>,
}

/// Why an event cannot be folded. Its sentence is stored, so it holds no content of the event.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FoldError {
    #[error(transparent)]
    Unreadable(BodyError),
    #[error("its body belongs to another stream")]
    ForeignBody,
    #[error("its type does not fit its body")]
    WrongType,
    #[error("it is version {found} where version {expected} must come")]
    WrongVersion { expected: i64, found: i64 },
    #[error("the first event of a stream, and no other, must send the transfer")]
    WrongBeginning,
    #[error("it sends a transfer without a number")]
    NumberMissing,
    #[error("a text in it holds the character U+0000, which Postgres cannot store")]
    NulCharacter,
}

impl Event {
    /// The body, checked against what stands around it.
    pub(crate) fn decode(&self) -> Result<Body, FoldError> {
        let body = Body::decode(self.schema_version, &self.body).map_err(FoldError::Unreadable)?;
        if body.transfer.id.0 != self.stream_id {
            return Err(FoldError::ForeignBody);
        }
        if body.event_type().as_str() != self.event_type {
            return Err(FoldError::WrongType);
        }
        if matches!(body.event, TransferEvent::Sent(_)) != (self.version == 1) {
            return Err(FoldError::WrongBeginning);
        }
        if self.version == 1 && self.number.is_none() {
            return Err(FoldError::NumberMissing);
        }
        if holds_nul(&self.body) || self.actor.contains('\0') {
            return Err(FoldError::NulCharacter);
        }
        Ok(body)
    }
}

impl Event {
    /// Whether it belongs to a criminal handoff.
    pub(crate) fn is_of_handoff(&self) -> bool {
        HandoffBody::is_type(&self.event_type)
    }

    /// The body of a handoff's event, checked against what stands around it.
    pub(crate) fn decode_handoff(&self) -> Result<HandoffBody, FoldError> {
        let body = HandoffBody::decode(self.schema_version, &self.body).map_err(FoldError::Unreadable)?;
        let own = HandoffId::beside(self.stream_id).unwrap_or(HandoffId(self.stream_id));
        if body.handoff.id != own {
            return Err(FoldError::ForeignBody);
        }
        if body.event_type() != self.event_type {
            return Err(FoldError::WrongType);
        }
        if holds_nul(&self.body) || self.actor.contains('\0') {
            return Err(FoldError::NulCharacter);
        }
        Ok(body)
    }
}

/// Whether a text in this JSON holds U+0000, which JSON can only write as the escape `\u0000`.
fn holds_nul(json: &[u8]) -> bool {
    if !json.contains(&b'\\') {
        return false;
    }
    let mut bytes = json.iter().enumerate();
    while let Some((at, byte)) = bytes.next() {
        if *byte == b'\\' {
            if json[at + 1..].starts_with(b"u0000") {
                return true;
            }
            // What follows belongs to this escape: a second backslash begins no other.
            bytes.next();
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::holds_nul;

    #[test]
    fn an_escaped_nul_is_found_and_text_that_only_looks_like_one_is_not() {
        assert!(holds_nul(br#"{"title":"a\u0000b"}"#));
        assert!(holds_nul(br#"{"title":"\\\u0000"}"#));
        assert!(!holds_nul(br#"{"title":"\\u0000"}"#));
        assert!(!holds_nul(br#"{"title":"\n\u0001"}"#));
        assert!(!holds_nul(b"\\"));
    }
}
