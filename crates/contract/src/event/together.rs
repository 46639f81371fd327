//! What events say about working together: supervision tasks, assistance, joint handling, routing, internal hops.

use super::data::OutcomeCode;
use crate::ids::{DepartmentId, HandoffId, TransferId};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `plan-filed` 报送整改方案.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlanFiled {
    /// The plan in short.
    pub text: String,
    /// Its measures, one by one.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub measures: Vec<String>,
}

/// `progress-reported` 报送进展.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProgressReported {
    /// How far it has come.
    pub text: String,
    /// What proves it, item by item.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub evidence: Vec<String>,
}

/// `assistance-requested`: on the transfer for which assistance is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AssistanceRequested {
    /// Who shall assist.
    pub department: DepartmentId,
    /// The request.
    pub request: TransferId,
}

/// `assistance-replied`: on the transfer for which assistance was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AssistanceReplied {
    /// Who answered.
    pub department: DepartmentId,
    /// The request.
    pub request: TransferId,
    /// The answer.
    pub text: String,
    /// What came out.
    pub outcome: OutcomeCode,
}

/// `crime-found` and `criminal-outcome-arrived`: the case waits for the criminal side, or no more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CriminalSide {
    /// The criminal handoff.
    pub handoff: HandoffId,
}

/// `assistance-ended`: on the transfer for which assistance was asked, when the request ended without an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AssistanceEnded {
    /// Who was asked.
    pub department: DepartmentId,
    /// The request.
    pub request: TransferId,
}

/// One participant of a joint handling.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Participant {
    /// The department.
    pub department: DepartmentId,
    /// The request for its part.
    pub request: TransferId,
}

/// `joint-handling-opened` 联合办理.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JointHandlingOpened {
    /// Who takes part beside the lead, who is the receiver.
    pub participants: Vec<Participant>,
}

/// What a participant contributed, as it stands in the merged feedback.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Part {
    /// The department.
    pub department: DepartmentId,
    /// The request for its part.
    pub request: TransferId,
    /// What it reported; of a long text the beginning, for the whole stands in `assistance-replied`.
    pub text: String,
    /// What came out.
    pub outcome: OutcomeCode,
}

/// `routing-confirmed`: the office confirmed the receiver, or named another department.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RoutingConfirmed {
    /// The department that is responsible.
    pub department: DepartmentId,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
    /// The linked transfer to it; absent when it is the receiver of this one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub rerouted_to: Option<TransferId>,
}

/// `assigned-internally` 内部交办.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AssignedInternally {
    /// The department that assigns.
    pub department: DepartmentId,
    /// The section or brigade.
    pub unit: String,
    /// By when, inside the outer clock.
    pub due_on: NaiveDate,
    /// What it shall do.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub note: Option<String>,
}
