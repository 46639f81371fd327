//! What is kept of a transfer for the scorecard 评分表: who had it when, and how its duties went. The read model gathers
//! it from the events, and `domain` computes from it.

use crate::clock::ClockCode;
use crate::event::ObjectionGround;
use crate::ids::{DepartmentId, TransferId};
use crate::kind::TransferKind;
use crate::state::TransferState;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A stretch of time in which a transfer was in one state and one department held it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stage {
    /// The state.
    pub state: TransferState,
    /// Who held it.
    pub holder: DepartmentId,
    /// Since when.
    pub from: DateTime<Utc>,
    /// Until when; `None` while it goes on.
    pub to: Option<DateTime<Utc>>,
}

/// One run of a clock, as far as the scorecard asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScoreClock {
    /// Which clock.
    pub code: ClockCode,
    /// Which run of it.
    pub run: u32,
    /// Who owes the duty.
    pub owner: DepartmentId,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// First moment that is too late; `None` while it is paused.
    pub due_at: Option<DateTime<Utc>>,
    /// When the duty was met or fell away; `None` while it is owed.
    pub stopped_at: Option<DateTime<Utc>>,
    /// It fell away.
    pub cancelled: bool,
}

/// One transfer, as far as the scorecard asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScoreFacts {
    /// The transfer.
    pub transfer_id: TransferId,
    /// Its kind.
    pub kind: TransferKind,
    /// Sender.
    pub from_department: DepartmentId,
    /// Receiver.
    pub to_department: DepartmentId,
    /// Coordination office between them.
    pub office: DepartmentId,
    /// When it was sent.
    pub sent_at: DateTime<Utc>,
    /// Who had it when, in order; a stage that lasted no time is left out.
    pub stages: Vec<Stage>,
    /// Every run of every clock, in the order in which they began.
    pub clocks: Vec<ScoreClock>,
    /// When the last final feedback was given.
    pub final_feedback_at: Option<DateTime<Utc>>,
    /// Why the receiver objected, where it chose a word for it.
    pub ground: Option<ObjectionGround>,
    /// The sender took it back after an objection.
    pub returned: bool,
    /// A linked transfer took its place.
    pub rerouted: bool,
}
