//! The signals that an event gives to the clocks.

use crate::rule_pack::Signal;
use crate::transfer::state::{State, Transfer};
use contract::event::{LinkReason, MeetingDecision, Ruling, TransferEvent, TransferSent};
use contract::kind::TransferKind;

/// The signals that an event gives to the clocks of a transfer.
pub(super) fn signals(event: &TransferEvent, transfer: &Transfer) -> Vec<Signal> {
    let kind = transfer.reference.kind;
    match event {
        TransferEvent::Sent(sent) => of_sending(sent, kind),
        TransferEvent::Signed => vec![Signal::TransferSigned],
        TransferEvent::Read => vec![Signal::NoticeRead],
        TransferEvent::Accepted => vec![Signal::TransferAccepted],
        TransferEvent::SupplementRequested(_) => vec![Signal::SupplementRequested],
        TransferEvent::SupplementSupplied(_) => vec![Signal::SupplementSupplied],
        TransferEvent::Objected(_) => vec![Signal::TransferObjected],
        TransferEvent::ObjectionAgreed(_) => vec![Signal::ObjectionAgreed, Signal::TransferReturned],
        TransferEvent::Disputed(_) => vec![Signal::DisputeOpened],
        TransferEvent::DisputeAgreed(agreed) if agreed.rerouted_to.is_none() => {
            vec![Signal::DisputeAgreed, Signal::TransferSigned]
        }
        TransferEvent::DisputeAgreed(_) => vec![Signal::DisputeAgreed],
        TransferEvent::DisputeSubmitted(_) => vec![Signal::DisputeSubmitted],
        TransferEvent::JurisdictionDesignated(_) => vec![Signal::JurisdictionDesignated],
        TransferEvent::CaseFiled(_) => vec![Signal::CaseFiled],
        TransferEvent::CaseNotFiled(_) => vec![Signal::CaseNotFiled],
        TransferEvent::CaseDecided(_) => vec![Signal::CaseDecided],
        TransferEvent::InterimFeedbackGiven(_) => vec![Signal::FeedbackInterim],
        TransferEvent::FinalFeedbackGiven(_) => of_final_feedback(kind),
        TransferEvent::FeedbackConfirmed(_) => vec![Signal::FeedbackConfirmed, Signal::ItemStruckOff],
        TransferEvent::FeedbackContested(_) => vec![Signal::FeedbackContested],
        TransferEvent::ContestRuled(ruled) => match ruled.ruling {
            Ruling::Upheld => vec![Signal::ContestRuled],
            Ruling::AnswerAgain => vec![Signal::ContestRuled, Signal::ContestReopened],
        },
        TransferEvent::Resent(_) => vec![Signal::TransferResent],
        TransferEvent::Kept(_) => vec![Signal::TransferKept],
        TransferEvent::ExtensionRequested(_) => vec![Signal::ExtensionRequested],
        TransferEvent::ExtensionGranted(_) => vec![Signal::ExtensionGranted],
        TransferEvent::ExtensionRefused(_) => vec![Signal::ExtensionRefused],
        TransferEvent::Urged(_) => vec![Signal::TransferUrged],
        TransferEvent::Supervised(_) => vec![Signal::TransferSupervised],
        TransferEvent::UrgeReplied(_) => vec![Signal::UrgeReplied],
        TransferEvent::PlanFiled(_) | TransferEvent::ProgressReported(_) => vec![Signal::ProgressReported],
        // The first pack knows only the reopening by a contest.
        TransferEvent::Reopened(_) => vec![Signal::TaskReopened, Signal::ContestReopened],
        TransferEvent::MeetingDecided(meeting) => match meeting.decision {
            MeetingDecision::FixLead { .. } => vec![Signal::JurisdictionDesignated],
            MeetingDecision::Extend { .. } | MeetingDecision::Close => Vec::new(),
        },
        TransferEvent::CrimeFound(_) => vec![Signal::CrimeFound],
        // The final answer is owed from the outcome on, as it is from a decision; one that was given is not owed again.
        TransferEvent::CriminalOutcomeArrived(_) => {
            let is_answered = matches!(transfer.state, State::Answered { .. } | State::Contested { .. });
            if is_answered { Vec::new() } else { vec![Signal::CaseDecided] }
        }
        TransferEvent::DisputePositionTaken(_)
        | TransferEvent::Converted(_)
        | TransferEvent::Withdrawn(_)
        | TransferEvent::Closed(_)
        | TransferEvent::TimeLimitMissed(_)
        | TransferEvent::TimeLimitWarned(_)
        | TransferEvent::ClocksRecalculated(_)
        | TransferEvent::Suspended(_)
        | TransferEvent::Resumed(_)
        | TransferEvent::LatenessExplained(_)
        | TransferEvent::Escalated(_)
        | TransferEvent::FailureAcknowledged(_)
        | TransferEvent::RoutingConfirmed(_)
        | TransferEvent::AssistanceRequested(_)
        | TransferEvent::AssistanceReplied(_)
        | TransferEvent::AssistanceEnded(_)
        | TransferEvent::JointHandlingOpened(_)
        | TransferEvent::AssignedInternally(_) => Vec::new(),
    }
}

/// What sending gives. Only who found a clue owes it a fast sending: a transfer that takes the place of another does
/// not measure that a second time.
fn of_sending(sent: &TransferSent, kind: TransferKind) -> Vec<Signal> {
    match kind {
        TransferKind::Notice => vec![Signal::NoticeDelivered],
        TransferKind::SupervisionTask => vec![Signal::TransferDelivered, Signal::TaskDelivered],
        TransferKind::AssistanceRequest => vec![Signal::AssistRequested],
        TransferKind::CaseReferral => vec![Signal::TransferDelivered],
        TransferKind::ClueTransfer => {
            let is_first = sent.origin.as_ref().is_none_or(|origin| match origin.reason {
                LinkReason::SameMatter | LinkReason::Onward => true,
                LinkReason::Informed
                | LinkReason::Agreed
                | LinkReason::Designated
                | LinkReason::Resent
                | LinkReason::Converted
                | LinkReason::Assistance
                | LinkReason::Joint
                | LinkReason::Routed
                | LinkReason::Reinspection => false,
            });
            if is_first && sent.discovered_at.is_some() {
                vec![Signal::ClueDiscovered, Signal::TransferSent, Signal::TransferDelivered]
            } else {
                vec![Signal::TransferDelivered]
            }
        }
    }
}

fn of_final_feedback(kind: TransferKind) -> Vec<Signal> {
    match kind {
        TransferKind::SupervisionTask => vec![Signal::FeedbackFinal, Signal::ItemCompleted],
        TransferKind::AssistanceRequest => vec![Signal::FeedbackFinal, Signal::AssistReplied],
        TransferKind::ClueTransfer | TransferKind::CaseReferral | TransferKind::Notice => {
            vec![Signal::FeedbackFinal]
        }
    }
}
