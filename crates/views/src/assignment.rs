//! Internal hops: to which section or brigade a department has given a transfer. Nobody else sees it.

use crate::Event;
use chrono::{DateTime, NaiveDate, Utc};
use contract::event::{Body, TransferEvent};
use contract::ids::{DepartmentId, TransferId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A transfer in the hands of a section or brigade.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// The transfer.
    pub transfer_id: TransferId,
    /// The department that assigned it.
    pub department: DepartmentId,
    /// The section or brigade.
    pub unit: String,
    /// By when, inside the clock of the department.
    pub due_on: NaiveDate,
    /// What it shall do.
    pub note: Option<String>,
    /// When it was assigned.
    pub assigned_at: DateTime<Utc>,
}

/// The last assignment of each department within one transfer.
pub(crate) type Assignments = BTreeMap<DepartmentId, Assignment>;

/// What an event does to the assignments of its transfer.
pub(crate) fn fold(assignments: &mut Assignments, event: &Event, body: &Body) {
    if let TransferEvent::AssignedInternally(assigned) = &body.event {
        let assignment = Assignment {
            transfer_id: body.transfer.id,
            department: assigned.department.clone(),
            unit: assigned.unit.clone(),
            due_on: assigned.due_on,
            note: assigned.note.clone(),
            assigned_at: event.occurred_at,
        };
        assignments.insert(assigned.department.clone(), assignment);
    }
}
