//! Each transfer as it stands after its last event.

mod fold;
mod listed;
mod offices;
mod query;
mod store;
mod whole;

pub use listed::ListedTransfer;
pub use query::{BoxFilter, ListCursor, ListFilter};
pub(crate) use query::{containing, every_state};
pub(crate) use store::{Moved, load};
pub use whole::WholeTransfer;

use crate::rows::null_as_empty;
use chrono::{DateTime, NaiveDate, Utc};
use contract::event::{Facts, LinkReason, OutcomeCode, Subject, Terms};
use contract::ids::{DepartmentId, MatterId, TransferId};
use contract::kind::{Routing, Source, TransferKind, Urgency};
use contract::state::{Handling, TransferState};
use serde::{Deserialize, Serialize};

/// A transfer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "a row: each says by itself what has happened")]
pub struct Transfer {
    /// Id, and its stream.
    pub id: TransferId,
    /// Number as people write it, like 移〔2026〕000123号.
    pub number: String,
    /// Civil year of the number.
    pub number_year: i32,
    /// Running number within sender and year.
    pub number_seq: i64,
    /// Kind.
    pub kind: TransferKind,
    /// State.
    pub state: TransferState,
    /// How far an accepted one has come.
    pub handling: Option<Handling>,
    /// Who owes the next step; `None` once nobody does.
    pub holder: Option<DepartmentId>,
    /// Sender.
    pub from_department: DepartmentId,
    /// Receiver; never changes.
    pub to_department: DepartmentId,
    /// Coordination office that rules between the parties.
    pub office: DepartmentId,
    /// Matter.
    pub matter: MatterId,
    /// One line that says what it is about.
    pub title: String,
    /// What was found.
    pub summary: String,
    /// How urgent it is.
    pub urgency: Urgency,
    /// Where it came from.
    pub source: Source,
    /// When the sender found it.
    pub discovered_at: Option<DateTime<Utc>>,
    /// Whom it is about; persons stay sealed.
    pub subjects: Vec<Subject>,
    /// Subject matter of the responsibility matrix, when the matrix was asked.
    pub subject_matter: Option<String>,
    /// How the receiver was found.
    pub routing: Routing,
    /// Earlier transfer that it follows from.
    pub origin_transfer: Option<TransferId>,
    /// How it follows from that one.
    pub origin_reason: Option<LinkReason>,
    /// Civil day by which a supervision task is to be done.
    pub deadline: Option<NaiveDate>,
    /// Whether the receiver may object at all: not after a designation.
    pub objection_allowed: bool,
    /// Whether it has objected.
    pub objection_raised: bool,
    /// Whether the sender has contested a final feedback.
    pub contest_raised: bool,
    /// Whether a notice was made into a clue.
    pub converted: bool,
    /// How many feedbacks were given.
    pub feedback_count: u32,
    /// Number of the last final feedback.
    pub final_feedback: Option<u32>,
    /// Rule pack that it keeps for life.
    pub rule_pack: String,
    /// Holiday calendar of its first clocks.
    pub calendar: String,
    /// When it was sent.
    pub sent_at: DateTime<Utc>,
    /// Position of the event that sent it.
    pub sent_position: i64,
    /// When it was first accepted.
    pub accepted_at: Option<DateTime<Utc>>,
    /// When the last feedback was given, interim or final.
    pub last_feedback_at: Option<DateTime<Utc>>,
    /// Earliest due moment of the clocks whose duty is owed. Overdue is this compared with now.
    pub due_at: Option<DateTime<Utc>>,
    /// Version.
    pub version: i64,
    /// Position of its last event.
    pub position: i64,
    /// Business time of its last event.
    pub updated_at: DateTime<Utc>,
    /// An event could not be folded; this is the state before it.
    pub stale: bool,
    /// What beside the state decides who may do what.
    pub facts: Facts,
    /// What only some transfers have; a reporter stays sealed.
    pub terms: Terms,
    /// Departments that get a copy, and so see it.
    #[serde(skip_serializing_if = "Vec::is_empty", default, deserialize_with = "null_as_empty")]
    pub copies: Vec<DepartmentId>,
    /// When it closed, was withdrawn or rerouted; `None` also when it was opened again.
    pub ended_at: Option<DateTime<Utc>>,
    /// When the plan of a supervision task was first filed.
    pub plan_filed_at: Option<DateTime<Utc>>,
    /// How many times progress was reported on a supervision task.
    pub reports: u32,
    /// When progress was last reported.
    pub last_report_at: Option<DateTime<Utc>>,
    /// What was decided in it.
    #[serde(default)]
    pub decided_outcome: Option<OutcomeCode>,
    /// The transfer standard that the case touches.
    #[serde(default)]
    pub standard: Option<String>,
    /// The amount involved in fen.
    #[serde(default)]
    pub amount_fen: Option<i64>,
    /// Earlier penalties of the same kind.
    #[serde(default)]
    pub earlier_penalties: Option<u32>,
    /// The case meets the standard: it belongs to the police.
    #[serde(default)]
    pub meets_standard: bool,
}

impl Transfer {
    /// Whether a duty is owed whose due moment has come.
    pub fn is_overdue(&self, now: DateTime<Utc>) -> bool {
        self.due_at.is_some_and(|due_at| due_at <= now)
    }

    /// Until then the office knows of the failure, and what was due by the acknowledgement does not alarm.
    pub fn acknowledged_until(&self) -> Option<DateTime<Utc>> {
        self.facts.acknowledged_for(self.due_at)
    }
}
