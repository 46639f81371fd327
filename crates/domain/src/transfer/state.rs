//! What a transfer is, between two events.

use crate::civil;
use crate::transfer::clocks::Clock;
use crate::transfer::permission::Standing;
use chrono::{DateTime, Utc};
use contract::clock::{ClockCode, LadderStep};
use contract::event::{
    AssignedInternally, CloseReason, DueItem, Facts, FeedbackGiven, Link, LinkReason, Part, Participant,
    Suspension, Terms, TransferRef, TransferSent,
};
use contract::ids::{DepartmentId, TransferId};
use contract::kind::TransferKind;
use contract::state::{Handling, TransferState};

/// A transfer, folded from its events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// Which one, of what kind, between whom.
    pub reference: TransferRef,
    /// What was sent.
    pub sent: TransferSent,
    /// When it was sent.
    pub sent_at: DateTime<Utc>,
    /// Its running number in the sender's series of the year.
    pub number: Option<i64>,
    /// Where it stands.
    pub state: State,
    /// Its clocks, in the order in which they began.
    pub clocks: Vec<Clock>,
    /// What the receiver answered so far.
    pub feedback: Vec<Given>,
    /// The receiver has objected.
    pub objection_raised: bool,
    /// The sender has contested.
    pub contest_raised: bool,
    /// A notice has become a clue.
    pub converted: bool,
    /// What beside the state decides who may do what.
    pub facts: Facts,
    /// The steps beyond supervision that the office took, and against whom.
    pub escalations: Vec<(DepartmentId, LadderStep)>,
    /// Requests for assistance that are not answered, with whom they were sent to.
    pub requests: Vec<Participant>,
    /// Who takes part in a joint handling.
    pub participants: Vec<Participant>,
    /// What they contributed so far.
    pub parts: Vec<Part>,
    /// Who in the departments works on it: the last internal assignment of each.
    pub assignments: Vec<AssignedInternally>,
    /// How many events it has.
    pub version: i64,
    /// Log position of the last of them; 0 while it is not in the log.
    pub position: i64,
    /// Business time of the last of them.
    pub updated_at: DateTime<Utc>,
}

/// Where a transfer stands, with what only that state knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// In the log.
    Delivered,
    /// Signed.
    Signed,
    /// The sender owes a supplement.
    Supplementing {
        /// How far an accepted transfer had come; `None` when it was only signed.
        accepted: Option<Handling>,
    },
    /// The sender owes an answer to the objection.
    Objected {
        /// Whom the receiver proposes.
        proposed: DepartmentId,
    },
    /// The two sides negotiate.
    Negotiating {
        /// What the sender would agree to.
        sender: Option<DepartmentId>,
        /// What the receiver would agree to.
        receiver: Option<DepartmentId>,
    },
    /// The common superior owes a designation.
    Submitted {
        /// The superior.
        superior: DepartmentId,
    },
    /// The sender owes a new transfer or a reason to keep it.
    Returned,
    /// The receiver handles it.
    Accepted(Handling),
    /// Final feedback waits for confirmation.
    Answered {
        /// Which feedback.
        feedback: u32,
        /// How far the handling had come.
        handling: Handling,
    },
    /// The office owes a ruling.
    Contested {
        /// Which feedback.
        feedback: u32,
        /// How far the handling had come.
        handling: Handling,
    },
    /// A linked transfer took its place.
    Rerouted,
    /// Closed.
    Closed(CloseReason),
    /// Withdrawn.
    Withdrawn,
}

/// One feedback and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// What was said.
    pub feedback: FeedbackGiven,
    /// Whether it is the final answer.
    pub is_final: bool,
    /// When.
    pub given_at: DateTime<Utc>,
    /// What became of it.
    pub state: FeedbackState,
}

/// What became of a feedback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeedbackState {
    /// Given.
    Given,
    /// Confirmed.
    Confirmed,
    /// Contested, and not ruled upon.
    Contested,
    /// Ruled upon by the office after a contest.
    Ruled,
}

impl State {
    /// The state's name in data.
    pub const fn name(&self) -> TransferState {
        match self {
            Self::Delivered => TransferState::Delivered,
            Self::Signed => TransferState::Signed,
            Self::Supplementing { .. } => TransferState::Supplementing,
            Self::Objected { .. } => TransferState::Objected,
            Self::Negotiating { .. } => TransferState::DisputedNegotiating,
            Self::Submitted { .. } => TransferState::DisputedSubmitted,
            Self::Returned => TransferState::Returned,
            Self::Accepted(_) => TransferState::Accepted,
            Self::Answered { .. } => TransferState::Answered,
            Self::Contested { .. } => TransferState::Contested,
            Self::Rerouted => TransferState::Rerouted,
            Self::Closed(_) => TransferState::Closed,
            Self::Withdrawn => TransferState::Withdrawn,
        }
    }

    /// How far the handling of an accepted transfer has come.
    pub const fn handling(&self) -> Option<Handling> {
        match self {
            Self::Accepted(handling) | Self::Answered { handling, .. } | Self::Contested { handling, .. } => {
                Some(*handling)
            }
            Self::Supplementing { accepted } => *accepted,
            Self::Delivered
            | Self::Signed
            | Self::Objected { .. }
            | Self::Negotiating { .. }
            | Self::Submitted { .. }
            | Self::Returned
            | Self::Rerouted
            | Self::Closed(_)
            | Self::Withdrawn => None,
        }
    }
}

impl Transfer {
    /// The holder 承办方: the one department that owes the next step; `None` once the transfer has ended.
    pub fn holder(&self) -> Option<&DepartmentId> {
        match &self.state {
            State::Delivered | State::Signed | State::Accepted(_) => Some(&self.reference.to),
            State::Supplementing { .. }
            | State::Objected { .. }
            | State::Negotiating { .. }
            | State::Returned => Some(&self.reference.from),
            State::Answered { .. } => Some(self.approver()),
            State::Submitted { superior } => Some(superior),
            State::Contested { .. } => Some(&self.sent.office),
            State::Rerouted | State::Closed(_) | State::Withdrawn => None,
        }
    }

    /// Who takes the final answer: the sender, but for a task whose sender counts as its receiver.
    pub fn approver(&self) -> &DepartmentId {
        self.sent.terms.approver.as_ref().unwrap_or(&self.reference.from)
    }

    /// The transfer that this one assists: its answer is written there too.
    pub fn assists(&self) -> Option<TransferId> {
        let is_request = self.reference.kind == TransferKind::AssistanceRequest;
        self.sent.origin.as_ref().filter(|_| is_request).map(|origin| origin.transfer)
    }

    /// The clock that runs or pauses under a code.
    pub fn open_clock(&self, code: ClockCode) -> Option<&Clock> {
        self.clocks.iter().find(|clock| clock.code == code && clock.is_open())
    }

    /// The facts at a moment: a suspension whose last day is over has ended, recorded or not.
    fn facts_at(&self, now: DateTime<Utc>) -> Facts {
        let is_over = |suspension: &mut Suspension| civil::end_of(suspension.until) <= now;
        let mut facts = self.facts.clone();
        facts.suspension.take_if(is_over);
        facts
    }

    /// What decides whether an act is permitted at a moment.
    pub fn standing(&self, now: DateTime<Utc>) -> Standing {
        Standing {
            kind: self.reference.kind,
            state: self.state.name(),
            handling: self.state.handling(),
            from: self.reference.from.clone(),
            to: self.reference.to.clone(),
            office: self.sent.office.clone(),
            approver: self.approver().clone(),
            routing: self.sent.routing,
            facts: self.facts_at(now),
            holder: self.holder().cloned(),
            objection_allowed: self.sent.objection_allowed,
            objection_raised: self.objection_raised,
            contest_raised: self.contest_raised,
            converted: self.converted,
            confirmation_missed: self.open_clock(ClockCode::T18).is_some_and(|clock| clock.ran_out(now)),
            informs_of: informs_of(&self.reference.from, self.sent.origin.as_ref(), &self.sent.terms),
            version: self.version,
            due_item: due_item(&self.sent.terms, self.open_clock(ClockCode::T21).map(|clock| clock.run)),
        }
    }
}

/// The case referral of which a transfer informs: the one that it was sent for, or one further up from which its sender
/// may hand nothing on. What informs of a referral may not become a transfer.
pub fn informs_of(from: &DepartmentId, origin: Option<&Link>, terms: &Terms) -> Option<TransferId> {
    let informed = origin.filter(|origin| origin.reason == LinkReason::Informed);
    let above = terms.referrals.iter().find(|above| above.receiver == *from);
    informed.map(|origin| origin.transfer).or(above.map(|above| above.transfer))
}

/// What the task's own date of a run of T21 asks for; nothing while none runs.
pub fn due_item(terms: &Terms, run: Option<u32>) -> Option<DueItem> {
    let nth = usize::try_from(run?.checked_sub(1)?).ok()?;
    terms.due_dates.get(nth).map(|date| date.item)
}
