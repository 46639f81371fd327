//! What beside the state decides who may do what, in an answer.

use crate::civil_time::civil_text;
use chrono::NaiveDate;
use contract::clock::{LadderStep, PauseReason};
use contract::event::{AssignedInternally, Facts, OpenUrging, PendingExtension};
use contract::ids::DepartmentId;
use serde::Serialize;
use utoipa::ToSchema;

/// What beside the state decides who may do what.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = TransferFacts)]
pub(crate) struct FactsAnswer {
    /// The clocks stand still 中止.
    pub(crate) suspension: Option<SuspensionAnswer>,
    /// An extension 延期 waits for its decision.
    pub(crate) extension: Option<PendingExtension>,
    /// An urging 催办 waits for its reply.
    pub(crate) urging: Option<OpenUrging>,
    /// The highest step of the ladder of urging that stands.
    pub(crate) ladder: Option<LadderStep>,
    /// When supervision 督办 was opened.
    #[schema(format = DateTime)]
    pub(crate) supervised_at: Option<String>,
    /// Until then a known failure does not alarm.
    #[schema(format = DateTime)]
    pub(crate) acknowledged_until: Option<String>,
    /// The office still has to confirm the receiver, or to name one.
    pub(crate) routing_open: bool,
    /// Participants of a joint handling who have not contributed yet.
    pub(crate) parts_outstanding: Vec<DepartmentId>,
    /// Departments with a late act that has no reason yet.
    pub(crate) late: Vec<DepartmentId>,
    /// A supervision task that was struck off 销号, and may be opened again.
    pub(crate) struck_off: bool,
    /// Who in the caller's own department works on it; others do not see that.
    pub(crate) assignment: Option<AssignmentAnswer>,
}

/// A pause of the clocks.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = Suspension)]
pub(crate) struct SuspensionAnswer {
    /// The reason.
    pub(crate) reason: PauseReason,
    /// Since when.
    #[schema(format = DateTime)]
    pub(crate) since: String,
    /// The last day of it.
    pub(crate) until: NaiveDate,
}

/// Who in the caller's department works on it 内部交办.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = InternalAssignment)]
pub(crate) struct AssignmentAnswer {
    /// The section or brigade.
    pub(crate) unit: String,
    /// By when.
    pub(crate) due_on: NaiveDate,
    /// What it shall do.
    pub(crate) note: Option<String>,
}

impl From<AssignedInternally> for AssignmentAnswer {
    fn from(assigned: AssignedInternally) -> Self {
        Self { unit: assigned.unit, due_on: assigned.due_on, note: assigned.note }
    }
}

impl FactsAnswer {
    /// The facts as they are shown, with the internal assignment of the caller's own department.
    pub(crate) fn of(facts: Facts, assignment: Option<AssignmentAnswer>) -> Self {
        Self {
            suspension: facts.suspension.map(|suspension| SuspensionAnswer {
                reason: suspension.reason,
                since: civil_text(suspension.since),
                until: suspension.until,
            }),
            extension: facts.extension,
            urging: facts.urging,
            ladder: facts.ladder,
            supervised_at: facts.supervision.map(|open| civil_text(open.at)),
            acknowledged_until: facts.acknowledged_until.map(civil_text),
            routing_open: facts.routing_open,
            parts_outstanding: facts.parts_outstanding,
            late: facts.late,
            struck_off: facts.struck_off,
            assignment,
        }
    }
}
