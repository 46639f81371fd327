//! All that the read model holds of one transfer, and what an event does to it. Pure.

use crate::Event;
use crate::clock::{self, Clocks};
use crate::event::FoldError;
use crate::feedback::{self, Feedbacks};
use crate::missing_feedback::{self, MissingFeedback};
use crate::transfer::Transfer;
use crate::unacknowledged::{self, Unacknowledged};
use contract::event::{Body, TransferEvent};

/// A transfer with its clocks and its feedback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Life {
    pub(crate) transfer: Transfer,
    pub(crate) clocks: Clocks,
    pub(crate) feedbacks: Feedbacks,
}

impl Life {
    /// Brings a transfer to where it stands after the event; on an error nothing has changed.
    pub(crate) fn fold(life: &mut Option<Self>, event: &Event, body: &Body) -> Result<(), FoldError> {
        let expected = life.as_ref().map_or(1, |life| life.transfer.version + 1);
        if event.version != expected {
            return Err(FoldError::WrongVersion { expected, found: event.version });
        }
        if let Some(life) = life {
            life.transfer.apply(event, body);
            life.fold_parts(event, body);
        } else {
            let TransferEvent::Sent(sent) = &body.event else { return Err(FoldError::WrongBeginning) };
            let number = event.number.ok_or(FoldError::NumberMissing)?;
            let transfer = Transfer::begin(event, number, body, sent);
            let begun = Self { transfer, clocks: Clocks::new(), feedbacks: Feedbacks::new() };
            life.insert(begun).fold_parts(event, body);
        }
        Ok(())
    }

    fn fold_parts(&mut self, event: &Event, body: &Body) {
        clock::fold(&mut self.clocks, event, body);
        feedback::fold(&mut self.feedbacks, event, body);
        self.transfer.due_at = clock::earliest_due(&self.clocks);
    }

    /// Its place among the unacknowledged.
    pub(crate) fn unacknowledged(&self) -> Option<Unacknowledged> {
        unacknowledged::of(&self.transfer, &self.clocks)
    }

    /// Its place among those without feedback.
    pub(crate) fn missing_feedback(&self) -> Option<MissingFeedback> {
        missing_feedback::of(&self.transfer, &self.clocks)
    }
}
