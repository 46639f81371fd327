//! The body of an event: whose it is, what happened, and what holds after it.

use super::Facts;
use super::TransferEvent;
use crate::clock::ClockChange;
use crate::ids::{DepartmentId, MatterId, TransferId};
use crate::kind::{TransferKind, named_enum};
use crate::state::{Handling, TransferState};
use serde::de::value::MapDeserializer;
use serde::de::{Deserializer, IntoDeserializer, Visitor};
use serde::{Deserialize, Serialize, forward_to_deserialize_any};
use serde_json::value::RawValue;
use std::borrow::Cow;
use utoipa::ToSchema;

named_enum!(
    /// How a transfer follows from an earlier one.
    LinkReason {
        /// The sender sent a new transfer in the same matter.
        SameMatter = "same_matter",
        /// The receiver of a clue sent it onward.
        Onward = "onward",
        /// The receiver of a case referral told another department of it; that may not become a transfer.
        Informed = "informed",
        /// Both sides of a dispute agreed on another department.
        Agreed = "agreed",
        /// The common superior designated another department.
        Designated = "designated",
        /// The sender sent it anew after a return.
        Resent = "resent",
        /// The receiver of a notice made a clue of it.
        Converted = "converted",
        /// The holder asked another department for assistance; the case stays with the holder.
        Assistance = "assistance",
        /// The lead of a joint handling asked a participant for its part.
        Joint = "joint",
        /// The office named the department that a subject matter belongs to.
        Routed = "routed",
        /// A supervision task that looks again at what was closed.
        Reinspection = "reinspection",
    }
);

/// Which transfer the event belongs to, and between whom it runs. The same in every event of a transfer.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub struct TransferRef {
    /// The transfer, and its stream.
    pub id: TransferId,
    /// Its kind.
    pub kind: TransferKind,
    /// The sender.
    pub from: DepartmentId,
    /// The receiver; never changes.
    pub to: DepartmentId,
    /// The matter it belongs to.
    pub matter: MatterId,
}

/// What holds once the event has happened, so that no reader needs the rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct After {
    /// The state.
    pub state: TransferState,
    /// Who owes the next step; absent once nobody does.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub holder: Option<DepartmentId>,
    /// How far the handling of an accepted transfer has come.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub handling: Option<Handling>,
    /// What happened to its clocks.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub clocks: Vec<ClockChange>,
    /// What else decides who may do what; absent while there is nothing to say.
    #[serde(skip_serializing_if = "Facts::is_plain", default)]
    pub facts: Facts,
}

/// The body of an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Body {
    /// Which transfer.
    pub transfer: TransferRef,
    /// What happened.
    #[serde(flatten)]
    pub event: TransferEvent,
    /// What holds after it.
    pub after: After,
}

/// The type of an event: its family and its name, like `clue-transfer.signed`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EventType(String);

impl EventType {
    /// The type as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A body that cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum BodyError {
    /// The bytes are not a body of this schema version.
    #[error("the bytes are not an event body of a known shape")]
    Unreadable(#[source] serde_json::Error),
    /// The version is newer than this program.
    #[error("the event body has schema version {0}, which is newer than this program")]
    NewerSchema(i16),
}

impl Body {
    /// The version in which bodies are written.
    pub const SCHEMA_VERSION: i16 = 1;

    /// The event's type.
    pub fn event_type(&self) -> EventType {
        EventType(format!("{}.{}", self.event.family(self.transfer.kind), self.event.name()))
    }

    /// The exact bytes to store and publish.
    pub fn encode(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a body holds only strings, numbers and lists, which JSON can write")
    }

    /// Reads the bytes of a body; older schema versions are lifted to today's shape here.
    pub fn decode(schema_version: i16, bytes: &[u8]) -> Result<Self, BodyError> {
        if schema_version > Self::SCHEMA_VERSION {
            return Err(BodyError::NewerSchema(schema_version));
        }
        Self::read(bytes).map_err(BodyError::Unreadable)
    }

    /// What serde derives would keep what the event says as loose values before it knows which event it is.
    fn read(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        if !bytes.trim_ascii_start().starts_with(b"{") {
            return Err(serde::de::Error::custom("a body is an object"));
        }
        let Parts { transfer, event, data, after } = serde_json::from_slice(bytes)?;
        let named = [("event", Part::Name(&event))].into_iter();
        let said = data.map(|data| ("data", Part::Said(data)));
        let event = TransferEvent::deserialize(MapDeserializer::new(named.chain(said)))?;
        Ok(Self { transfer, event, after })
    }
}

/// A body before it is known what happened.
#[derive(Deserialize)]
struct Parts<'a> {
    transfer: TransferRef,
    #[serde(borrow)]
    event: Cow<'a, str>,
    #[serde(borrow, default)]
    data: Option<&'a RawValue>,
    after: After,
}

/// A part of an event.
enum Part<'a> {
    /// Its name.
    Name(&'a str),
    /// What it says.
    Said(&'a RawValue),
}

impl<'de> IntoDeserializer<'de, serde_json::Error> for Part<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Part<'de> {
    type Error = serde_json::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        match self {
            Self::Name(name) => visitor.visit_borrowed_str(name),
            Self::Said(data) => data.deserialize_any(visitor),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        seq tuple tuple_struct map struct identifier ignored_any
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        match self {
            Self::Name(name) => visitor.visit_some(Self::Name(name)),
            Self::Said(data) => data.deserialize_option(visitor),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        match self {
            Self::Name(_) => visitor.visit_newtype_struct(self),
            Self::Said(data) => data.deserialize_newtype_struct(name, visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        match self {
            Self::Name(event) => visitor.visit_enum(event.into_deserializer()),
            Self::Said(data) => data.deserialize_enum(name, variants, visitor),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A body whose parts may be other than they should be.
    fn body(event: &str, data: &str, rest: &str) -> String {
        let id = "019a0000-0000-7000-8000-000000000000";
        format!(
            r#"{{"transfer":{{"id":"{id}","kind":"clue_transfer","from":"320100-ybj","to":"320100-wjw","matter":"{id}"}},
                "event":{event}{data},"after":{{"state":"{}"}}{rest}}}"#,
            TransferState::ALL[0].name()
        )
    }

    #[test]
    fn a_body_is_read_as_serde_would_read_it() {
        let reason = r#","data":{"reason":"受理\u0022有误","unknown":[1,{"a":null}]}"#;
        let bodies = [
            body(r#""withdrawn""#, reason, ""),
            body(r#""withdrawn""#, reason, r#","unknown":{"a":[1.5e3,-0]}"#),
            body(r#""with\u0064rawn""#, reason, ""),
            body(r#""signed""#, "", ""),
            body(r#""signed""#, r#","data":null"#, ""),
            body(r#""withdrawn""#, "", ""),
            body(r#""withdrawn""#, r#","data":null"#, ""),
            body(r#""withdrawn""#, r#","data":{"reason":7}"#, ""),
            body(r#""withdrawn""#, r#","data":[]"#, ""),
            body(r#""never-heard-of""#, reason, ""),
            body("7", reason, ""),
            body(r#""withdrawn""#, reason, r#","event":"signed""#),
            body(r#""withdrawn""#, reason, r#","after":{}"#),
            body(r#""withdrawn""#, reason, "").replace(r#""transfer""#, r#""transport""#),
            "[]".to_owned(),
            "null".to_owned(),
            String::new(),
        ];
        let mut read = 0;
        for text in bodies {
            let derived = serde_json::from_str::<Body>(&text).ok();
            let decoded = Body::decode(Body::SCHEMA_VERSION, text.as_bytes()).ok();
            assert_eq!(decoded, derived, "{text}");
            read += usize::from(decoded.is_some());
        }
        assert!(read >= 4, "only {read} are bodies");
    }

    #[test]
    fn a_list_is_no_body() {
        let text = format!("[{},\"signed\",null,{}]", r#"{"id":"x"}"#, r#"{"state":"signed"}"#);
        assert!(matches!(Body::decode(Body::SCHEMA_VERSION, text.as_bytes()), Err(BodyError::Unreadable(_))));
    }
}
