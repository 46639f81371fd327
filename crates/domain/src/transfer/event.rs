//! How events move a transfer.

use crate::transfer::state::{FeedbackState, Given, State, Transfer};
use chrono::{DateTime, Utc};
use contract::event::{Body, FeedbackGiven, Ruling, TransferEvent, TransferRef, TransferSent};
use contract::ids::DepartmentId;
use contract::state::Handling;

/// Where and when an event stands in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Log position; 0 while it is not in the log.
    pub position: i64,
    /// The number that the log allotted with it.
    pub number: Option<i64>,
    /// Business time.
    pub occurred_at: DateTime<Utc>,
}

/// The events of a stream do not begin with `sent`, or `sent` stands twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the events of a transfer begin with sent, and only once")]
pub struct WrongBeginning;

impl Transfer {
    /// Folds the next event.
    pub fn evolve(transfer: Option<Self>, body: &Body, place: Place) -> Result<Self, WrongBeginning> {
        let mut next = match (transfer, &body.event) {
            (None, TransferEvent::Sent(sent)) => {
                let mut new = Self::begin(body.transfer.clone(), sent.clone(), place.occurred_at);
                new.number = place.number;
                new
            }
            (Some(transfer), event) if !matches!(event, TransferEvent::Sent(_)) => {
                transfer.after(event, place.occurred_at)
            }
            (None | Some(_), _) => return Err(WrongBeginning),
        };
        next.apply_clock_changes(&body.after.clocks, place.occurred_at);
        next.version += 1;
        next.position = place.position;
        Ok(next)
    }

    /// A transfer that was just sent, before its clocks.
    pub(crate) fn begin(reference: TransferRef, sent: TransferSent, now: DateTime<Utc>) -> Self {
        Self {
            reference,
            sent,
            sent_at: now,
            number: None,
            state: State::Delivered,
            clocks: Vec::new(),
            feedback: Vec::new(),
            objection_raised: false,
            contest_raised: false,
            converted: false,
            version: 0,
            position: 0,
            updated_at: now,
        }
    }

    /// The transfer after an event, except for its clocks.
    pub(crate) fn after(mut self, event: &TransferEvent, now: DateTime<Utc>) -> Self {
        self.updated_at = now;
        self.note(event, now);
        self.state = self.next_state(event);
        self
    }

    /// What an event leaves behind beside the state.
    fn note(&mut self, event: &TransferEvent, now: DateTime<Utc>) {
        match event {
            TransferEvent::Objected(_) => self.objection_raised = true,
            TransferEvent::Converted(_) => self.converted = true,
            TransferEvent::InterimFeedbackGiven(given) => self.add_feedback(given, false, now),
            TransferEvent::FinalFeedbackGiven(given) => self.add_feedback(given, true, now),
            TransferEvent::FeedbackConfirmed(confirmed) => {
                self.mark(confirmed.feedback, FeedbackState::Confirmed);
            }
            TransferEvent::FeedbackContested(contested) => {
                self.contest_raised = true;
                self.mark(contested.feedback, FeedbackState::Contested);
            }
            TransferEvent::ContestRuled(ruled) => match ruled.ruling {
                Ruling::Upheld => self.mark(ruled.feedback, FeedbackState::Confirmed),
                Ruling::AnswerAgain => {}
            },
            TransferEvent::Sent(_)
            | TransferEvent::Signed
            | TransferEvent::Read
            | TransferEvent::Accepted
            | TransferEvent::SupplementRequested(_)
            | TransferEvent::SupplementSupplied(_)
            | TransferEvent::ObjectionAgreed(_)
            | TransferEvent::Disputed(_)
            | TransferEvent::DisputePositionTaken(_)
            | TransferEvent::DisputeAgreed(_)
            | TransferEvent::DisputeSubmitted(_)
            | TransferEvent::JurisdictionDesignated(_)
            | TransferEvent::CaseFiled(_)
            | TransferEvent::CaseNotFiled(_)
            | TransferEvent::CaseDecided(_)
            | TransferEvent::Resent(_)
            | TransferEvent::Kept(_)
            | TransferEvent::Withdrawn(_)
            | TransferEvent::Closed(_)
            | TransferEvent::TimeLimitMissed(_) => {}
        }
    }

    fn add_feedback(&mut self, given: &FeedbackGiven, is_final: bool, now: DateTime<Utc>) {
        self.feedback.push(Given {
            feedback: given.clone(),
            is_final,
            given_at: now,
            state: FeedbackState::Given,
        });
    }

    fn mark(&mut self, feedback: u32, state: FeedbackState) {
        if let Some(given) = self.feedback.iter_mut().find(|given| given.feedback.feedback == feedback) {
            given.state = state;
        }
    }

    fn next_state(&self, event: &TransferEvent) -> State {
        let handling = self.state.handling().unwrap_or(Handling::Pending);
        match event {
            TransferEvent::Sent(_) => State::Delivered,
            TransferEvent::Signed => State::Signed,
            TransferEvent::Accepted => State::Accepted(Handling::Pending),
            TransferEvent::SupplementRequested(_) => State::Supplementing { accepted: self.state.handling() },
            TransferEvent::SupplementSupplied(_) => {
                self.state.handling().map_or(State::Signed, State::Accepted)
            }
            TransferEvent::Objected(objected) => {
                State::Objected { proposed: objected.proposed_department.clone() }
            }
            TransferEvent::ObjectionAgreed(_) => State::Returned,
            TransferEvent::Disputed(_) => State::Negotiating { sender: None, receiver: None },
            TransferEvent::DisputePositionTaken(position) => {
                self.with_position(&position.party, &position.department)
            }
            TransferEvent::DisputeAgreed(agreed) => {
                if agreed.rerouted_to.is_some() {
                    State::Rerouted
                } else {
                    State::Signed
                }
            }
            TransferEvent::DisputeSubmitted(submitted) => {
                State::Submitted { superior: submitted.superior.clone() }
            }
            TransferEvent::JurisdictionDesignated(designated) => {
                if designated.rerouted_to.is_some() {
                    State::Rerouted
                } else {
                    State::Signed
                }
            }
            TransferEvent::CaseFiled(_) => State::Accepted(Handling::Filed),
            TransferEvent::CaseNotFiled(_) => State::Accepted(Handling::NotFiled),
            TransferEvent::CaseDecided(_) => State::Accepted(Handling::Decided),
            TransferEvent::FinalFeedbackGiven(given) => {
                // Final feedback implies what was not said before it: filed, and decided.
                let handling = if handling == Handling::NotFiled { handling } else { Handling::Decided };
                State::Answered { feedback: given.feedback, handling }
            }
            TransferEvent::FeedbackContested(contested) => {
                State::Contested { feedback: contested.feedback, handling }
            }
            TransferEvent::ContestRuled(ruled) => match ruled.ruling {
                Ruling::Upheld => self.state.clone(),
                Ruling::AnswerAgain => State::Accepted(handling),
            },
            TransferEvent::Resent(_) => State::Rerouted,
            TransferEvent::Withdrawn(_) => State::Withdrawn,
            TransferEvent::Closed(closed) => State::Closed(closed.reason),
            TransferEvent::Read
            | TransferEvent::Kept(_)
            | TransferEvent::Converted(_)
            | TransferEvent::InterimFeedbackGiven(_)
            | TransferEvent::FeedbackConfirmed(_)
            | TransferEvent::TimeLimitMissed(_) => self.state.clone(),
        }
    }

    /// The negotiation after one side has named a department.
    fn with_position(&self, party: &DepartmentId, department: &DepartmentId) -> State {
        let (mut sender, mut receiver) = self.positions();
        let place = if *party == self.reference.from { &mut sender } else { &mut receiver };
        *place = Some(department.clone());
        State::Negotiating { sender, receiver }
    }

    /// What the two sides of a negotiation would agree to.
    pub(crate) fn positions(&self) -> (Option<DepartmentId>, Option<DepartmentId>) {
        match &self.state {
            State::Negotiating { sender, receiver } => (sender.clone(), receiver.clone()),
            State::Delivered
            | State::Signed
            | State::Supplementing { .. }
            | State::Objected { .. }
            | State::Submitted { .. }
            | State::Returned
            | State::Accepted(_)
            | State::Answered { .. }
            | State::Contested { .. }
            | State::Rerouted
            | State::Closed(_)
            | State::Withdrawn => (None, None),
        }
    }
}
