//! The body of an event of a handoff: whose it is, what happened, and what holds after it.

use super::{Direction, HandoffAct, HandoffAfter, IssuedDocument, Milestone, Said, Suspect};
use crate::event::BodyError;
use crate::ids::{DepartmentId, HandoffId, MatterId, TransferId};
use crate::kind::{Family, named_enum};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

named_enum!(
    /// Who may see an event.
    Secrecy {
        /// The parties, and on the bus the consumers of agency and police.
        Parties = "parties",
        /// The parties, of which the organ to which it is addressed is none, as before the dispatch; on the bus nobody.
        Unaddressed = "unaddressed",
        /// 侦查秘密: police, procuratorate and court; on the bus nobody.
        Judicial = "judicial",
        /// 密封: the named persons of the sender, and the supervisory commission; on the bus nobody.
        Sealed = "sealed",
    }
);

/// Which handoff the event belongs to, and between whom it runs. The same in every event of a handoff.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub struct HandoffRef {
    /// The handoff, and its stream.
    pub id: HandoffId,
    /// Which way it runs.
    pub direction: Direction,
    /// Who hands over.
    pub from: DepartmentId,
    /// The first organ to which it goes; never changes.
    pub to: DepartmentId,
    /// The matter it belongs to.
    pub matter: MatterId,
    /// Only named persons of the sender and the receiver may know of it.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub sealed: bool,
}

/// What a handoff is opened with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Opening {
    /// One line that says what it is about.
    pub title: String,
    /// What was found.
    pub summary: String,
    /// Civil year of its number.
    pub number_year: i32,
    /// The rule pack under which it runs to its end.
    pub rule_pack: String,
    /// The transfer from which it grew.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub origin: Option<TransferId>,
    /// The handoff from which it was split.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub split_from: Option<HandoffId>,
    /// The number of the agency's administrative case, as it wrote it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub administrative_case: Option<String>,
    /// When that case was filed: C26 counts from there.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub administrative_case_filed_on: Option<NaiveDate>,
    /// The transfer standard 移送标准 that it meets, by its id in the rule pack.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub standard: Option<String>,
    /// The amount involved in fen.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub amount_fen: Option<i64>,
    /// 绿色通道: the agency's own clocks are shorter.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub expedited: bool,
    /// The suspects, who become the lanes.
    pub suspects: Vec<Suspect>,
    /// The keys of the sender that may know of a sealed handoff.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub readers: Vec<String>,
    /// The procuratorate beside the police.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub procuratorate: Option<DepartmentId>,
    /// The court beside the police.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub court: Option<DepartmentId>,
    /// Who gets copies from the dispatch on.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub copies: Vec<DepartmentId>,
    /// To whom the result is owed from the beginning.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub upstream: Vec<DepartmentId>,
}

/// The body of an event of a handoff.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HandoffBody {
    /// Which handoff.
    pub handoff: HandoffRef,
    /// What happened.
    pub event: HandoffAct,
    /// What it says.
    pub data: Said,
    /// Who did it.
    pub by: DepartmentId,
    /// Who may see it.
    pub secrecy: Secrecy,
    /// The paper that it produced.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub document: Option<IssuedDocument>,
    /// What holds after it.
    pub after: HandoffAfter,
}

impl HandoffBody {
    /// The version in which bodies are written.
    pub const SCHEMA_VERSION: i16 = 1;

    /// The stream to which the event belongs: that of its handoff, or the one beside it, where it is a secret of the
    /// investigation that changes nothing of what the others see.
    pub fn stream_id(&self) -> Uuid {
        let is_investigative = self.data.milestone.is_some_and(Milestone::is_investigative);
        if self.secrecy == Secrecy::Judicial && is_investigative {
            self.handoff.id.investigation()
        } else {
            self.handoff.id.0
        }
    }

    /// The event's type, like `criminal-handoff.filed`.
    pub fn event_type(&self) -> String {
        format!("{}.{}", Family::CriminalHandoff, self.event.event())
    }

    /// The exact bytes to store and publish.
    pub fn encode(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a body holds only strings, numbers and lists, which JSON can write")
    }

    /// Reads the bytes of a body.
    pub fn decode(schema_version: i16, bytes: &[u8]) -> Result<Self, BodyError> {
        if schema_version > Self::SCHEMA_VERSION {
            return Err(BodyError::NewerSchema(schema_version));
        }
        serde_json::from_slice(bytes).map_err(BodyError::Unreadable)
    }

    /// Whether an event of that type belongs to a handoff.
    pub fn is_type(event_type: &str) -> bool {
        event_type.split_once('.').is_some_and(|(family, _)| family == Family::CriminalHandoff.name())
    }
}
