//! Enums whose values have a name in data.

use contract::clock::{ClockCode, LatenessReason, PauseReason};
use contract::event::{DueItem, ObjectionGround, OutcomeCode, Ruling, TaskPurpose};
use contract::handoff::{
    ApproverPost, DecisionKind, Direction, HandoffClock, HandoffState, MaterialKind, Milestone, Station,
    SuspectKind, Verdict,
};
use contract::kind::{Source, TransferKind, Urgency};
use contract::state::TransferState;

/// A value chosen by its name.
pub(crate) trait Choice: Sized {
    /// The names of all values.
    fn names() -> Vec<&'static str>;

    /// The value of that name.
    fn choose(name: &str) -> Option<Self>;
}

/// The enums of `contract` that requests may name.
macro_rules! choices {
    ($($name:ty),+) => {
        $(impl Choice for $name {
            fn names() -> Vec<&'static str> {
                Self::ALL.iter().map(|value| value.name()).collect()
            }

            fn choose(name: &str) -> Option<Self> {
                Self::from_name(name)
            }
        })+
    };
}

choices!(
    ApproverPost,
    ClockCode,
    DecisionKind,
    Direction,
    DueItem,
    HandoffClock,
    HandoffState,
    LatenessReason,
    MaterialKind,
    Milestone,
    ObjectionGround,
    OutcomeCode,
    PauseReason,
    Ruling,
    Source,
    Station,
    SuspectKind,
    TaskPurpose,
    TransferKind,
    TransferState,
    Urgency,
    Verdict
);
