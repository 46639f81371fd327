//! All that the read model holds of one transfer, and what an event does to it. Pure.

use crate::Event;
use crate::assignment::{self, Assignments};
use crate::clock::{self, Clock, Clocks};
use crate::event::FoldError;
use crate::feedback::{self, Feedbacks};
use crate::known::Weighed;
use crate::missing_feedback::{self, MissingFeedback, OwedFeedback};
use crate::scorecard;
use crate::transfer::Transfer;
use crate::unacknowledged::{self, Unacknowledged};
use contract::event::{Body, TransferEvent};
use contract::scorecard::ScoreFacts;

/// A transfer with its clocks, its feedback, its internal hops, and what the scorecard keeps of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Life {
    pub(crate) transfer: Transfer,
    pub(crate) clocks: Clocks,
    pub(crate) feedbacks: Feedbacks,
    pub(crate) score: Option<ScoreFacts>,
    pub(crate) assignments: Assignments,
}

impl Weighed for Life {
    /// The usual size of one, and the texts that may be long.
    fn weight(&self) -> usize {
        const USUAL: usize = 4 * 1024;
        const SUBJECT: usize = 512;
        let feedbacks = self.feedbacks.values();
        let told = feedbacks.map(|feedback| SUBJECT + feedback.text.len()).sum::<usize>();
        USUAL + self.transfer.summary.len() + self.transfer.subjects.len() * SUBJECT + told
    }
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
            life.insert(Self::of(transfer)).fold_parts(event, body);
        }
        Ok(())
    }

    /// A transfer without its parts.
    pub(crate) fn of(transfer: Transfer) -> Self {
        Self {
            transfer,
            clocks: Clocks::new(),
            feedbacks: Feedbacks::new(),
            assignments: Assignments::new(),
            score: None,
        }
    }

    fn fold_parts(&mut self, event: &Event, body: &Body) {
        clock::fold(&mut self.clocks, event, body);
        feedback::fold(&mut self.feedbacks, event, body);
        assignment::fold(&mut self.assignments, event, body);
        scorecard::fold(&mut self.score, body, event.occurred_at);
        self.transfer.due_at = clock::earliest_due(&self.clocks);
    }

    /// Its place among the unacknowledged.
    pub(crate) fn unacknowledged(&self) -> Option<Unacknowledged> {
        unacknowledged::of(&self.transfer, &self.clocks)
    }

    /// The clock of the acknowledgement that is owed.
    pub(crate) fn owes_acknowledgement(&self) -> Option<&Clock> {
        unacknowledged::owed(&self.clocks)
    }

    /// The feedback that is owed.
    pub(crate) fn owes_feedback(&self) -> Option<OwedFeedback<'_>> {
        missing_feedback::owed(&self.transfer, &self.clocks)
    }

    /// Its place among those without feedback.
    pub(crate) fn missing_feedback(&self) -> Option<MissingFeedback> {
        missing_feedback::of(&self.transfer, &self.clocks)
    }
}
