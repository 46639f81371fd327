//! The clocks of the criminal handoff, C01 to C29, and their runs.

use crate::clock::ClockState;
use crate::ids::DepartmentId;
use crate::kind::named_enum;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

named_enum!(
    /// Code of a statutory clock; lengths, units and articles stand in the rule pack.
    HandoffClock {
        /// The head decides on the report.
        C01 = "C01",
        /// Dispatch after the approval.
        C02 = "C02",
        /// The police sign.
        C03 = "C03",
        /// Redirect to the competent police.
        C04 = "C04",
        /// Ask for what is missing.
        C05 = "C05",
        /// Supply it.
        C06 = "C06",
        /// Decide on filing.
        C07 = "C07",
        /// Decide on filing, where a clue must be verified.
        C07Seven = "C07-7",
        /// Decide on filing, in grave and complicated cases.
        C07Thirty = "C07-30",
        /// Serve the notice of the decision.
        C08 = "C08",
        /// Hand the goods over.
        C09 = "C09",
        /// Request reconsideration, or suggest supervision.
        C10 = "C10",
        /// Decide on the reconsideration.
        C11 = "C11",
        /// Suggest supervision after it.
        C12 = "C12",
        /// Explain the reasons for not filing.
        C13 = "C13",
        /// File on order.
        C14 = "C14",
        /// Tell the sender that the reasons hold.
        C15 = "C15",
        /// Explain why nothing was decided.
        C16 = "C16",
        /// Conclude an investigation that was ordered.
        C17 = "C17",
        /// Tell the sender of a withdrawal.
        C18 = "C18",
        /// Transfer as the procuratorate demands.
        C19 = "C19",
        /// Serve the opinion after a non-prosecution.
        C20 = "C20",
        /// Reply to the opinion.
        C21 = "C21",
        /// Conclude the review after a non-prosecution.
        C22 = "C22",
        /// Decide the administrative case.
        C26 = "C26",
        /// Dispose of held evidence.
        C27 = "C27",
        /// Withdraw the publication of a revoked penalty.
        C28 = "C28",
        /// Tell the sender of a move to another police organ.
        C29 = "C29",
    }
);

/// A stretch of time that did not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HandoffPause {
    /// When it began.
    pub from: DateTime<Utc>,
    /// When it ended; absent while it lasts.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub to: Option<DateTime<Utc>>,
}

/// One run of a clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HandoffClockRun {
    /// Which clock.
    pub code: HandoffClock,
    /// In whose lane; absent where it runs for the handoff as a whole.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub lane: Option<u32>,
    /// First, second, … run of it there.
    pub run: u32,
    /// Who owes the duty.
    pub owner: DepartmentId,
    /// How it stands.
    pub state: ClockState,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// The first moment that is too late; absent while it is paused.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub due_at: Option<DateTime<Utc>>,
    /// The due moment lies beyond the last known holiday calendar and may move.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub provisional: bool,
    /// The holiday calendar by which the due moment was counted.
    #[serde(default)]
    pub calendar: String,
    /// It is a duty only where something is missing: letting it run out is no failure.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub optional: bool,
    /// When the duty was met or fell away.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ended_at: Option<DateTime<Utc>>,
    /// When it was recorded that it ran out.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub missed_at: Option<DateTime<Utc>>,
    /// What did not count.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub pauses: Vec<HandoffPause>,
}

impl HandoffClockRun {
    /// Whether the duty is still owed.
    pub const fn is_owed(&self) -> bool {
        match self.state {
            ClockState::Running | ClockState::Paused | ClockState::Missed => true,
            ClockState::Met | ClockState::MetLate | ClockState::Cancelled => false,
        }
    }

    /// When it is due, where its running out means something.
    pub fn pressing_due(&self) -> Option<DateTime<Utc>> {
        self.due_at.filter(|_| self.is_owed() && !self.optional)
    }

    /// Whether the due moment has come and the duty is owed.
    pub fn has_run_out(&self, now: DateTime<Utc>) -> bool {
        self.is_owed() && self.due_at.is_some_and(|due| due <= now)
    }
}
