//! A transfer as far as lists show it.

use super::Transfer;
use chrono::{DateTime, Utc};
use contract::ids::{DepartmentId, MatterId, TransferId};
use contract::kind::{Routing, TransferKind, Urgency};
use contract::state::{Handling, TransferState};
use serde::Deserialize;

/// A transfer without what only a reader of the whole needs: summary, subjects, terms and facts.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ListedTransfer {
    /// Id.
    pub id: TransferId,
    /// Number as people write it.
    pub number: String,
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
    /// Receiver.
    pub to_department: DepartmentId,
    /// Coordination office that rules between the parties.
    pub office: DepartmentId,
    /// Matter.
    pub matter: MatterId,
    /// One line that says what it is about.
    pub title: String,
    /// How urgent it is.
    pub urgency: Urgency,
    /// How the receiver was found.
    pub routing: Routing,
    /// When it was sent.
    pub sent_at: DateTime<Utc>,
    /// Earliest due moment of the clocks whose duty is owed.
    pub due_at: Option<DateTime<Utc>>,
    /// Version.
    pub version: i64,
    /// Position of its last event.
    pub position: i64,
    /// Business time of its last event.
    pub updated_at: DateTime<Utc>,
    /// An event could not be folded; this is the state before it.
    pub stale: bool,
}

impl ListedTransfer {
    /// Whether a duty is owed whose due moment has come.
    pub fn is_overdue(&self, now: DateTime<Utc>) -> bool {
        self.due_at.is_some_and(|due_at| due_at <= now)
    }
}

impl From<Transfer> for ListedTransfer {
    fn from(transfer: Transfer) -> Self {
        Self {
            id: transfer.id,
            number: transfer.number,
            kind: transfer.kind,
            state: transfer.state,
            handling: transfer.handling,
            holder: transfer.holder,
            from_department: transfer.from_department,
            to_department: transfer.to_department,
            office: transfer.office,
            matter: transfer.matter,
            title: transfer.title,
            urgency: transfer.urgency,
            routing: transfer.routing,
            sent_at: transfer.sent_at,
            due_at: transfer.due_at,
            version: transfer.version,
            position: transfer.position,
            updated_at: transfer.updated_at,
            stale: transfer.stale,
        }
    }
}
