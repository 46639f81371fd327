//! What events say about clocks: pauses, extensions, warnings, a new calendar.

use crate::clock::{ClockCode, PauseReason, WarningMark};
use crate::ids::DepartmentId;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `warned`: a clock will run out soon.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TimeLimitWarned {
    /// Which clock.
    pub code: ClockCode,
    /// Which run of it.
    pub run: u32,
    /// Who owes it.
    pub owner: DepartmentId,
    /// When it is due.
    pub due_at: DateTime<Utc>,
    /// Which warning it is.
    pub mark: WarningMark,
}

/// `recalculated`: the due moments in `after.clocks` follow from another holiday calendar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClocksRecalculated {
    /// The calendar.
    pub calendar: String,
}

/// `suspended` 中止.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Suspended {
    /// The reason, from the closed list.
    pub reason: PauseReason,
    /// What proves it: the number of the commission, the notice, the request.
    pub evidence: String,
    /// The last day of it.
    pub until: NaiveDate,
}

/// `resumed` 恢复.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Resumed {
    /// When the pause ended; before the event where its last day was over.
    pub ended_at: DateTime<Utc>,
    /// What came of it; absent where its last day was over.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub evidence: Option<String>,
}

/// `extension-requested` 申请延期.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExtensionRequested {
    /// Of which clock.
    pub code: ClockCode,
    /// Of which run of it.
    pub run: u32,
    /// Who owes the duty, and asks.
    pub owner: DepartmentId,
    /// Why.
    pub reason: String,
    /// First, second, … extension of the run.
    pub ordinal: u32,
    /// The day to which it shall run, where the clock counts no days.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub until: Option<NaiveDate>,
}

/// By how much a clock runs longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExtendedBy {
    /// So many more of its own unit.
    Length(u16),
    /// To the end of this day.
    Until(NaiveDate),
}

/// `extension-granted` 批准延期.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExtensionGranted {
    /// Of which clock.
    pub code: ClockCode,
    /// Of which run of it.
    pub run: u32,
    /// By how much.
    pub by: ExtendedBy,
    /// Who approved it.
    pub approved_by: DepartmentId,
    /// What was said with it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub note: Option<String>,
}

/// `extension-refused` 不予延期.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExtensionRefused {
    /// Of which clock.
    pub code: ClockCode,
    /// Of which run of it.
    pub run: u32,
    /// Why not.
    pub reason: String,
}
