//! Say that a failure is known, with a note and an expiry: until then it does not alarm.

use crate::command::Act;
use crate::course::Decision;
use crate::refusal::Refusal;
use chrono::{DateTime, TimeDelta, Utc};
use contract::event::{FailureAcknowledged, TransferEvent};

/// How long a known failure is quiet at most; then the office looks at it again.
const LONGEST: TimeDelta = TimeDelta::days(90);

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
        let has_failed = act.transfer.clocks.iter().any(|clock| clock.is_open() && clock.ran_out(act.now));
        if !has_failed {
            return Err(Refusal::NothingFailed);
        }
        let latest = act.now + LONGEST;
        if self.until > latest {
            return Err(Refusal::AcknowledgementTooLong { latest });
        }
        let known = FailureAcknowledged { note: self.note.clone(), until: self.until };
        Ok(act.course()?.happen(TransferEvent::FailureAcknowledged(known)).decided())
    }
}
