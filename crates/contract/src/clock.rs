//! Clocks 时限 as they stand in events: what began, stopped, paused, and when it is due.

use crate::ids::DepartmentId;
use crate::kind::named_enum;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

named_enum!(
    /// Code of a clock; lengths, units and articles stand in the rule pack.
    ClockCode {
        /// Sign: delivered → signed.
        T02 = "T02",
        /// Accept, object or ask: signed → accepted.
        T03 = "T03",
        /// Answer an objection.
        T04 = "T04",
        /// Negotiate a dispute.
        T05 = "T05",
        /// Designate a jurisdiction.
        T06 = "T06",
        /// Verify and decide on filing.
        T07 = "T07",
        /// First feedback.
        T08 = "T08",
        /// Final feedback after the decision.
        T09 = "T09",
        /// Final feedback at the latest.
        T09b = "T09b",
        /// Read a notice.
        T15 = "T15",
        /// Supply what is missing.
        T16 = "T16",
        /// Resend or keep what was returned.
        T17 = "T17",
        /// Confirm or contest the final feedback.
        T18 = "T18",
        /// Rule on a contest.
        T19 = "T19",
    }
);

impl ClockCode {
    /// Whether missing this clock means that feedback is missing.
    pub const fn is_feedback(self) -> bool {
        match self {
            Self::T08 | Self::T09 | Self::T09b => true,
            Self::T02
            | Self::T03
            | Self::T04
            | Self::T05
            | Self::T06
            | Self::T07
            | Self::T15
            | Self::T16
            | Self::T17
            | Self::T18
            | Self::T19 => false,
        }
    }

    /// Whether missing this clock means that the transfer is unacknowledged.
    pub const fn is_acknowledgement(self) -> bool {
        match self {
            Self::T02 | Self::T15 => true,
            Self::T03
            | Self::T04
            | Self::T05
            | Self::T06
            | Self::T07
            | Self::T08
            | Self::T09
            | Self::T09b
            | Self::T16
            | Self::T17
            | Self::T18
            | Self::T19 => false,
        }
    }
}

named_enum!(
    /// What happened to a clock.
    ClockMove {
        /// It began to run.
        Started = "started",
        /// The duty was met; late when the due moment had passed.
        Stopped = "stopped",
        /// It stands still, with its reason in the event.
        Paused = "paused",
        /// It runs on, with a new due moment.
        Resumed = "resumed",
        /// The duty fell away.
        Cancelled = "cancelled",
        /// It ran out.
        Missed = "missed",
    }
);

/// One clock's move, inside the event that caused it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClockChange {
    /// Which clock.
    pub code: ClockCode,
    /// Which run of it: a clock that starts a second time is run 2.
    pub run: u32,
    /// What happened.
    #[serde(rename = "move")]
    pub movement: ClockMove,
    /// Who owes the duty.
    pub owner: DepartmentId,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it is due: the first moment that is too late. Absent while it is paused.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub due_at: Option<DateTime<Utc>>,
    /// The due moment lies beyond the last known holiday calendar and may move.
    pub provisional: bool,
}

named_enum!(
    /// State of a clock in the read model.
    ClockState {
        /// Running, and not recorded as missed.
        Running = "running",
        /// Standing still.
        Paused = "paused",
        /// The duty was met in time.
        Met = "met",
        /// The duty was met after the due moment.
        MetLate = "met_late",
        /// Ran out and the duty is still owed.
        Missed = "missed",
        /// The duty fell away.
        Cancelled = "cancelled",
    }
);

named_enum!(
    /// Why a clock ran out, as far as casebus can tell.
    MissedCause {
        /// Neither the owner's system nor a person ever fetched the transfer.
        NotFetched = "not_fetched",
        /// Fetched, never opened.
        Unread = "unread",
        /// Opened or signed, nothing done.
        Idle = "idle",
        /// Accepted, no feedback.
        Silent = "silent",
    }
);
