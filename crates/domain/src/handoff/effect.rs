//! What an event does: a pure function of what held before, the event, and the rules. Deciding and replaying both go
//! through here, so a replay gives the same clocks.

mod clock;
mod lane;
mod whole;

use super::clocks::Counter;
use super::role;
use super::table::{self, Row, To};
use chrono::{DateTime, Utc};
use contract::clock::ClockState;
use contract::handoff::{
    Direction, HandoffAct, HandoffAfter, HandoffClock, HandoffClockRun, HandoffParties, HandoffRef,
    HandoffState, Lane, Notice, Opening, Said, Station, Suspect,
};
use contract::ids::DepartmentId;

/// An event that is to take effect.
#[derive(Clone, Copy, Debug)]
pub struct Happening<'a> {
    /// What was opened, and between whom.
    pub reference: &'a HandoffRef,
    /// What it was opened with.
    pub opening: &'a Opening,
    /// What happens.
    pub act: HandoffAct,
    /// What it says, with its lanes resolved.
    pub said: &'a Said,
    /// Who does it.
    pub by: &'a DepartmentId,
    /// By what clocks are counted, and when it happens.
    pub counter: Counter<'a>,
}

/// What holds after the opening.
pub fn begin(happening: &Happening<'_>) -> HandoffAfter {
    let (reference, opening) = (happening.reference, happening.opening);
    let (agency, police) = match reference.direction {
        Direction::Forward | Direction::SupervisoryClue => (reference.from.clone(), reference.to.clone()),
        Direction::Reverse => (reference.to.clone(), reference.from.clone()),
    };
    let mut after = HandoffAfter {
        state: HandoffState::Investigating,
        open: true,
        parties: HandoffParties {
            agency,
            police,
            procuratorate: opening.procuratorate.clone(),
            court: opening.court.clone(),
            copies: Vec::new(),
            earlier_police: Vec::new(),
            consulted: Vec::new(),
            joined_agencies: Vec::new(),
        },
        lanes: Vec::new(),
        clocks: Vec::new(),
        notices: Vec::new(),
        joined_origins: Vec::new(),
        goods: Vec::new(),
        goods_offered: None,
        violations: 0,
        consultation: None,
        legally_reviewed: false,
        other_police_found: false,
        supplement_asked: false,
        evidence_held: false,
        publication_stands: false,
        overdue_reasons_required: false,
        upstream: opening.upstream.clone(),
        joined_into: None,
        administrative_case_filed_on: opening.administrative_case_filed_on,
    };
    if let Some(carried) = &happening.said.carried {
        whole::take_over(&mut after, carried);
        after.parties.copies.clone_from(&opening.copies);
    } else {
        let state = match reference.direction {
            Direction::Forward => HandoffState::Investigating,
            Direction::Reverse => HandoffState::ReversePending,
            Direction::SupervisoryClue => HandoffState::SupervisoryClue,
        };
        for suspect in &opening.suspects {
            let mut lane = new_lane(&after, suspect.clone(), state);
            if reference.direction == Direction::Reverse {
                lane.reverse = Some(lane::reverse(&reference.from, &reference.to, happening.counter.now));
            }
            after.lanes.push(lane);
        }
        match reference.direction {
            Direction::Forward => happening.counter.begin_administratively(&mut after),
            // The opinion of a procuratorate: its arrival starts the reply.
            Direction::Reverse if opening.procuratorate.as_ref() == Some(&reference.from) => {
                after.notices.push(Notice {
                    number: 1,
                    starts: HandoffClock::C21,
                    lanes: after.lanes.iter().map(|lane| lane.number).collect(),
                    to: reference.to.clone(),
                    served_at: happening.counter.now,
                    deemed_at: deemed_at(&happening.counter),
                    received_at: None,
                });
            }
            Direction::Reverse | Direction::SupervisoryClue => {}
        }
    }
    settle(&mut after);
    after
}

/// What holds after an event.
#[expect(clippy::too_many_lines, reason = "it is one table, which names every act")]
pub fn apply(before: &HandoffAfter, happening: &Happening<'_>) -> HandoffAfter {
    let mut after = before.clone();
    match happening.act {
        HandoffAct::NoticeReceipt => receive_notice(&mut after, happening),
        HandoffAct::TimeLimitMiss => miss(&mut after, happening),
        HandoffAct::Recalculation => happening.counter.recount(&mut after),
        HandoffAct::JoinedAway => {
            for lane in after.lanes.iter_mut().filter(|lane| !lane.state.is_ended()) {
                lane.state = HandoffState::Joined;
                lane.went_to = happening.said.handoff;
            }
            after.joined_into = happening.said.handoff;
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
        | HandoffAct::Splitting
        | HandoffAct::EvidenceHolding
        | HandoffAct::EvidenceDisposal
        | HandoffAct::PenaltyRevocation
        | HandoffAct::PublicationWithdrawal
        | HandoffAct::ClueReceipt
        | HandoffAct::ClueResult
        | HandoffAct::Lapse => move_lanes(&mut after, happening),
    }
    happening.counter.let_fall(&mut after);
    settle(&mut after);
    after
}

/// The lanes go their rows, and the clocks with them.
fn move_lanes(after: &mut HandoffAfter, happening: &Happening<'_>) {
    let mut moved: Vec<(u32, &'static Row)> = Vec::new();
    let is_awaited = after.supplement_is_awaited();
    for lane in &mut after.lanes {
        if !happening.said.lanes.contains(&lane.number) {
            continue;
        }
        if let Some(row) = table::row(happening.act, lane.state) {
            let from = lane.state;
            match row.to {
                To::Same => {}
                To::State(state) => lane.state = state,
                To::Undecided if is_awaited => lane.state = HandoffState::Supplementing,
                To::Undecided => lane.state = HandoffState::Accepted,
                To::Previous => lane.state = lane.came_from.take().unwrap_or(HandoffState::AdminHandling),
            }
            lane::change(lane, from, happening);
            moved.push((lane.number, row));
        }
    }
    let upstream = after.upstream.clone();
    for lane in after.lanes.iter_mut().filter(|lane| happening.said.lanes.contains(&lane.number)) {
        lane::give_feedback(lane, happening, &upstream);
    }
    whole::change_whole(after, happening);
    clock::move_clocks(after, happening, &moved);
}

fn push_notice(
    after: &mut HandoffAfter,
    starts: HandoffClock,
    lanes: Vec<u32>,
    to: DepartmentId,
    counter: &Counter<'_>,
) {
    let last = after.notices.iter().map(|notice| notice.number).max().unwrap_or(0);
    let number = last.saturating_add(1);
    let deemed_at = deemed_at(counter);
    let served_at = counter.now;
    after.notices.push(Notice { number, starts, lanes, to, served_at, deemed_at, received_at: None });
}

/// When a notice that is served now counts as arrived.
fn deemed_at(counter: &Counter<'_>) -> DateTime<Utc> {
    counter.now + chrono::TimeDelta::hours(i64::from(counter.rules.notice_deemed_hours))
}

fn receive_notice(after: &mut HandoffAfter, happening: &Happening<'_>) {
    let Some(number) = happening.said.notice else { return };
    let now = happening.counter.now;
    let notice = after.notices.iter_mut().find(|notice| notice.number == number);
    let Some(notice) = notice else { return };
    // Confirming it later does not put off what runs from the day on which it counts as arrived.
    let now = now.min(notice.deemed_at);
    notice.received_at = Some(now);
    let (code, lanes) = (notice.starts, notice.lanes.clone());
    if lanes.is_empty() {
        happening.counter.start(after, code, None, now);
    }
    for lane in lanes {
        happening.counter.start(after, code, Some(lane), now);
    }
}

fn miss(after: &mut HandoffAfter, happening: &Happening<'_>) {
    let said = happening.said;
    let is_it = |run: &&mut HandoffClockRun| {
        Some(run.code) == said.clock && Some(run.run) == said.run && run.lane == said.lanes.first().copied()
    };
    if let Some(run) = after.clocks.iter_mut().find(is_it) {
        run.state = ClockState::Missed;
        run.missed_at = Some(happening.counter.now);
    }
}

/// Who holds each lane, and how the whole stands.
fn settle(after: &mut HandoffAfter) {
    let holders: Vec<_> =
        after.lanes.iter().map(|lane| role::holder_in(lane.state, lane, after).cloned()).collect();
    for (lane, holder) in after.lanes.iter_mut().zip(holders) {
        lane.holder = holder;
    }
    let stations: Vec<_> = after.lanes.iter().map(|lane| role::station(lane, after)).collect();
    for (lane, station) in after.lanes.iter_mut().zip(stations) {
        lane.station = station;
    }
    after.open = after.lanes.iter().any(|lane| lane.holder.is_some());
    let shown = after.lanes.iter().find(|lane| !lane.state.is_ended()).or(after.lanes.last());
    after.state = shown.map_or(HandoffState::Closed, |lane| lane.state);
}

fn next_number(after: &HandoffAfter) -> u32 {
    after.lanes.iter().map(|lane| lane.number).max().unwrap_or(0).saturating_add(1)
}

fn new_lane(after: &HandoffAfter, suspect: Suspect, state: HandoffState) -> Lane {
    Lane {
        number: next_number(after),
        suspect,
        state,
        came_from: None,
        outcome: None,
        filed_at: None,
        was_refused: false,
        was_reconsidered: false,
        notified: false,
        added_by_police: false,
        milestone: None,
        verdict: None,
        court_fine_fen: None,
        reverse: None,
        decision: None,
        administrative_fine_fen: None,
        review_suspended: false,
        goods_handed_over: false,
        feedback: None,
        went_to: None,
        holder: None,
        station: Station::Agency,
    }
}

fn add(list: &mut Vec<DepartmentId>, department: &DepartmentId) {
    if !list.contains(department) {
        list.push(department.clone());
    }
}
