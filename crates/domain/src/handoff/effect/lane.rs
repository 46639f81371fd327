//! What an event does to one lane.

use super::Happening;
use chrono::{DateTime, Utc};
use contract::handoff::{
    DecisionKind, Direction, HandoffAct, HandoffState, Lane, LaneFeedback, LaneOutcome, Milestone, Reverse,
};
use contract::ids::DepartmentId;

/// A reverse handoff that begins.
pub(super) fn reverse(issuer: &DepartmentId, addressee: &DepartmentId, sent_at: DateTime<Utc>) -> Reverse {
    Reverse { issuer: issuer.clone(), addressee: addressee.clone(), sent_at, binding: false, proposed: None }
}

/// What a lane keeps of the event that moved it from a state.
#[expect(clippy::too_many_lines, reason = "it is one table, which names every act")]
pub(super) fn change(lane: &mut Lane, from: HandoffState, happening: &Happening<'_>) {
    let said = happening.said;
    let now = happening.counter.now;
    if let Some(outcome) = outcome_in(lane.state).filter(|_| lane.state != from) {
        lane.outcome = Some(outcome);
    }
    if lane.state == HandoffState::ResultReady && from != HandoffState::ResultReady {
        lane.came_from = Some(from);
    }
    match happening.act {
        HandoffAct::Filing | HandoffAct::ReconsiderationFiling => {
            lane.filed_at = Some(now);
            lane.outcome = None;
            lane.notified = false;
        }
        HandoffAct::NonFiling => {
            lane.was_refused = true;
            lane.notified = false;
        }
        HandoffAct::ReconsiderationRequest => lane.was_reconsidered = true,
        HandoffAct::ReconsiderationRefusal => lane.notified = false,
        HandoffAct::Notification => lane.notified = true,
        HandoffAct::GoodsReceipt => lane.goods_handed_over = true,
        HandoffAct::Milestone => reach(lane, said.milestone),
        HandoffAct::InvestigationEnding => lane.outcome = Some(LaneOutcome::InvestigationEnded),
        HandoffAct::Judgment | HandoffAct::Exemption => {
            lane.outcome = Some(LaneOutcome::Judged);
            lane.verdict = said.verdict;
            lane.court_fine_fen = said.fine_fen;
        }
        HandoffAct::ReviewSuspension => lane.review_suspended = true,
        HandoffAct::ReviewResumption => lane.review_suspended = false,
        HandoffAct::ReverseObjection => {
            if let Some(reverse) = &mut lane.reverse {
                reverse.proposed.clone_from(&said.department);
            }
        }
        HandoffAct::ReverseDesignation => {
            if let (Some(reverse), Some(addressee)) = (&mut lane.reverse, &said.department) {
                reverse.addressee.clone_from(addressee);
                reverse.binding = true;
            }
        }
        HandoffAct::AdministrativeDecision => {
            lane.decision = said.decision;
            lane.administrative_fine_fen = said.fine_fen;
        }
        HandoffAct::Resending => lane.decision = Some(DecisionKind::SentElsewhere),
        HandoffAct::FeedbackConfirmation => {
            if let Some(feedback) = &mut lane.feedback {
                super::add(&mut feedback.confirmed, happening.by);
            }
        }
        HandoffAct::Reopening => {
            lane.feedback = None;
            lane.decision = None;
        }
        HandoffAct::Splitting => lane.went_to = said.handoff,
        HandoffAct::Opening
        | HandoffAct::Suspicion
        | HandoffAct::Consultation
        | HandoffAct::ConsultationReply
        | HandoffAct::ConsultationEnding
        | HandoffAct::LegalReview
        | HandoffAct::Report
        | HandoffAct::Approval
        | HandoffAct::Refusal
        | HandoffAct::TransferOpinion
        | HandoffAct::Dispatch
        | HandoffAct::Receipt
        | HandoffAct::ReceiptRefusal
        | HandoffAct::CompetenceFinding
        | HandoffAct::Redirection
        | HandoffAct::Return
        | HandoffAct::SupplementRequest
        | HandoffAct::Supplement
        | HandoffAct::SupplementExplanation
        | HandoffAct::ReviewExtension
        | HandoffAct::NoticeReceipt
        | HandoffAct::OverdueComplaint
        | HandoffAct::OverdueExplanationRequest
        | HandoffAct::OverdueExplanation
        | HandoffAct::OverdueDismissal
        | HandoffAct::FilingOrder
        | HandoffAct::CorrectionOpinion
        | HandoffAct::GoodsHandover
        | HandoffAct::SupervisionSuggestion
        | HandoffAct::SupervisionOpening
        | HandoffAct::ResultAcceptance
        | HandoffAct::ReasonRequest
        | HandoffAct::ReasonExplanation
        | HandoffAct::ReasonUpholding
        | HandoffAct::SenderNotification
        | HandoffAct::InvestigationUrging
        | HandoffAct::CaseWithdrawal
        | HandoffAct::PoliceTransfer
        | HandoffAct::ReverseTransfer
        | HandoffAct::NonProsecution
        | HandoffAct::ReviewRegistration
        | HandoffAct::NoPenalty
        | HandoffAct::AdministrativeOpinion
        | HandoffAct::ReverseAcceptance
        | HandoffAct::AdministrativeHandling
        | HandoffAct::ResultFeedback
        | HandoffAct::SuspectAddition
        | HandoffAct::Joining
        | HandoffAct::JoinedAway
        | HandoffAct::EvidenceHolding
        | HandoffAct::EvidenceDisposal
        | HandoffAct::PenaltyRevocation
        | HandoffAct::PublicationWithdrawal
        | HandoffAct::ClueReceipt
        | HandoffAct::ClueResult
        | HandoffAct::TimeLimitMiss
        | HandoffAct::Recalculation
        | HandoffAct::Lapse => {}
    }
    let goes_back = matches!(
        happening.act,
        HandoffAct::ReverseTransfer | HandoffAct::AdministrativeOpinion | HandoffAct::Exemption
    );
    if let (true, Some(addressee)) = (goes_back, &said.department) {
        lane.reverse = Some(reverse(happening.by, addressee, now));
    }
}

/// Of the investigation, the lane keeps only what the sender is told.
fn reach(lane: &mut Lane, milestone: Option<Milestone>) {
    let told = milestone.filter(|milestone| !milestone.is_investigative());
    if told.is_some() {
        lane.milestone = told;
    }
    if told == Some(Milestone::Prosecution) {
        lane.outcome = Some(LaneOutcome::Prosecuted);
    }
}

/// The result goes to every upstream party but the one that gives it.
pub(super) fn give_feedback(lane: &mut Lane, happening: &Happening<'_>, upstream: &[DepartmentId]) {
    if !matches!(happening.act, HandoffAct::ResultFeedback | HandoffAct::ClueResult) {
        return;
    }
    let mut to: Vec<_> = upstream.iter().filter(|party| *party != happening.by).cloned().collect();
    // The agency that handed it over waits for it, and whoever handed the lane back.
    if happening.reference.direction == Direction::Forward {
        super::add(&mut to, &happening.reference.from);
    }
    if let Some(issuer) = lane.reverse.as_ref().map(|reverse| &reverse.issuer) {
        super::add(&mut to, issuer);
    }
    to.retain(|party| party != happening.by);
    lane.feedback = Some(LaneFeedback {
        given_at: happening.counter.now,
        by: happening.by.clone(),
        to,
        confirmed: Vec::new(),
    });
}

/// What came out on the criminal side of a lane that stands somewhere, for the outcome of its way there.
const fn outcome_in(state: HandoffState) -> Option<LaneOutcome> {
    match state {
        HandoffState::NotTransferred => Some(LaneOutcome::NotTransferred),
        HandoffState::BackToSender => Some(LaneOutcome::NotPoliceMatter),
        HandoffState::NotFiled => Some(LaneOutcome::NotFiled),
        HandoffState::Withdrawn => Some(LaneOutcome::Withdrawn),
        HandoffState::NonprosReview => Some(LaneOutcome::NonProsecuted),
        HandoffState::Investigating
        | HandoffState::TaskForce
        | HandoffState::AwaitHead
        | HandoffState::OrderedToTransfer
        | HandoffState::Approved
        | HandoffState::Presented
        | HandoffState::Accepted
        | HandoffState::Supplementing
        | HandoffState::SupervisionOverdue
        | HandoffState::Filed
        | HandoffState::Reconsidering
        | HandoffState::ReconUpheld
        | HandoffState::Supervision
        | HandoffState::Explaining
        | HandoffState::ReasonReview
        | HandoffState::OrderedToFile
        | HandoffState::ReversePending
        | HandoffState::Dispute
        | HandoffState::AdminHandling
        | HandoffState::ResultReady
        | HandoffState::SupervisoryClue
        | HandoffState::ClueReceived
        | HandoffState::Closed
        | HandoffState::Joined
        | HandoffState::Split => None,
    }
}
