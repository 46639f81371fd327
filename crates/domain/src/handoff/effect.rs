//! What an event does: a pure function of what held before, the event, and the rules. Deciding and replaying both go
//! through here, so a replay gives the same clocks.

mod lane;

use super::clocks::Counter;
use super::role;
use super::table::{self, Row, To};
use chrono::{DateTime, Utc};
use contract::clock::ClockState;
use contract::handoff::{
    Carried, Direction, HandoffAct, HandoffAfter, HandoffClock, HandoffClockRun, HandoffParties, HandoffRef,
    HandoffState, Lane, Milestone, Notice, OpenConsultation, Opening, Said, Station, Suspect,
};
use contract::ids::DepartmentId;

/// The clocks of the review before filing: one of them runs.
const REVIEW: [HandoffClock; 3] = [HandoffClock::C07, HandoffClock::C07Seven, HandoffClock::C07Thirty];

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
        take_over(&mut after, carried);
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
pub fn apply(before: &HandoffAfter, happening: &Happening<'_>) -> HandoffAfter {
    let mut after = before.clone();
    match happening.act {
        HandoffAct::NoticeReceipt => receive_notice(&mut after, happening),
        HandoffAct::TimeLimitMiss => miss(&mut after, happening),
        HandoffAct::JoinedAway => {
            for lane in after.lanes.iter_mut().filter(|lane| !lane.state.is_ended()) {
                lane.state = HandoffState::Joined;
                lane.went_to = happening.said.handoff;
            }
            after.joined_into = happening.said.handoff;
        }
        _ => move_lanes(&mut after, happening),
    }
    happening.counter.let_fall(&mut after);
    settle(&mut after);
    after
}

/// The lanes go their rows, and the clocks with them.
fn move_lanes(after: &mut HandoffAfter, happening: &Happening<'_>) {
    let mut moved: Vec<(u32, &'static Row)> = Vec::new();
    for lane in &mut after.lanes {
        if !happening.said.lanes.contains(&lane.number) {
            continue;
        }
        if let Some(row) = table::row(happening.act, lane.state) {
            let from = lane.state;
            match row.to {
                To::Same => {}
                To::State(state) => lane.state = state,
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
    change_whole(after, happening);
    move_clocks(after, happening, &moved);
}

fn move_clocks(after: &mut HandoffAfter, happening: &Happening<'_>, moved: &[(u32, &'static Row)]) {
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
            if super::clocks::is_per_lane(*code) {
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
        _ => true,
    }
}

/// The paper whose arrival starts a clock is on its way.
fn serve(after: &mut HandoffAfter, happening: &Happening<'_>, moved: &[(u32, &'static Row)]) {
    let Some((clock, to)) = moved.iter().find_map(|(_, row)| row.serves) else { return };
    let lanes: Vec<u32> = moved.iter().map(|(number, _)| *number).collect();
    let first = after.lanes.iter().find(|lane| Some(lane.number) == lanes.first().copied());
    let addressee = first.and_then(|lane| role::organ(to, after, lane)).cloned();
    let Some(to) = addressee else { return };
    let lanes = if super::clocks::is_per_lane(clock) { lanes } else { Vec::new() };
    push_notice(after, clock, lanes, to, happening.counter.now);
}

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
            _ => {}
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

/// What changes for the handoff as a whole.
fn change_whole(after: &mut HandoffAfter, happening: &Happening<'_>) {
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
                take_over(after, carried);
            }
        }
        _ => {}
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
                continue;
            }
            Some(notice) => notice.lanes.retain(|number| number != lane),
            None => {}
        }
        push_notice(after, HandoffClock::C21, vec![*lane], to.clone(), now);
    }
}

fn push_notice(
    after: &mut HandoffAfter,
    starts: HandoffClock,
    lanes: Vec<u32>,
    to: DepartmentId,
    served_at: DateTime<Utc>,
) {
    let last = after.notices.iter().map(|notice| notice.number).max().unwrap_or(0);
    let number = last.saturating_add(1);
    after.notices.push(Notice { number, starts, lanes, to, served_at, received_at: None });
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
        let mut lane = new_lane(after, suspect.clone(), state);
        if state == HandoffState::Filed {
            lane.filed_at = Some(happening.counter.now);
            lane.notified = true;
            lane.added_by_police = true;
        }
        after.lanes.push(lane);
    }
}

/// Lanes of another handoff, with the runs of their clocks, under new numbers.
fn take_over(after: &mut HandoffAfter, carried: &Carried) {
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
        push_notice(after, notice.starts, lanes, notice.to.clone(), notice.served_at);
    }
    for party in &carried.upstream {
        add(&mut after.upstream, party);
    }
}

fn receive_notice(after: &mut HandoffAfter, happening: &Happening<'_>) {
    let Some(number) = happening.said.notice else { return };
    let now = happening.counter.now;
    let notice = after.notices.iter_mut().find(|notice| notice.number == number);
    let Some(notice) = notice else { return };
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
