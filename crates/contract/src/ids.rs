//! Ids: what names a transfer, a matter, an event, a command, a department.

use serde::{Deserialize, Serialize, Serializer};
use std::fmt;
use utoipa::ToSchema;
use uuid::Uuid;

/// A new id, ordered by time (UUID version 7, RFC 9562). The one place where ids are made.
#[expect(clippy::disallowed_methods, reason = "this is the one place where ids are made")]
pub fn fresh_id() -> Uuid {
    Uuid::now_v7()
}

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new id, ordered by time.
            pub fn fresh() -> Self {
                Self(fresh_id())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    };
}

uuid_id!(
    /// One transfer 移送; also the id of its event stream.
    TransferId
);
uuid_id!(
    /// One criminal handoff 行刑衔接移送; also the id of its event stream.
    HandoffId
);

impl HandoffId {
    /// The stream beside its own in which secrets of the investigation 侦查秘密 stand, so that the versions of the handoff do
    /// not show that there are any. Its id is that of the handoff, as UUID version 8 instead of 7 (RFC 9562).
    pub fn investigation(self) -> Uuid {
        with_version(self.0, 8)
    }

    /// The handoff beside which a stream stands; `None` for the stream of a transfer or of a handoff itself.
    pub fn beside(stream: Uuid) -> Option<Self> {
        (stream.get_version_num() == 8).then(|| Self(with_version(stream, 7)))
    }
}

fn with_version(id: Uuid, version: u128) -> Uuid {
    Uuid::from_u128(id.as_u128() & !(0xf << 76) | version << 76)
}

uuid_id!(
    /// A matter 案事项: the chain of transfers that grew from one origin.
    MatterId
);
uuid_id!(
    /// One event.
    EventId
);
uuid_id!(
    /// One command; repeating a command under the same id has no further effect.
    CommandId
);

/// Name space of command ids, derived once from the project's name.
const COMMAND_NAMESPACE: Uuid = Uuid::from_u128(0x6b1f_59c2_8d0e_5c3e_9a57_c5eb_0a5e_2026);

impl CommandId {
    /// The id of a command is derived from who sends it, by which route and under which idempotency key
    /// (UUID version 5), so a repeat has the same id.
    pub fn derive(caller: &str, route: &str, idempotency_key: &str) -> Self {
        let name = format!("{caller}\u{1f}{route}\u{1f}{idempotency_key}");
        Self(Uuid::new_v5(&COMMAND_NAMESPACE, name.as_bytes()))
    }
}

/// A department or other body: a GB/T 2260 division code, a hyphen and a short name, like `320100-ybj`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, example = "320100-ybj", pattern = "^[0-9]{6,12}-[a-z0-9]{1,24}$")]
pub struct DepartmentId(String);

/// The text is not a department id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a department id is a division code of 6 to 12 digits, a hyphen and a short name, like 320100-ybj")]
pub struct InvalidDepartmentId;

impl DepartmentId {
    /// Checks the form of an id; whether the department exists is the registry's business.
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidDepartmentId> {
        let text = text.into();
        let (code, slug) = text.split_once('-').ok_or(InvalidDepartmentId)?;
        let code_is_valid = (6..=12).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_digit());
        let slug_is_valid = (1..=24).contains(&slug.len())
            && slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        if code_is_valid && slug_is_valid { Ok(Self(text)) } else { Err(InvalidDepartmentId) }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The division code (GB/T 2260) in front of the hyphen.
    pub fn division(&self) -> &str {
        self.0.split_once('-').map_or("", |(code, _)| code)
    }
}

impl fmt::Display for DepartmentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for DepartmentId {
    // By hand: what serde derives copies the text first.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl TryFrom<String> for DepartmentId {
    type Error = InvalidDepartmentId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(text)
    }
}

impl From<DepartmentId> for String {
    fn from(id: DepartmentId) -> Self {
        id.0
    }
}

impl std::str::FromStr for DepartmentId {
    type Err = InvalidDepartmentId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::new(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_beside_a_handoff_is_another_one_and_leads_back_to_it() {
        let handoff = HandoffId::fresh();
        let beside = handoff.investigation();
        assert_ne!(beside, handoff.0);
        assert_eq!((HandoffId::beside(beside), HandoffId::beside(handoff.0)), (Some(handoff), None));
        assert!(beside < HandoffId::fresh().investigation(), "ordered by time as the handoffs are");
    }

    #[test]
    fn a_department_id_is_a_division_code_and_a_short_name() {
        assert_eq!(DepartmentId::new("320100-ybj").unwrap().division(), "320100");
        for wrong in [
            "",
            "320100",
            "ybj",
            "32010-ybj",
            "320100-",
            "320100-YBJ",
            "320100-y bj",
            "32010a-ybj",
            "320100-ybj.x",
        ] {
            assert_eq!(DepartmentId::new(wrong), Err(InvalidDepartmentId), "{wrong}");
        }
    }

    #[test]
    fn the_same_request_has_the_same_command_id() {
        let first = CommandId::derive("320100-ybj", "POST /v1/notices", "k1");
        assert_eq!(first, CommandId::derive("320100-ybj", "POST /v1/notices", "k1"));
        assert_ne!(first, CommandId::derive("320100-ybj", "POST /v1/notices", "k2"));
        assert_ne!(first, CommandId::derive("320100-wjw", "POST /v1/notices", "k1"));
    }
}
