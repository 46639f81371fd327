//! Who may act when: one table for decisions and for `allowed_actions`.

use crate::refusal::Refusal;
use contract::action::Action;
use contract::ids::{DepartmentId, TransferId};
use contract::kind::TransferKind;
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
    /// Holder.
    pub holder: Option<DepartmentId>,
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
}

impl Standing {
    /// The acts that a department may do now, in the order of [`Action::ALL`].
    pub fn allowed_actions(&self, by: &DepartmentId) -> Vec<Action> {
        Action::ALL.iter().copied().filter(|action| permit(self, *action, by).is_ok()).collect()
    }
}

/// Whether a department may do an act now.
pub fn permit(standing: &Standing, action: Action, by: &DepartmentId) -> Result<(), Refusal> {
    if !exists(action, standing.kind) {
        return Err(Refusal::WrongKind { action });
    }
    if !parties(standing, action).contains(&by) {
        let party = parties(standing, action).first().map_or(by, |party| *party).clone();
        return Err(Refusal::WrongParty { action, party });
    }
    let in_turn = is_in_turn(standing, action);
    if !in_turn {
        return Err(not_now(standing, action));
    }
    extra_condition(standing, action, by)
}

/// Whether the act exists for the kind of transfer.
const fn exists(action: Action, kind: TransferKind) -> bool {
    let (is_notice, is_task) =
        (matches!(kind, TransferKind::Notice), matches!(kind, TransferKind::SupervisionTask));
    match action {
        Action::Receipt | Action::Withdrawal => true,
        Action::Conversion => is_notice,
        Action::Feedback | Action::FeedbackConfirmation | Action::FeedbackContest | Action::ContestRuling => {
            !is_notice
        }
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
        | Action::Keeping => !is_notice && !is_task,
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
        | Action::Conversion => vec![&standing.to],
        Action::Supplement
        | Action::ObjectionAnswer
        | Action::FeedbackContest
        | Action::Resending
        | Action::Keeping
        | Action::Withdrawal => vec![&standing.from],
        Action::FeedbackConfirmation => vec![&standing.from, &standing.office],
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
        Action::SupplementRequest => matches!(state, TransferState::Signed | TransferState::Accepted),
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
        | Action::Withdrawal => false,
    };
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
        // Nobody rules on its own contest.
        Action::FeedbackContest if standing.office == standing.from => {
            Err(Refusal::NoCommonSuperior { from: standing.from.clone(), to: standing.to.clone() })
        }
        Action::Conversion => match standing.informs_of {
            Some(transfer) => Err(Refusal::ReferralOnwardForbidden { transfer }),
            None => Ok(()),
        },
        Action::FeedbackConfirmation if *by != standing.from && !standing.confirmation_missed => {
            Err(Refusal::ConfirmationTooEarly)
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
        | Action::Withdrawal => Ok(()),
    }
}
