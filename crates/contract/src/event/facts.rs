//! What beside the state decides who may do what.

use crate::clock::{ClockCode, LadderStep, PauseReason};
use crate::ids::{DepartmentId, HandoffId};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Why the clocks stand still, and until when at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Suspension {
    /// The reason, from the closed list.
    pub reason: PauseReason,
    /// Since when.
    pub since: DateTime<Utc>,
    /// The last day of it: then the clocks run on by themselves.
    pub until: NaiveDate,
}

/// An extension that waits for its decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PendingExtension {
    /// Of which clock.
    pub code: ClockCode,
    /// Of which run of it.
    pub run: u32,
    /// Who decides: the head of the department that asked, or for a second one the office.
    pub decided_by: DepartmentId,
    /// Whether it is the office.
    pub by_office: bool,
    /// The day to which the clock shall run, where the clock counts no days.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub until: Option<NaiveDate>,
}

/// An urging that waits for its reply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OpenUrging {
    /// Who owes the reply.
    pub department: DepartmentId,
    /// The clock that it is about.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub code: Option<ClockCode>,
    /// Which run of it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub run: Option<u32>,
}

/// A supervision 督办 that is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OpenSupervision {
    /// Who is supervised.
    pub department: DepartmentId,
    /// Since when.
    pub at: DateTime<Utc>,
    /// The clock that ran out; absent where the office opened it by hand.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub code: Option<ClockCode>,
    /// Which run of it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub run: Option<u32>,
}

/// What beside the state decides who may do what.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Facts {
    /// The clocks stand still.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suspension: Option<Suspension>,
    /// An extension waits for its decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extension: Option<PendingExtension>,
    /// Running clocks that the rule pack lets be extended, and that were not extended as often as possible.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub extendable: Vec<ClockCode>,
    /// An urging waits for its reply.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub urging: Option<OpenUrging>,
    /// The highest step of the ladder that was taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ladder: Option<LadderStep>,
    /// The supervision 督办 that is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supervision: Option<OpenSupervision>,
    /// Until then the known failure does not alarm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acknowledged_until: Option<DateTime<Utc>>,
    /// When the failure was acknowledged: what runs out later is not known by that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acknowledged_at: Option<DateTime<Utc>>,
    /// The superior designated the sender itself, which may not send it on any more.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub bound_to_sender: bool,
    /// The office still has to confirm the receiver, or to name one.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub routing_open: bool,
    /// Participants of a joint handling who have not contributed yet.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts_outstanding: Vec<DepartmentId>,
    /// Departments with a late act that has no reason yet.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub late: Vec<DepartmentId>,
    /// The case waits for the criminal side, in this handoff.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub criminal_handoff: Option<HandoffId>,
    /// A supervision task that was struck off, and may be opened again.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub struck_off: bool,
}

impl Facts {
    /// Whether there is nothing to say.
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }

    /// Notes an urging; a second one of the same department waits for the same reply.
    pub fn urge(&mut self, urging: OpenUrging) {
        if self.urging.as_ref().is_none_or(|open| open.department != urging.department) {
            self.urging = Some(urging);
        }
    }

    /// Until when a duty that was due then does not alarm.
    pub fn acknowledged_for(&self, due_at: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
        let known = self.acknowledged_at.zip(due_at).is_some_and(|(at, due_at)| due_at <= at);
        self.acknowledged_until.filter(|_| known)
    }
}
