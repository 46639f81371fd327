//! Each criminal handoff as it stands, with its lanes and papers.

mod document;
mod fold;
mod lane;
mod query;

pub use document::HandoffDocument;
pub(crate) use document::of as document_of;
pub(crate) use fold::HandoffLife;
pub use lane::{HandoffLane, LaneCursor, WatchedLane};
pub(crate) use query::HandoffSight;
pub use query::{DueHandoff, HandoffCursor, HandoffFilter, Reader};

use chrono::{DateTime, Utc};
use contract::handoff::{Direction, HandoffAfter, HandoffRef, HandoffState, Opening};
use contract::ids::{DepartmentId, HandoffId, MatterId, TransferId};
use serde::{Deserialize, Serialize};

/// A handoff.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handoff {
    /// Id, and its stream.
    pub id: HandoffId,
    /// Number as people write it.
    pub number: String,
    /// Which way it runs.
    pub direction: Direction,
    /// Only named keys of the sender, and the receiver, may know of it.
    pub sealed: bool,
    /// State of its first open lane.
    pub state: HandoffState,
    /// Something is owed.
    pub open: bool,
    /// Who hands over.
    pub from_department: DepartmentId,
    /// The first organ to which it goes.
    pub to_department: DepartmentId,
    /// The police organ that has it now.
    pub police: DepartmentId,
    /// The departments that may know of it.
    pub seen_by: Vec<DepartmentId>,
    /// The keys of the sender that may know of a sealed one.
    pub readers: Vec<String>,
    /// Who owes a next step.
    pub holders: Vec<DepartmentId>,
    /// One line that says what it is about.
    pub title: String,
    /// Matter.
    pub matter: MatterId,
    /// The transfer from which it grew.
    pub origin_transfer: Option<TransferId>,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// Position of the event that opened it.
    pub opened_position: i64,
    /// Earliest due moment of the clocks whose duty is owed.
    pub due_at: Option<DateTime<Utc>>,
    /// When something may be due by itself next.
    pub look_at: Option<DateTime<Utc>>,
    /// Version.
    pub version: i64,
    /// Position of its last event.
    pub position: i64,
    /// Business time of its last event.
    pub updated_at: DateTime<Utc>,
    /// An event could not be folded; this is the state before it.
    pub stale: bool,
    /// What it was opened with.
    pub opening: Opening,
    /// What holds.
    pub after: HandoffAfter,
}

impl Handoff {
    /// Which, and between whom, as it stands in its events.
    pub fn reference(&self) -> HandoffRef {
        HandoffRef {
            id: self.id,
            direction: self.direction,
            from: self.from_department.clone(),
            to: self.to_department.clone(),
            matter: self.matter,
            sealed: self.sealed,
        }
    }
}
