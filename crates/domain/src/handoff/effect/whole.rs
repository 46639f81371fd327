//! What an event changes for the handoff as a whole.

use super::{Happening, add, new_lane, next_number, push_notice};
use contract::clock::ClockState;
use contract::handoff::{
    Carried, HandoffAct, HandoffAfter, HandoffClock, HandoffClockRun, HandoffState, Lane, Notice,
    OpenConsultation, Suspect,
};

/// What changes for the handoff as a whole.
#[expect(clippy::too_many_lines, reason = "it is one table, which names every act")]
pub(super) fn change_whole(after: &mut HandoffAfter, happening: &Happening<'_>) {
    let said = happening.said;
    let now = happening.counter.now;
    match happening.act {
        HandoffAct::Consultation => {
            if let Some(with) = said.department.clone() {
                add(&mut after.parties.consulted, &with);
                after.consultation = Some(OpenConsultation { with, opened_at: now });
            }
        }
        HandoffAct::ConsultationEnding => after.consultation = None,
        HandoffAct::LegalReview => after.legally_reviewed = true,
        HandoffAct::EvidenceHolding => after.evidence_held = true,
        HandoffAct::EvidenceDisposal => after.evidence_held = false,
        HandoffAct::PenaltyRevocation => after.publication_stands = true,
        HandoffAct::PublicationWithdrawal => after.publication_stands = false,
        HandoffAct::ReceiptRefusal => after.violations += 1,
        HandoffAct::CompetenceFinding => after.other_police_found = true,
        HandoffAct::SupplementRequest => after.supplement_asked = true,
        HandoffAct::OverdueComplaint | HandoffAct::OverdueExplanation => {
            after.overdue_reasons_required = false;
        }
        HandoffAct::OverdueExplanationRequest => after.overdue_reasons_required = true,
        HandoffAct::TransferOpinion => owe_procuratorate(after),
        HandoffAct::Dispatch => {
            name_police(after, happening);
            after.goods.clone_from(&said.goods);
            after.parties.copies.clone_from(&happening.opening.copies);
        }
        HandoffAct::Redirection | HandoffAct::PoliceTransfer => {
            let earlier = after.parties.police.clone();
            add(&mut after.parties.earlier_police, &earlier);
            name_police(after, happening);
            after.other_police_found = false;
            after.supplement_asked = false;
        }
        HandoffAct::ReverseDesignation => serve_opinion_anew(after, happening),
        HandoffAct::GoodsHandover => after.goods_offered = Some(said.goods.clone()),
        HandoffAct::GoodsReceipt => after.goods_offered = None,
        HandoffAct::SuspectAddition => add_suspects(after, happening),
        HandoffAct::Joining => {
            if let Some(carried) = &said.carried {
                add(&mut after.parties.joined_agencies, &carried.agency);
                add(&mut after.upstream, &carried.agency);
                after.joined_origins.extend(&carried.origins);
                take_over(after, carried);
            }
        }
        HandoffAct::Opening
        | HandoffAct::Suspicion
        | HandoffAct::ConsultationReply
        | HandoffAct::Report
        | HandoffAct::Approval
        | HandoffAct::Refusal
        | HandoffAct::Receipt
        | HandoffAct::Return
        | HandoffAct::Supplement
        | HandoffAct::SupplementExplanation
        | HandoffAct::ReviewExtension
        | HandoffAct::Filing
        | HandoffAct::NonFiling
        | HandoffAct::Notification
        | HandoffAct::NoticeReceipt
        | HandoffAct::OverdueDismissal
        | HandoffAct::FilingOrder
        | HandoffAct::CorrectionOpinion
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
        | HandoffAct::ReverseTransfer
        | HandoffAct::NonProsecution
        | HandoffAct::ReviewRegistration
        | HandoffAct::ReviewSuspension
        | HandoffAct::ReviewResumption
        | HandoffAct::NoPenalty
        | HandoffAct::AdministrativeOpinion
        | HandoffAct::ReverseAcceptance
        | HandoffAct::ReverseObjection
        | HandoffAct::AdministrativeHandling
        | HandoffAct::AdministrativeDecision
        | HandoffAct::Resending
        | HandoffAct::ResultFeedback
        | HandoffAct::FeedbackConfirmation
        | HandoffAct::Judgment
        | HandoffAct::Exemption
        | HandoffAct::Reopening
        | HandoffAct::JoinedAway
        | HandoffAct::Splitting
        | HandoffAct::ClueReceipt
        | HandoffAct::ClueResult
        | HandoffAct::TimeLimitMiss
        | HandoffAct::Recalculation
        | HandoffAct::Lapse => {}
    }
}

/// The opinion goes to the organ that was named in the dispute: it owes the reply now, and the first one no more.
fn serve_opinion_anew(after: &mut HandoffAfter, happening: &Happening<'_>) {
    let Some(to) = &happening.said.department else { return };
    let now = happening.counter.now;
    for lane in &happening.said.lanes {
        let is_opinion = |notice: &Notice| notice.starts == HandoffClock::C21 && notice.lanes.contains(lane);
        if !after.notices.iter().any(is_opinion) {
            continue;
        }
        let is_run = |run: &&mut HandoffClockRun| run.code == HandoffClock::C21 && run.lane == Some(*lane);
        for run in after.clocks.iter_mut().filter(is_run).filter(|run| run.is_owed()) {
            run.state = ClockState::Cancelled;
            run.ended_at = Some(now);
        }
        let waits = |notice: &&mut Notice| is_opinion(notice) && notice.received_at.is_none();
        match after.notices.iter_mut().find(waits) {
            Some(notice) if notice.lanes.len() == 1 => {
                notice.to.clone_from(to);
                notice.served_at = now;
                notice.deemed_at = super::deemed_at(&happening.counter);
                continue;
            }
            Some(notice) => notice.lanes.retain(|number| number != lane),
            None => {}
        }
        push_notice(after, HandoffClock::C21, vec![*lane], to.clone(), &happening.counter);
    }
}

/// The police that are named now, with procuratorate and court beside them.
fn name_police(after: &mut HandoffAfter, happening: &Happening<'_>) {
    let said = happening.said;
    if let Some(police) = &said.department {
        after.parties.police.clone_from(police);
        after.parties.procuratorate.clone_from(&said.procuratorate);
        after.parties.court.clone_from(&said.court);
    }
    owe_procuratorate(after);
}

fn owe_procuratorate(after: &mut HandoffAfter) {
    if let Some(procuratorate) = after.parties.procuratorate.clone() {
        add(&mut after.upstream, &procuratorate);
    }
}

fn add_suspects(after: &mut HandoffAfter, happening: &Happening<'_>) {
    let beside = happening
        .said
        .lanes
        .first()
        .and_then(|first| after.lanes.iter().find(|lane| lane.number == *first).map(|lane| lane.state));
    let state = beside.unwrap_or(HandoffState::Investigating);
    for suspect in &happening.said.suspects {
        // What is known of somebody whom the police add stands in their event only: the sender reads what holds after it.
        let is_secret = state == HandoffState::Filed;
        let shown = if is_secret { redacted(suspect) } else { suspect.clone() };
        let mut lane = new_lane(after, shown, state);
        if state == HandoffState::Filed {
            lane.filed_at = Some(happening.counter.now);
            lane.notified = true;
            lane.added_by_police = true;
        }
        after.lanes.push(lane);
    }
}

/// A suspect without what is a secret of the investigation; what is encrypted stays.
fn redacted(suspect: &Suspect) -> Suspect {
    Suspect { name: None, uscc: None, offence: String::new(), public_official: false, ..suspect.clone() }
}

/// Lanes of another handoff, with the runs of their clocks, under new numbers.
pub(super) fn take_over(after: &mut HandoffAfter, carried: &Carried) {
    let mut renumbered = Vec::new();
    for lane in &carried.lanes {
        let number = next_number(after);
        renumbered.push((lane.number, number));
        let runs = carried.clocks.iter().filter(|run| run.lane == Some(lane.number));
        after.clocks.extend(runs.cloned().map(|mut run| {
            run.lane = Some(number);
            run
        }));
        after.lanes.push(Lane { number, ..lane.clone() });
    }
    for notice in &carried.notices {
        let is_in = |(old, _): &&(u32, u32)| notice.lanes.contains(old);
        let lanes = renumbered.iter().filter(is_in).map(|(_, new)| *new).collect();
        let number = after.notices.iter().map(|notice| notice.number).max().unwrap_or(0).saturating_add(1);
        after.notices.push(Notice { number, lanes, ..notice.clone() });
    }
    for party in &carried.upstream {
        add(&mut after.upstream, party);
    }
}
