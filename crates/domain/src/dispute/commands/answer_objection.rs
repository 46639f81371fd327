//! Answer an objection: agree and take it back, or dispute it.

use crate::command::Act;
use crate::course::Decision;
use crate::refusal::Refusal;
use contract::event::{Disputed, ObjectionAgreed, TransferEvent};

/// Answer an objection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnswerObjection {
    /// Take it back: the transfer is returned.
    Agree {
        /// What the sender says to it.
        note: Option<String>,
    },
    /// Do not agree: a negotiation begins.
    Dispute {
        /// Why not.
        reason: String,
    },
}

impl AnswerObjection {
    pub(crate) fn decide(&self, act: &Act<'_>) -> Result<Decision, Refusal> {
        let event = match self {
            Self::Agree { note } => TransferEvent::ObjectionAgreed(ObjectionAgreed { note: note.clone() }),
            Self::Dispute { reason } => TransferEvent::Disputed(Disputed { reason: reason.clone() }),
        };
        Ok(act.course()?.happen(event).decided())
    }
}
