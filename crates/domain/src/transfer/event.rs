//! How events move a transfer.

use crate::transfer::state::{FeedbackState, Given, State, Transfer};
use chrono::{DateTime, Utc};
use contract::event::{
    AssistanceReplied, Body, Facts, FeedbackGiven, MeetingDecision, OpenSupervision, OpenUrging, Part,
    Participant, PendingExtension, Ruling, Suspension, TransferEvent, TransferRef, TransferSent,
};
use contract::ids::DepartmentId;
use contract::kind::{Routing, TransferKind};
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
        next.apply_clocks(&body.event, &body.after.clocks, place.occurred_at);
        // What depends on the rule pack is taken from whoever had it.
        next.facts.extendable.clone_from(&body.after.facts.extendable);
        next.version += 1;
        next.position = place.position;
        Ok(next)
    }

    /// A transfer that was just sent, before its clocks.
    pub(crate) fn begin(reference: TransferRef, sent: TransferSent, now: DateTime<Utc>) -> Self {
        let facts = Facts {
            routing_open: matches!(sent.routing, Routing::Assumed | Routing::Office),
            ..Facts::default()
        };
        Self {
            reference,
            sent,
            facts,
            escalations: Vec::new(),
            participants: Vec::new(),
            requests: Vec::new(),
            parts: Vec::new(),
            assignments: Vec::new(),
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
        let holder_before = self.holder().cloned();
        self.updated_at = now;
        self.note(event, now);
        self.note_facts(event, now);
        self.state = self.next_state(event);
        let ended = self.state.name().is_ended();
        let is_task = self.reference.kind == TransferKind::SupervisionTask;
        self.facts.struck_off = is_task && matches!(self.state, State::Closed(_));
        self.facts.suspension.take_if(|_| self.state.handling().is_none() || ended);
        self.facts.extension.take_if(|_| ended);
        self.facts.criminal_handoff.take_if(|_| ended);
        self.facts.urging.take_if(|_| ended);
        self.facts.routing_open &= !ended;
        if ended {
            self.facts.parts_outstanding.clear();
        }
        // A supervision by hand is about the one who held the transfer; who holds it next is not supervised.
        let holder = self.holder().cloned();
        self.facts.supervision.take_if(|supervision| {
            let was_his = holder_before.as_ref() == Some(&supervision.department);
            supervision.code.is_none() && was_his && holder.as_ref() != Some(&supervision.department)
        });
        self
    }

    /// What an event says about the facts that do not follow from the clocks.
    #[expect(
        clippy::too_many_lines,
        reason = "each event has its arm, so that a new one breaks the build here"
    )]
    fn note_facts(&mut self, event: &TransferEvent, now: DateTime<Utc>) {
        let facts = &mut self.facts;
        match event {
            TransferEvent::Suspended(suspended) => {
                let (reason, until) = (suspended.reason, suspended.until);
                facts.suspension = Some(Suspension { reason, since: now, until });
            }
            TransferEvent::Resumed(_) | TransferEvent::FinalFeedbackGiven(_) => facts.suspension = None,
            TransferEvent::ExtensionRequested(requested) => {
                // The first time the head of the department decides, after that the office.
                let by_office = requested.ordinal > 1;
                let decided_by = if by_office { &self.sent.office } else { &requested.owner }.clone();
                let (code, run, until) = (requested.code, requested.run, requested.until);
                facts.extension = Some(PendingExtension { code, run, decided_by, by_office, until });
            }
            TransferEvent::ExtensionGranted(_) | TransferEvent::ExtensionRefused(_) => facts.extension = None,
            TransferEvent::Urged(urged) => {
                let (department, code, run) = (urged.department.clone(), urged.code, urged.run);
                facts.urge(OpenUrging { department, code, run });
            }
            TransferEvent::Supervised(supervised) => {
                let department = supervised.department.clone();
                let (code, run) = (supervised.code, supervised.run);
                facts.urge(OpenUrging { department: department.clone(), code, run });
                facts.supervision = Some(OpenSupervision { department, at: now, code, run });
            }
            TransferEvent::UrgeReplied(_) => facts.urging = None,
            TransferEvent::CrimeFound(found) => facts.criminal_handoff = Some(found.handoff),
            TransferEvent::CriminalOutcomeArrived(_) => facts.criminal_handoff = None,
            TransferEvent::Escalated(escalated) => {
                self.escalations.push((escalated.department.clone(), escalated.step));
            }
            TransferEvent::FailureAcknowledged(known) => {
                facts.acknowledged_until = Some(known.until);
                facts.acknowledged_at = Some(now);
            }
            TransferEvent::JurisdictionDesignated(designated) => {
                facts.bound_to_sender = designated.department == self.reference.from;
            }
            TransferEvent::RoutingConfirmed(_) => facts.routing_open = false,
            TransferEvent::JointHandlingOpened(opened) => {
                let departments = opened.participants.iter().map(|one| one.department.clone());
                facts.parts_outstanding = departments.collect();
                self.participants.extend(opened.participants.iter().cloned());
                self.requests.extend(opened.participants.iter().cloned());
            }
            TransferEvent::AssistanceRequested(asked) => {
                let (department, request) = (asked.department.clone(), asked.request);
                self.requests.push(Participant { department, request });
            }
            TransferEvent::AssistanceEnded(ended) => {
                self.requests.retain(|one| one.request != ended.request);
                if self.participants.iter().any(|one| one.request == ended.request) {
                    facts.parts_outstanding.retain(|one| *one != ended.department);
                }
            }
            TransferEvent::Reopened(_) => {
                facts.supervision = None;
                self.escalations.clear();
            }
            TransferEvent::AssignedInternally(assigned) => {
                self.assignments.retain(|earlier| earlier.department != assigned.department);
                self.assignments.push(assigned.clone());
            }
            TransferEvent::AssistanceReplied(replied) => self.take_part(replied),
            TransferEvent::Sent(_)
            | TransferEvent::Signed
            | TransferEvent::Read
            | TransferEvent::Accepted
            | TransferEvent::SupplementRequested(_)
            | TransferEvent::SupplementSupplied(_)
            | TransferEvent::Objected(_)
            | TransferEvent::ObjectionAgreed(_)
            | TransferEvent::Disputed(_)
            | TransferEvent::DisputePositionTaken(_)
            | TransferEvent::DisputeAgreed(_)
            | TransferEvent::DisputeSubmitted(_)
            | TransferEvent::CaseFiled(_)
            | TransferEvent::CaseNotFiled(_)
            | TransferEvent::CaseDecided(_)
            | TransferEvent::InterimFeedbackGiven(_)
            | TransferEvent::FeedbackConfirmed(_)
            | TransferEvent::FeedbackContested(_)
            | TransferEvent::ContestRuled(_)
            | TransferEvent::Resent(_)
            | TransferEvent::Kept(_)
            | TransferEvent::Converted(_)
            | TransferEvent::Withdrawn(_)
            | TransferEvent::Closed(_)
            | TransferEvent::TimeLimitMissed(_)
            | TransferEvent::TimeLimitWarned(_)
            | TransferEvent::ClocksRecalculated(_)
            | TransferEvent::LatenessExplained(_)
            | TransferEvent::MeetingDecided(_)
            | TransferEvent::PlanFiled(_)
            | TransferEvent::ProgressReported(_) => {}
        }
    }

    /// A reply that is the part of a participant in a joint handling.
    fn take_part(&mut self, replied: &AssistanceReplied) {
        self.requests.retain(|one| one.request != replied.request);
        if self.participants.iter().any(|one| one.request == replied.request) {
            self.facts.parts_outstanding.retain(|one| *one != replied.department);
            self.parts.push(Part {
                department: replied.department.clone(),
                request: replied.request,
                text: replied.text.clone(),
                outcome: replied.outcome,
            });
        }
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
            TransferEvent::ContestRuled(ruled) => self.mark(ruled.feedback, FeedbackState::Ruled),
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
            | TransferEvent::TimeLimitMissed(_)
            | TransferEvent::TimeLimitWarned(_)
            | TransferEvent::ClocksRecalculated(_)
            | TransferEvent::Suspended(_)
            | TransferEvent::Resumed(_)
            | TransferEvent::ExtensionRequested(_)
            | TransferEvent::ExtensionGranted(_)
            | TransferEvent::ExtensionRefused(_)
            | TransferEvent::LatenessExplained(_)
            | TransferEvent::Urged(_)
            | TransferEvent::UrgeReplied(_)
            | TransferEvent::Supervised(_)
            | TransferEvent::Escalated(_)
            | TransferEvent::MeetingDecided(_)
            | TransferEvent::FailureAcknowledged(_)
            | TransferEvent::RoutingConfirmed(_)
            | TransferEvent::PlanFiled(_)
            | TransferEvent::ProgressReported(_)
            | TransferEvent::Reopened(_)
            | TransferEvent::AssistanceRequested(_)
            | TransferEvent::AssistanceReplied(_)
            | TransferEvent::AssistanceEnded(_)
            | TransferEvent::CrimeFound(_)
            | TransferEvent::CriminalOutcomeArrived(_)
            | TransferEvent::JointHandlingOpened(_)
            | TransferEvent::AssignedInternally(_) => {}
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

    #[expect(
        clippy::too_many_lines,
        reason = "each event has its arm, so that a new one breaks the build here"
    )]
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
                // The handling begins anew: what was wrongly not filed can be filed now.
                Ruling::AnswerAgain => State::Accepted(Handling::Pending),
            },
            TransferEvent::Resent(_) => State::Rerouted,
            TransferEvent::Withdrawn(_) => State::Withdrawn,
            TransferEvent::Closed(closed) => State::Closed(closed.reason),
            TransferEvent::Reopened(_) => State::Accepted(Handling::Pending),
            TransferEvent::RoutingConfirmed(confirmed) => {
                if confirmed.rerouted_to.is_some() {
                    State::Rerouted
                } else {
                    self.state.clone()
                }
            }
            TransferEvent::MeetingDecided(meeting) => match &meeting.decision {
                MeetingDecision::FixLead { rerouted_to: Some(_), .. } => State::Rerouted,
                MeetingDecision::FixLead { .. } if self.state.handling().is_none() => State::Signed,
                MeetingDecision::FixLead { .. } | MeetingDecision::Extend { .. } | MeetingDecision::Close => {
                    self.state.clone()
                }
            },
            TransferEvent::TimeLimitWarned(_)
            | TransferEvent::ClocksRecalculated(_)
            | TransferEvent::Suspended(_)
            | TransferEvent::Resumed(_)
            | TransferEvent::ExtensionRequested(_)
            | TransferEvent::ExtensionGranted(_)
            | TransferEvent::ExtensionRefused(_)
            | TransferEvent::LatenessExplained(_)
            | TransferEvent::Urged(_)
            | TransferEvent::UrgeReplied(_)
            | TransferEvent::Supervised(_)
            | TransferEvent::Escalated(_)
            | TransferEvent::FailureAcknowledged(_)
            | TransferEvent::PlanFiled(_)
            | TransferEvent::ProgressReported(_)
            | TransferEvent::AssistanceRequested(_)
            | TransferEvent::AssistanceReplied(_)
            | TransferEvent::AssistanceEnded(_)
            | TransferEvent::CrimeFound(_)
            | TransferEvent::CriminalOutcomeArrived(_)
            | TransferEvent::JointHandlingOpened(_)
            | TransferEvent::AssignedInternally(_) => self.state.clone(),
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
