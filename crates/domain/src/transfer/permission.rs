//! Who may act when: one table for decisions and for `allowed_actions`.

use crate::refusal::Refusal;
use contract::action::Action;
use contract::event::{DueItem, Facts};
use contract::ids::{DepartmentId, TransferId};
use contract::kind::{Routing, TransferKind};
use contract::state::{Handling, TransferState};

/// As much of a transfer as permission depends on; the read model has it too.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is an independent fact about the transfer")]
pub struct Standing {
    /// Kind.
    pub kind: TransferKind,
    /// State.
    pub state: TransferState,
    /// How far the handling of an accepted transfer has come.
    pub handling: Option<Handling>,
    /// Sender.
    pub from: DepartmentId,
    /// Receiver.
    pub to: DepartmentId,
    /// Coordination office.
    pub office: DepartmentId,
    /// Who takes the final answer.
    pub approver: DepartmentId,
    /// Holder.
    pub holder: Option<DepartmentId>,
    /// How the receiver was found.
    pub routing: Routing,
    /// What beside the state decides.
    pub facts: Facts,
    /// The receiver was not designated.
    pub objection_allowed: bool,
    /// The receiver has objected.
    pub objection_raised: bool,
    /// The sender has contested.
    pub contest_raised: bool,
    /// The notice has become a clue.
    pub converted: bool,
    /// The sender let T18 run out.
    pub confirmation_missed: bool,
    /// The case referral of which a notice informs; such a notice may not become a clue.
    pub informs_of: Option<TransferId>,
    /// How many events it has.
    pub version: i64,
    /// What the task's own date asks for now.
    pub due_item: Option<DueItem>,
}

impl Standing {
    /// The acts that a department may do now, in the order of [`Action::ALL`].
    pub fn allowed_actions(&self, by: &DepartmentId) -> Vec<Action> {
        // Of what may be asked for, an extension is offered only where there is something to extend.
        let is_idle = |action: Action| action == Action::Extension && self.facts.extendable.is_empty();
        // What is out of turn is most of them, and a refusal takes longer to put together than to foresee.
        let may = |action: &Action| {
            is_in_turn(self, *action) && permit(self, *action, by).is_ok() && !is_idle(*action)
        };
        Action::ALL.iter().copied().filter(may).collect()
    }
}

/// Whether a department may do an act now.
pub fn permit(standing: &Standing, action: Action, by: &DepartmentId) -> Result<(), Refusal> {
    if !exists(action, standing.kind) {
        return Err(Refusal::WrongKind { action });
    }
    let parties = parties(standing, action);
    match parties.first() {
        Some(first) if !parties.contains(&by) => {
            return Err(Refusal::WrongParty { action, party: (*first).clone() });
        }
        Some(_) => {}
        // Nobody can do it as things stand: nobody was urged, nobody is late.
        None => return Err(not_now(standing, action)),
    }
    let in_turn = is_in_turn(standing, action);
    if !in_turn {
        return Err(not_now(standing, action));
    }
    let is_due = matches!(
        (action, standing.due_item),
        (Action::Plan, Some(DueItem::Plan)) | (Action::Progress, Some(DueItem::Progress))
    );
    if let Some(most) = action.events_max().filter(|_| !is_due) {
        has_room(standing.version, most)?;
    }
    extra_condition(standing, action, by)
}

/// Whether a transfer of so many events takes one more that may be repeated at will.
pub(crate) const fn has_room(version: i64, most: i64) -> Result<(), Refusal> {
    if version < most { Ok(()) } else { Err(Refusal::TooManyEvents { most }) }
}

/// Whether the act exists for the kind of transfer.
const fn exists(action: Action, kind: TransferKind) -> bool {
    let is_notice = matches!(kind, TransferKind::Notice);
    let is_task = matches!(kind, TransferKind::SupervisionTask);
    let is_request = matches!(kind, TransferKind::AssistanceRequest);
    let is_case = !is_notice && !is_task && !is_request;
    match action {
        Action::Receipt
        | Action::Withdrawal
        | Action::Urge
        | Action::UrgeReply
        | Action::Supervision
        | Action::Escalation
        | Action::LatenessReason
        | Action::FailureAcknowledgement => true,
        Action::Conversion => is_notice,
        Action::Feedback
        | Action::Extension
        | Action::ExtensionDecision
        | Action::MeetingDecision
        | Action::InternalAssignment => !is_notice,
        Action::FeedbackConfirmation | Action::FeedbackContest | Action::ContestRuling => {
            !is_notice && !is_request
        }
        Action::Plan | Action::Progress | Action::Reopening => is_task,
        Action::RoutingConfirmation => is_case || is_notice,
        Action::Suspension | Action::Resumption => is_case || is_request,
        Action::Acceptance
        | Action::SupplementRequest
        | Action::Supplement
        | Action::Objection
        | Action::ObjectionAnswer
        | Action::DisputeAgreement
        | Action::DisputeSubmission
        | Action::Designation
        | Action::Filing
        | Action::Decision
        | Action::Resending
        | Action::Keeping
        | Action::JointHandling => is_case,
    }
}

/// The departments to which the act belongs; the first is the one to name.
fn parties(standing: &Standing, action: Action) -> Vec<&DepartmentId> {
    match action {
        Action::Receipt
        | Action::Acceptance
        | Action::SupplementRequest
        | Action::Objection
        | Action::Filing
        | Action::Decision
        | Action::Feedback
        | Action::Suspension
        | Action::Plan
        | Action::Progress
        | Action::JointHandling
        | Action::InternalAssignment
        | Action::Conversion => vec![&standing.to],
        Action::Resumption => vec![&standing.to, &standing.office],
        Action::Supplement
        | Action::ObjectionAnswer
        | Action::Resending
        | Action::Keeping
        | Action::Withdrawal => vec![&standing.from],
        Action::FeedbackContest | Action::Reopening => vec![&standing.approver],
        Action::FeedbackConfirmation => vec![&standing.approver, &standing.office],
        Action::Extension => standing.holder.iter().collect(),
        Action::ExtensionDecision => {
            standing.facts.extension.iter().map(|pending| &pending.decided_by).collect()
        }
        Action::Urge => {
            // Nobody urges itself.
            let is_holder = |party: &DepartmentId| standing.holder.as_ref() == Some(party);
            [&standing.from, &standing.office].into_iter().filter(|party| !is_holder(party)).collect()
        }
        Action::UrgeReply => standing.facts.urging.iter().map(|urging| &urging.department).collect(),
        Action::LatenessReason => standing.facts.late.iter().collect(),
        Action::Supervision
        | Action::Escalation
        | Action::MeetingDecision
        | Action::FailureAcknowledgement => vec![&standing.office],
        Action::RoutingConfirmation => match standing.routing {
            Routing::Office => vec![&standing.to],
            Routing::Named | Routing::Matrix | Routing::Assumed => vec![&standing.office],
        },
        Action::DisputeAgreement | Action::DisputeSubmission => vec![&standing.from, &standing.to],
        Action::ContestRuling => vec![&standing.office],
        Action::Designation => match standing.state {
            TransferState::DisputedSubmitted => standing.holder.iter().collect(),
            TransferState::Delivered
            | TransferState::Signed
            | TransferState::Supplementing
            | TransferState::Objected
            | TransferState::DisputedNegotiating
            | TransferState::Returned
            | TransferState::Accepted
            | TransferState::Answered
            | TransferState::Contested
            | TransferState::Rerouted
            | TransferState::Closed
            | TransferState::Withdrawn => vec![&standing.office],
        },
    }
}

/// Whether the act is due in the state.
fn is_in_turn(standing: &Standing, action: Action) -> bool {
    let state = standing.state;
    match action {
        Action::Receipt => state == TransferState::Delivered,
        Action::Acceptance | Action::Objection => state == TransferState::Signed,
        Action::SupplementRequest => {
            matches!(state, TransferState::Signed | TransferState::Accepted)
        }
        Action::Supplement => state == TransferState::Supplementing,
        Action::ObjectionAnswer => state == TransferState::Objected,
        Action::DisputeAgreement | Action::DisputeSubmission => state == TransferState::DisputedNegotiating,
        Action::Designation => state == TransferState::DisputedSubmitted,
        Action::Filing => state == TransferState::Accepted && standing.handling == Some(Handling::Pending),
        Action::Decision => state == TransferState::Accepted && standing.handling == Some(Handling::Filed),
        Action::Feedback => state == TransferState::Accepted,
        Action::FeedbackConfirmation | Action::FeedbackContest => state == TransferState::Answered,
        Action::ContestRuling => state == TransferState::Contested,
        Action::Resending | Action::Keeping => state == TransferState::Returned,
        Action::Suspension => state == TransferState::Accepted && standing.facts.suspension.is_none(),
        Action::Resumption => standing.facts.suspension.is_some(),
        Action::Extension => !state.is_ended() && standing.facts.extension.is_none(),
        Action::ExtensionDecision => standing.facts.extension.is_some(),
        Action::UrgeReply => standing.facts.urging.is_some(),
        Action::LatenessReason => !standing.facts.late.is_empty(),
        Action::Urge | Action::MeetingDecision | Action::FailureAcknowledgement => !state.is_ended(),
        Action::Supervision => {
            let supervised = standing.facts.supervision.as_ref().map(|open| &open.department);
            !state.is_ended() && supervised != standing.holder.as_ref()
        }
        Action::Escalation => !state.is_ended() && standing.facts.supervision.is_some(),
        Action::RoutingConfirmation => standing.facts.routing_open,
        Action::Plan | Action::Progress => state == TransferState::Accepted,
        Action::Reopening => standing.facts.struck_off,
        Action::JointHandling => {
            state == TransferState::Accepted && standing.facts.parts_outstanding.is_empty()
        }
        Action::InternalAssignment => {
            matches!(state, TransferState::Delivered | TransferState::Signed | TransferState::Accepted)
        }
        Action::Conversion => {
            matches!(state, TransferState::Delivered | TransferState::Closed) && !standing.converted
        }
        Action::Withdrawal => match state {
            TransferState::Delivered
            | TransferState::Signed
            | TransferState::Objected
            | TransferState::DisputedNegotiating
            | TransferState::DisputedSubmitted => true,
            TransferState::Supplementing => standing.handling.is_none(),
            TransferState::Returned
            | TransferState::Accepted
            | TransferState::Answered
            | TransferState::Contested
            | TransferState::Rerouted
            | TransferState::Closed
            | TransferState::Withdrawn => false,
        },
    }
}

/// Why an act is not due: it was done before, the transfer has ended, or another act is due.
fn not_now(standing: &Standing, action: Action) -> Refusal {
    let state = standing.state;
    let was_done = match action {
        Action::Receipt => state != TransferState::Delivered && state != TransferState::Withdrawn,
        Action::Acceptance => {
            matches!(state, TransferState::Accepted | TransferState::Answered | TransferState::Contested)
        }
        Action::Filing => standing.handling.is_some_and(|handling| handling != Handling::Pending),
        Action::Decision => standing.handling == Some(Handling::Decided),
        Action::Conversion => standing.converted,
        Action::Suspension => standing.facts.suspension.is_some(),
        Action::Extension => standing.facts.extension.is_some(),
        Action::Supervision => standing.facts.supervision.is_some(),
        Action::SupplementRequest
        | Action::Supplement
        | Action::Objection
        | Action::ObjectionAnswer
        | Action::DisputeAgreement
        | Action::DisputeSubmission
        | Action::Designation
        | Action::Feedback
        | Action::FeedbackConfirmation
        | Action::FeedbackContest
        | Action::ContestRuling
        | Action::Resending
        | Action::Keeping
        | Action::Resumption
        | Action::ExtensionDecision
        | Action::Urge
        | Action::UrgeReply
        | Action::Escalation
        | Action::LatenessReason
        | Action::MeetingDecision
        | Action::FailureAcknowledgement
        | Action::RoutingConfirmation
        | Action::Plan
        | Action::Progress
        | Action::Reopening
        | Action::JointHandling
        | Action::InternalAssignment
        | Action::Withdrawal => false,
    };
    if action == Action::LatenessReason {
        return Refusal::NothingLate;
    }
    if was_done {
        Refusal::AlreadyDone { action }
    } else if state.is_ended() {
        Refusal::Ended { action, state }
    } else if action == Action::Objection && standing.objection_raised {
        Refusal::ObjectionAlreadyRaised
    } else {
        Refusal::OutOfTurn { action, state, holder: standing.holder.clone() }
    }
}

/// What an act needs beyond its turn.
fn extra_condition(standing: &Standing, action: Action, by: &DepartmentId) -> Result<(), Refusal> {
    match action {
        Action::Objection if !standing.objection_allowed => Err(Refusal::ObjectionNotAllowed),
        Action::Objection if standing.objection_raised => Err(Refusal::ObjectionAlreadyRaised),
        Action::FeedbackContest if standing.contest_raised => Err(Refusal::ContestAlreadyRaised),
        // Nobody rules on its own contest; an office that approves a task itself sends it back without a ruling.
        Action::FeedbackContest if standing.office == standing.from && standing.approver == standing.from => {
            Err(Refusal::NoCommonSuperior { from: standing.from.clone(), to: standing.to.clone() })
        }
        Action::Conversion => match standing.informs_of {
            Some(transfer) => Err(Refusal::ReferralOnwardForbidden { transfer }),
            None => Ok(()),
        },
        Action::FeedbackConfirmation if *by != standing.approver && !standing.confirmation_missed => {
            Err(Refusal::ConfirmationTooEarly)
        }
        Action::SupplementRequest if standing.facts.suspension.is_some() => Err(Refusal::ResumeFirst),
        Action::Resending if standing.facts.bound_to_sender => Err(Refusal::DesignationBinding),
        // Who owes the ruling does not get around it.
        Action::MeetingDecision if standing.state == TransferState::Contested => {
            Err(not_now(standing, action))
        }
        Action::Receipt
        | Action::Acceptance
        | Action::SupplementRequest
        | Action::Supplement
        | Action::Objection
        | Action::ObjectionAnswer
        | Action::DisputeAgreement
        | Action::DisputeSubmission
        | Action::Designation
        | Action::Filing
        | Action::Decision
        | Action::Feedback
        | Action::FeedbackConfirmation
        | Action::FeedbackContest
        | Action::ContestRuling
        | Action::Resending
        | Action::Keeping
        | Action::Suspension
        | Action::Resumption
        | Action::Extension
        | Action::ExtensionDecision
        | Action::Urge
        | Action::UrgeReply
        | Action::Supervision
        | Action::Escalation
        | Action::LatenessReason
        | Action::MeetingDecision
        | Action::FailureAcknowledgement
        | Action::RoutingConfirmation
        | Action::Plan
        | Action::Progress
        | Action::Reopening
        | Action::JointHandling
        | Action::InternalAssignment
        | Action::Withdrawal => Ok(()),
    }
}
