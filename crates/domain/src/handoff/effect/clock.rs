//! Which clocks an event starts, stops and pauses.

use super::super::role;
use super::super::table::Row;
use super::{Happening, push_notice};
use contract::handoff::{HandoffAct, HandoffAfter, HandoffClock, HandoffState, Lane, Milestone};

/// The clocks of the review before filing: one of them runs.
const REVIEW: [HandoffClock; 3] = [HandoffClock::C07, HandoffClock::C07Seven, HandoffClock::C07Thirty];

/// Stops and starts what the rows of the moved lanes say, and serves, pauses and resumes.
pub(super) fn move_clocks(
    after: &mut HandoffAfter,
    happening: &Happening<'_>,
    moved: &[(u32, &'static Row)],
) {
    let counter = &happening.counter;
    for (number, row) in moved {
        for code in row.stops {
            if is_met(after, happening, *code, *number) {
                counter.stop(after, *code, Some(*number));
            }
        }
    }
    let mut started: Vec<HandoffClock> = Vec::new();
    for (number, row) in moved {
        for code in row.starts {
            if super::super::clocks::is_per_lane(*code) {
                counter.start(after, *code, Some(*number), counter.now);
            } else if !started.contains(code) {
                started.push(*code);
                counter.start(after, *code, None, counter.now);
            }
        }
    }
    serve(after, happening, moved);
    pause_and_resume(after, happening, moved);
}

/// Whether an act that stops a clock meets its duty: telling meets what the teller owes, and a decision in one lane does
/// not explain the silence in another.
#[expect(clippy::too_many_lines, reason = "it is one table, which names every act")]
fn is_met(after: &HandoffAfter, happening: &Happening<'_>, code: HandoffClock, lane: u32) -> bool {
    let is_silent = |lane: &Lane| lane.state == HandoffState::SupervisionOverdue;
    match happening.act {
        HandoffAct::SenderNotification => after.clocks.iter().any(|run| {
            let is_here = run.code == code && run.lane.is_none_or(|number| number == lane);
            is_here && run.is_owed() && run.owner == *happening.by
        }),
        HandoffAct::Filing | HandoffAct::NonFiling if code == HandoffClock::C16 => {
            !after.lanes.iter().any(is_silent)
        }
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
        | HandoffAct::Filing
        | HandoffAct::NonFiling
        | HandoffAct::Notification
        | HandoffAct::NoticeReceipt
        | HandoffAct::OverdueComplaint
        | HandoffAct::OverdueExplanationRequest
        | HandoffAct::OverdueExplanation
        | HandoffAct::OverdueDismissal
        | HandoffAct::FilingOrder
        | HandoffAct::CorrectionOpinion
        | HandoffAct::GoodsHandover
        | HandoffAct::GoodsReceipt
        | HandoffAct::ReconsiderationRequest
        | HandoffAct::ReconsiderationFiling
        | HandoffAct::ReconsiderationRefusal
        | HandoffAct::SupervisionSuggestion
        | HandoffAct::SupervisionOpening
        | HandoffAct::ResultAcceptance
        | HandoffAct::ReasonRequest
        | HandoffAct::ReasonExplanation
        | HandoffAct::ReasonUpholding
        | HandoffAct::Milestone
        | HandoffAct::InvestigationUrging
        | HandoffAct::CaseWithdrawal
        | HandoffAct::InvestigationEnding
        | HandoffAct::PoliceTransfer
        | HandoffAct::ReverseTransfer
        | HandoffAct::NonProsecution
        | HandoffAct::ReviewRegistration
        | HandoffAct::ReviewSuspension
        | HandoffAct::ReviewResumption
        | HandoffAct::NoPenalty
        | HandoffAct::AdministrativeOpinion
        | HandoffAct::ReverseAcceptance
        | HandoffAct::ReverseObjection
        | HandoffAct::ReverseDesignation
        | HandoffAct::AdministrativeHandling
        | HandoffAct::AdministrativeDecision
        | HandoffAct::Resending
        | HandoffAct::ResultFeedback
        | HandoffAct::FeedbackConfirmation
        | HandoffAct::Judgment
        | HandoffAct::Exemption
        | HandoffAct::Reopening
        | HandoffAct::SuspectAddition
        | HandoffAct::Joining
        | HandoffAct::JoinedAway
        | HandoffAct::Splitting
        | HandoffAct::EvidenceHolding
        | HandoffAct::EvidenceDisposal
        | HandoffAct::PenaltyRevocation
        | HandoffAct::PublicationWithdrawal
        | HandoffAct::ClueReceipt
        | HandoffAct::ClueResult
        | HandoffAct::TimeLimitMiss
        | HandoffAct::Recalculation
        | HandoffAct::Lapse => true,
    }
}

/// The paper whose arrival starts a clock is on its way.
fn serve(after: &mut HandoffAfter, happening: &Happening<'_>, moved: &[(u32, &'static Row)]) {
    let Some((clock, to)) = moved.iter().find_map(|(_, row)| row.serves) else { return };
    let lanes: Vec<u32> = moved.iter().map(|(number, _)| *number).collect();
    let first = after.lanes.iter().find(|lane| Some(lane.number) == lanes.first().copied());
    let addressee = first.and_then(|lane| role::organ(to, after, lane)).cloned();
    let Some(to) = addressee else { return };
    let lanes = if super::super::clocks::is_per_lane(clock) { lanes } else { Vec::new() };
    push_notice(after, clock, lanes, to, &happening.counter);
}

#[expect(clippy::too_many_lines, reason = "it is one table, which names every act")]
fn pause_and_resume(after: &mut HandoffAfter, happening: &Happening<'_>, moved: &[(u32, &'static Row)]) {
    let counter = &happening.counter;
    for (number, _) in moved {
        let number = *number;
        let state = after.lanes.iter().find(|lane| lane.number == number).map(|lane| lane.state);
        match happening.act {
            HandoffAct::Suspicion => counter.pause(after, HandoffClock::C26, Some(number)),
            HandoffAct::ReviewSuspension => counter.pause(after, HandoffClock::C22, Some(number)),
            HandoffAct::ReviewResumption => {
                counter.resume(after, HandoffClock::C22, Some(number));
            }
            HandoffAct::SupplementRequest if counter.rules.supplement_pauses_filing => {
                for code in REVIEW {
                    counter.pause(after, code, None);
                }
            }
            HandoffAct::Supplement | HandoffAct::SupplementExplanation => {
                for code in REVIEW {
                    counter.resume(after, code, None);
                }
            }
            HandoffAct::Milestone if happening.said.milestone == Some(Milestone::TransferForProsecution) => {
                counter.stop(after, HandoffClock::C17, Some(number));
            }
            HandoffAct::Opening
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
            | HandoffAct::ReviewExtension
            | HandoffAct::Filing
            | HandoffAct::NonFiling
            | HandoffAct::Notification
            | HandoffAct::NoticeReceipt
            | HandoffAct::OverdueComplaint
            | HandoffAct::OverdueExplanationRequest
            | HandoffAct::OverdueExplanation
            | HandoffAct::OverdueDismissal
            | HandoffAct::FilingOrder
            | HandoffAct::CorrectionOpinion
            | HandoffAct::GoodsHandover
            | HandoffAct::GoodsReceipt
            | HandoffAct::ReconsiderationRequest
            | HandoffAct::ReconsiderationFiling
            | HandoffAct::ReconsiderationRefusal
            | HandoffAct::SupervisionSuggestion
            | HandoffAct::SupervisionOpening
            | HandoffAct::ResultAcceptance
            | HandoffAct::ReasonRequest
            | HandoffAct::ReasonExplanation
            | HandoffAct::ReasonUpholding
            | HandoffAct::SenderNotification
            | HandoffAct::Milestone
            | HandoffAct::InvestigationUrging
            | HandoffAct::CaseWithdrawal
            | HandoffAct::InvestigationEnding
            | HandoffAct::PoliceTransfer
            | HandoffAct::ReverseTransfer
            | HandoffAct::NonProsecution
            | HandoffAct::ReviewRegistration
            | HandoffAct::NoPenalty
            | HandoffAct::AdministrativeOpinion
            | HandoffAct::ReverseAcceptance
            | HandoffAct::ReverseObjection
            | HandoffAct::ReverseDesignation
            | HandoffAct::AdministrativeHandling
            | HandoffAct::AdministrativeDecision
            | HandoffAct::Resending
            | HandoffAct::ResultFeedback
            | HandoffAct::FeedbackConfirmation
            | HandoffAct::Judgment
            | HandoffAct::Exemption
            | HandoffAct::Reopening
            | HandoffAct::SuspectAddition
            | HandoffAct::Joining
            | HandoffAct::JoinedAway
            | HandoffAct::Splitting
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
        let goes_on = matches!(
            state,
            Some(
                HandoffState::NotTransferred
                    | HandoffState::BackToSender
                    | HandoffState::Withdrawn
                    | HandoffState::AdminHandling
            )
        );
        if goes_on && happening.act != HandoffAct::SenderNotification {
            counter.go_on_administratively(after, number);
        }
    }
    if let (HandoffAct::ReviewExtension, Some(code)) = (happening.act, happening.said.clock) {
        counter.extend_review(after, code);
    }
}
