//! A criminal handoff in a list.

use super::handoff::name_of;
use crate::civil_time::civil_text;
use chrono::{DateTime, Utc};
use contract::handoff::{DecisionKind, Direction, HandoffState, Lane, LaneOutcome, Station};
use contract::ids::{DepartmentId, HandoffId, MatterId, TransferId};
use domain::registry::Registry;
use serde::Serialize;
use utoipa::ToSchema;

/// A handoff in a list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HandoffListEntry)]
pub(crate) struct HandoffEntry {
    /// Id.
    pub(crate) id: HandoffId,
    /// Number as people write it.
    pub(crate) number: String,
    /// Which way it runs.
    pub(crate) direction: Direction,
    /// Only named persons may know of it.
    pub(crate) sealed: bool,
    /// The state of its first open lane.
    pub(crate) state: HandoffState,
    /// Something is owed.
    pub(crate) open: bool,
    /// Who hands over.
    pub(crate) from: DepartmentId,
    /// Its name.
    pub(crate) from_name: String,
    /// The police organ that has it now.
    pub(crate) police: DepartmentId,
    /// Its name.
    pub(crate) police_name: String,
    /// Who owes a next step.
    pub(crate) holders: Vec<DepartmentId>,
    /// One line that says what it is about.
    pub(crate) title: String,
    /// The matter.
    pub(crate) matter: MatterId,
    /// The transfer from which it grew.
    pub(crate) origin: Option<TransferId>,
    /// Where each lane is, and what came out of it.
    pub(crate) lanes: Vec<LaneEntry>,
    /// When it was opened.
    #[schema(format = DateTime)]
    pub(crate) opened_at: String,
    /// Earliest due moment of the clocks whose duty is owed.
    #[schema(format = DateTime)]
    pub(crate) due_at: Option<String>,
    /// That moment has come.
    pub(crate) overdue: bool,
    /// Version.
    pub(crate) version: i64,
    /// Business time of its last event.
    #[schema(format = DateTime)]
    pub(crate) updated_at: String,
}

/// A lane in a list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HandoffLaneEntry)]
pub(crate) struct LaneEntry {
    /// Its number.
    number: u32,
    /// Where it stands.
    state: HandoffState,
    /// Where on the road it is.
    station: Station,
    /// What came out on the criminal side.
    outcome: Option<LaneOutcome>,
    /// To whom it was handed back.
    reverse_to: Option<DepartmentId>,
    /// What the administrative organ decided.
    decision: Option<DecisionKind>,
}

impl HandoffEntry {
    /// A handoff as lists show it.
    pub(crate) fn of(handoff: &views::handoff::Handoff, registry: &Registry, now: DateTime<Utc>) -> Self {
        let lane = |lane: &Lane| LaneEntry {
            number: lane.number,
            state: lane.state,
            station: lane.station,
            outcome: lane.outcome,
            reverse_to: lane.reverse.as_ref().map(|reverse| reverse.addressee.clone()),
            decision: lane.decision,
        };
        Self {
            id: handoff.id,
            number: handoff.number.clone(),
            direction: handoff.direction,
            sealed: handoff.sealed,
            state: handoff.state,
            open: handoff.open,
            from_name: name_of(registry, &handoff.from_department),
            from: handoff.from_department.clone(),
            police_name: name_of(registry, &handoff.police),
            police: handoff.police.clone(),
            holders: handoff.holders.clone(),
            title: handoff.title.clone(),
            matter: handoff.matter,
            origin: handoff.origin_transfer,
            lanes: handoff.after.lanes.iter().map(lane).collect(),
            opened_at: civil_text(handoff.opened_at),
            due_at: handoff.due_at.map(civil_text),
            overdue: handoff.due_at.is_some_and(|due| due <= now),
            version: handoff.version,
            updated_at: civil_text(handoff.updated_at),
        }
    }
}
