//! The clocks of a transfer: which ones an event starts, stops, pauses and resumes. A pure function of the events and
//! the rule pack.

use crate::calendar::Calendar;
use crate::period::{Due, Pause};
use crate::rule_pack::{ClockRule, OwnerRole, RulePack, Signal};
use crate::transfer::state::{State, Transfer};
use chrono::{DateTime, Utc};
use contract::clock::{ClockChange, ClockCode, ClockMove};
use contract::event::{Ruling, TransferEvent};
use contract::ids::DepartmentId;
use contract::kind::TransferKind;

/// A clock that was started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clock {
    /// Code.
    pub code: ClockCode,
    /// Which run of it.
    pub run: u32,
    /// Who owes the duty.
    pub owner: DepartmentId,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it is due; `None` while it is paused.
    pub due_at: Option<DateTime<Utc>>,
    /// Whether the due moment may move.
    pub provisional: bool,
    /// The pauses that are over.
    pub pauses: Vec<Pause>,
    /// What it does now.
    pub phase: Phase,
    /// It was recorded as missed.
    pub missed: bool,
}

/// What a clock does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Runs.
    Running,
    /// Stands still since then.
    Paused(DateTime<Utc>),
    /// The duty was met then.
    Stopped(DateTime<Utc>),
    /// The duty fell away.
    Cancelled,
}

impl Clock {
    /// Whether the duty is still owed.
    pub const fn is_open(&self) -> bool {
        match self.phase {
            Phase::Running | Phase::Paused(_) => true,
            Phase::Stopped(_) | Phase::Cancelled => false,
        }
    }

    /// Whether the duty is late at a moment, recorded as missed or not.
    pub fn ran_out(&self, now: DateTime<Utc>) -> bool {
        self.missed || self.due_at.is_some_and(|due_at| due_at <= now)
    }

    fn change(&self, movement: ClockMove, due: Option<Due>) -> ClockChange {
        ClockChange {
            code: self.code,
            run: self.run,
            movement,
            owner: self.owner.clone(),
            started_at: self.started_at,
            due_at: due.map_or(self.due_at, |due| Some(due.at)),
            provisional: due.map_or(self.provisional, |due| due.provisional),
        }
    }
}

/// What an event does to the clocks of a transfer, which stood at `before` and stands at `after`.
pub fn changes(
    before: &Transfer,
    after: &Transfer,
    event: &TransferEvent,
    now: DateTime<Utc>,
    pack: &RulePack,
    calendar: &Calendar,
) -> Vec<ClockChange> {
    let signals = signals(event, after.reference.kind);
    let pausing = !is_supplementing(before) && is_supplementing(after);
    let resuming = is_supplementing(before) && !is_supplementing(after);
    let mut changes = Vec::new();
    for clock in before.clocks.iter().filter(|clock| clock.is_open()) {
        let rule = pack.clock(clock.code);
        if let TransferEvent::TimeLimitMissed(missed) = event {
            if missed.code == clock.code && missed.run == clock.run {
                changes.push(clock.change(ClockMove::Missed, None));
            }
        } else if rule.is_some_and(|rule| intersects(&rule.stops_on, &signals)) {
            changes.push(clock.change(ClockMove::Stopped, None));
        } else if after.state.name().is_ended() {
            changes.push(clock.change(ClockMove::Cancelled, None));
        } else if pausing && clock.phase == Phase::Running && clock.owner == after.reference.to {
            changes.push(ClockChange { due_at: None, ..clock.change(ClockMove::Paused, None) });
        } else if let (true, Phase::Paused(since), Some(rule)) = (resuming, clock.phase, rule) {
            let mut pauses = clock.pauses.clone();
            pauses.push(Pause { from: since, to: now });
            let due = rule.period(after.sent.urgency).due(clock.started_at, &pauses, calendar);
            changes.push(clock.change(ClockMove::Resumed, Some(due)));
        }
    }
    let started = pack.clocks.iter().filter(|rule| {
        rule.kinds.contains(&after.reference.kind)
            && intersects(&rule.starts_on, &signals)
            && !after.state.name().is_ended()
    });
    changes.extend(started.map(|rule| started_clock(after, rule, now, calendar)));
    changes
}

fn started_clock(
    transfer: &Transfer,
    rule: &ClockRule,
    now: DateTime<Utc>,
    calendar: &Calendar,
) -> ClockChange {
    let due = rule.period(transfer.sent.urgency).due(now, &[], calendar);
    let earlier_runs =
        transfer.clocks.iter().filter(|clock| clock.code == rule.code).map(|clock| clock.run).max();
    ClockChange {
        code: rule.code,
        run: earlier_runs.unwrap_or(0) + 1,
        movement: ClockMove::Started,
        owner: owner(transfer, rule.owner),
        started_at: now,
        due_at: Some(due.at),
        provisional: due.provisional,
    }
}

fn owner(transfer: &Transfer, role: OwnerRole) -> DepartmentId {
    match role {
        OwnerRole::Sender => transfer.reference.from.clone(),
        OwnerRole::Receiver => transfer.reference.to.clone(),
        OwnerRole::Office => transfer.sent.office.clone(),
        OwnerRole::Superior => match &transfer.state {
            State::Submitted { superior } => superior.clone(),
            State::Delivered
            | State::Signed
            | State::Supplementing { .. }
            | State::Objected { .. }
            | State::Negotiating { .. }
            | State::Returned
            | State::Accepted(_)
            | State::Answered { .. }
            | State::Contested { .. }
            | State::Rerouted
            | State::Closed(_)
            | State::Withdrawn => transfer.sent.office.clone(),
        },
    }
}

fn is_supplementing(transfer: &Transfer) -> bool {
    matches!(transfer.state, State::Supplementing { .. })
}

fn intersects(wanted: &[Signal], given: &[Signal]) -> bool {
    wanted.iter().any(|signal| given.contains(signal))
}

/// The signals that an event gives to the clocks.
fn signals(event: &TransferEvent, kind: TransferKind) -> Vec<Signal> {
    match event {
        TransferEvent::Sent(_) => match kind {
            TransferKind::Notice => vec![Signal::NoticeDelivered],
            TransferKind::ClueTransfer | TransferKind::CaseReferral | TransferKind::SupervisionTask => {
                vec![Signal::TransferDelivered]
            }
        },
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
        TransferEvent::FinalFeedbackGiven(_) => vec![Signal::FeedbackFinal],
        TransferEvent::FeedbackConfirmed(_) => vec![Signal::FeedbackConfirmed],
        TransferEvent::FeedbackContested(_) => vec![Signal::FeedbackContested],
        TransferEvent::ContestRuled(ruled) => match ruled.ruling {
            Ruling::Upheld => vec![Signal::ContestRuled],
            Ruling::AnswerAgain => vec![Signal::ContestRuled, Signal::ContestReopened],
        },
        TransferEvent::Resent(_) => vec![Signal::TransferResent],
        TransferEvent::Kept(_) => vec![Signal::TransferKept],
        TransferEvent::DisputePositionTaken(_)
        | TransferEvent::Converted(_)
        | TransferEvent::Withdrawn(_)
        | TransferEvent::Closed(_)
        | TransferEvent::TimeLimitMissed(_) => Vec::new(),
    }
}

impl Transfer {
    /// Takes over what an event says of the clocks.
    pub(crate) fn apply_clock_changes(&mut self, changes: &[ClockChange], now: DateTime<Utc>) {
        for change in changes {
            if change.movement == ClockMove::Started {
                self.clocks.push(Clock {
                    code: change.code,
                    run: change.run,
                    owner: change.owner.clone(),
                    started_at: change.started_at,
                    due_at: change.due_at,
                    provisional: change.provisional,
                    pauses: Vec::new(),
                    phase: Phase::Running,
                    missed: false,
                });
            } else if let Some(clock) =
                self.clocks.iter_mut().find(|clock| clock.code == change.code && clock.run == change.run)
            {
                clock.apply(change, now);
            }
        }
    }
}

impl Clock {
    fn apply(&mut self, change: &ClockChange, now: DateTime<Utc>) {
        self.due_at = change.due_at;
        self.provisional = change.provisional;
        match change.movement {
            ClockMove::Started => {}
            ClockMove::Stopped => self.phase = Phase::Stopped(now),
            ClockMove::Cancelled => self.phase = Phase::Cancelled,
            ClockMove::Missed => self.missed = true,
            ClockMove::Paused => self.phase = Phase::Paused(now),
            ClockMove::Resumed => {
                if let Phase::Paused(since) = self.phase {
                    self.pauses.push(Pause { from: since, to: now });
                }
                self.phase = Phase::Running;
            }
        }
    }
}
