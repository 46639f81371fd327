//! Entries of lists, and the page around them.

use crate::civil_time::civil_text;
use chrono::{DateTime, Utc};
use contract::ids::{DepartmentId, MatterId, TransferId};
use contract::kind::{Routing, TransferKind, Urgency};
use contract::state::{Handling, TransferState};
use domain::registry::Registry;
use serde::Serialize;
use utoipa::ToSchema;
use views::transfer::ListedTransfer;

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PageAnswer<Entry> {
    /// The entries, in order.
    pub(crate) data: Vec<Entry>,
    /// Where the next page begins; `null` on the last one.
    pub(crate) next_cursor: Option<String>,
}

/// A transfer in a list; `GET /v1/transfers/{id}` has the rest.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TransferListEntry)]
pub(crate) struct ListEntry {
    /// Id.
    pub(crate) id: TransferId,
    /// Number as people write it.
    pub(crate) number: String,
    /// Kind.
    pub(crate) kind: TransferKind,
    /// State.
    pub(crate) state: TransferState,
    /// How far the handling of an accepted transfer has come.
    pub(crate) handling: Option<Handling>,
    /// The one department that owes the next step; `null` once nobody does.
    pub(crate) holder: Option<DepartmentId>,
    /// Its name.
    pub(crate) holder_name: Option<String>,
    /// Sender.
    pub(crate) from: DepartmentId,
    /// Its name.
    pub(crate) from_name: String,
    /// Receiver.
    pub(crate) to: DepartmentId,
    /// Its name.
    pub(crate) to_name: String,
    /// Coordination office.
    pub(crate) office: DepartmentId,
    /// One line that says what it is about.
    pub(crate) title: String,
    /// How urgent it is.
    pub(crate) urgency: Urgency,
    /// How the receiver was found.
    pub(crate) routing: Routing,
    /// Matter.
    pub(crate) matter: MatterId,
    /// The earliest due moment of what is owed; `null` when no clock runs.
    #[schema(format = DateTime)]
    pub(crate) due_at: Option<String>,
    /// That moment has come.
    pub(crate) overdue: bool,
    /// When it was sent.
    #[schema(format = DateTime)]
    pub(crate) sent_at: String,
    /// When something last happened to it.
    #[schema(format = DateTime)]
    pub(crate) updated_at: String,
    /// Version.
    pub(crate) version: i64,
    /// Log position of its last event.
    pub(crate) position: i64,
    /// An event could not be folded into the read model; this is the state before it.
    pub(crate) stale: bool,
}

impl ListEntry {
    /// A transfer of the read model, as it is listed now.
    pub(crate) fn of(transfer: impl Into<ListedTransfer>, registry: &Registry, now: DateTime<Utc>) -> Self {
        let transfer: ListedTransfer = transfer.into();
        let name_of = |id| registry.department(id).map(|department| department.name.clone());
        Self {
            id: transfer.id,
            overdue: transfer.is_overdue(now),
            holder_name: transfer.holder.as_ref().and_then(name_of),
            from_name: name_of(&transfer.from_department).unwrap_or_default(),
            to_name: name_of(&transfer.to_department).unwrap_or_default(),
            number: transfer.number,
            kind: transfer.kind,
            state: transfer.state,
            handling: transfer.handling,
            holder: transfer.holder,
            from: transfer.from_department,
            to: transfer.to_department,
            office: transfer.office,
            title: transfer.title,
            urgency: transfer.urgency,
            routing: transfer.routing,
            matter: transfer.matter,
            due_at: transfer.due_at.map(civil_text),
            sent_at: civil_text(transfer.sent_at),
            updated_at: civil_text(transfer.updated_at),
            version: transfer.version,
            position: transfer.position,
            stale: transfer.stale,
        }
    }
}
