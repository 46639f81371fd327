//! Say that a failure is known, with a note and an expiry: until then it does not alarm.

use crate::command::Act;
use crate::course::Decision;
use crate::refusal::Refusal;
use chrono::{DateTime, Utc};
use contract::event::{FailureAcknowledged, TransferEvent};

/// Say that a failure is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcknowledgeFailure {
    /// What is known of it.
    pub note: String,
    /// Until when it does not alarm.
    pub until: DateTime<Utc>,
}

impl AcknowledgeFailure {
    pub(crate) fn decide(&self, act: &Act<'_>) -> Result<Decision, Refusal> {
        if self.until <= act.now {
            return Err(Refusal::AcknowledgementOver);
        }
        let known = FailureAcknowledged { note: self.note.clone(), until: self.until };
        Ok(act.course()?.happen(TransferEvent::FailureAcknowledged(known)).decided())
    }
}
