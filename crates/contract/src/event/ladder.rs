//! What events say about the ladder of urging: urge, supervise, and what the office does beyond it.

use crate::clock::{ClockCode, LadderStep, LatenessReason};
use crate::ids::{DepartmentId, TransferId};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `urged` 催办: a reply is demanded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Urged {
    /// Who is urged.
    pub department: DepartmentId,
    /// The clock that ran out; absent where a person urged before that.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub code: Option<ClockCode>,
    /// Which run of it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub run: Option<u32>,
    /// What the one who urges says; absent where it is automatic.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
}

/// `urge-replied` 答复催办.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UrgeReplied {
    /// Who replied.
    pub department: DepartmentId,
    /// Why it is late, and what is being done.
    pub text: String,
    /// By when it will be done.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub expected_on: Option<NaiveDate>,
}

/// `supervised` 督办: the office demands reasons and a date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Supervised {
    /// Who is supervised.
    pub department: DepartmentId,
    /// The clock that ran out; absent where a person opened it for another reason.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub code: Option<ClockCode>,
    /// Which run of it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub run: Option<u32>,
    /// What the office says; absent where it is automatic.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
}

/// `escalated`: an act of the office beyond supervision, never automatic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Escalated {
    /// Which step.
    pub step: LadderStep,
    /// Whom it concerns.
    pub department: DepartmentId,
    /// Why.
    pub reason: String,
}

/// `lateness-explained` 逾期原因.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LatenessExplained {
    /// Which clock was late.
    pub code: ClockCode,
    /// Which run of it.
    pub run: u32,
    /// Who owed it.
    pub department: DepartmentId,
    /// Why.
    pub reason: LatenessReason,
    /// More about it.
    pub note: String,
}

/// What a coordination meeting decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum MeetingDecision {
    /// 明确牵头部门: this department leads.
    FixLead {
        /// The department.
        department: DepartmentId,
        /// The linked transfer to it; absent when it is the receiver.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        rerouted_to: Option<TransferId>,
    },
    /// 延期: a clock runs to the end of a day.
    Extend {
        /// Which clock.
        code: ClockCode,
        /// Which run of it.
        run: u32,
        /// The last day.
        until: NaiveDate,
    },
    /// 办结: the transfer is closed.
    Close,
}

/// `meeting-decided` 会议决定.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MeetingDecided {
    /// The number of the minutes 会议纪要.
    pub minutes: String,
    /// What was decided.
    pub decision: MeetingDecision,
    /// Why.
    pub reason: String,
}

/// `failure-acknowledged`: known, with a note; it does not alarm until then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FailureAcknowledged {
    /// What is known of it.
    pub note: String,
    /// Until when it does not alarm.
    pub until: DateTime<Utc>,
}
