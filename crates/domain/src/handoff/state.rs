//! A handoff as it stands.

use chrono::{DateTime, Utc};
use contract::handoff::{HandoffAct, HandoffAfter, HandoffBody, HandoffRef, Lane, Opening};

/// A handoff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handoff {
    /// Which, and between whom.
    pub reference: HandoffRef,
    /// What it was opened with.
    pub opening: Opening,
    /// The running number in its series; `None` until the log has numbered it.
    pub number: Option<i64>,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// Business time of its last event.
    pub updated_at: DateTime<Utc>,
    /// How many events it has.
    pub version: i64,
    /// Position of its last event in the log; 0 before it is there.
    pub position: i64,
    /// What holds.
    pub after: HandoffAfter,
}

/// The events of a handoff do not fit together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the first event of a handoff, and no other, must open it")]
pub struct WrongOpening;

impl Handoff {
    /// Brings a handoff to where it stands after an event.
    pub fn evolve(
        handoff: Option<Self>,
        body: &HandoffBody,
        number: Option<i64>,
        occurred_at: DateTime<Utc>,
        position: i64,
    ) -> Result<Self, WrongOpening> {
        match (handoff, &body.data.opening) {
            (None, Some(opening)) if body.event == HandoffAct::Opening => Ok(Self {
                reference: body.handoff.clone(),
                opening: (**opening).clone(),
                number,
                opened_at: occurred_at,
                updated_at: occurred_at,
                version: 1,
                position,
                after: body.after.clone(),
            }),
            (Some(handoff), None) => Ok(Self {
                updated_at: occurred_at,
                version: handoff.version + 1,
                position,
                after: body.after.clone(),
                ..handoff
            }),
            (None, _) | (Some(_), Some(_)) => Err(WrongOpening),
        }
    }

    /// The lane of that number.
    pub fn lane(&self, number: u32) -> Option<&Lane> {
        self.after.lanes.iter().find(|lane| lane.number == number)
    }

    /// The number as people write it, once the log has allotted it.
    pub fn written_number(&self) -> String {
        contract::number::format_handoff(
            self.reference.sealed,
            self.opening.number_year,
            self.number.unwrap_or(0),
        )
    }
}
