//! The clocks of a transfer, folded from what events say of them.
//!
//! * [`changes`]: which ones an event starts, stops, pauses, resumes and moves; a pure function of the events, the
//!   rule pack and the calendar.
//! * [`signals`]: the signals that an event gives.
//! * [`explain`]: the arithmetic behind a due moment.

pub mod changes;
pub mod explain;
mod signals;

pub use changes::changes;
pub use explain::{Explanation, explain};

use crate::counting::{Extension, Pause};
use crate::rule_pack::RulePack;
use crate::transfer::state::Transfer;
use chrono::{DateTime, Utc};
use contract::clock::{
    ClockChange, ClockCode, ClockMove, LadderStep, LatenessReason, PauseReason, WarningMark,
};
use contract::event::{ExtendedBy, MeetingDecision, PendingExtension, TransferEvent};
use contract::ids::DepartmentId;

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
    /// When it warns first.
    pub warn_at: Option<DateTime<Utc>>,
    /// The calendar by which the due moment was computed; `None` in events from before that was written down.
    pub calendar: Option<String>,
    /// The pauses that are over.
    pub pauses: Vec<Pause>,
    /// The extensions that were granted.
    pub extensions: Vec<Extension>,
    /// How many of them were asked for; a coordination meeting gives time unasked.
    pub extensions_asked: u32,
    /// When it was due while it ran; kept over a pause.
    pub last_due_at: Option<DateTime<Utc>>,
    /// What it does now.
    pub phase: Phase,
    /// It was recorded as missed.
    pub missed: bool,
    /// The warnings that were given, and when.
    pub warned: Vec<(WarningMark, DateTime<Utc>)>,
    /// When its owner was first urged because of it.
    pub first_urged_at: Option<DateTime<Utc>>,
    /// When its owner was last urged because of it.
    pub urged_at: Option<DateTime<Utc>>,
    /// When supervision was opened because of it.
    pub supervised_at: Option<DateTime<Utc>>,
    /// Why it was late, once somebody has said so.
    pub lateness: Option<LatenessReason>,
}

/// What a clock does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Runs.
    Running,
    /// Stands still since then.
    Paused {
        /// Since when.
        since: DateTime<Utc>,
        /// Why.
        reason: PauseReason,
    },
    /// The duty was met then.
    Stopped(DateTime<Utc>),
    /// The duty fell away then.
    Cancelled(DateTime<Utc>),
}

impl Clock {
    fn begin(change: &ClockChange) -> Self {
        Self {
            code: change.code,
            run: change.run,
            owner: change.owner.clone(),
            started_at: change.started_at,
            due_at: change.due_at,
            provisional: change.provisional,
            warn_at: change.warn_at,
            calendar: change.calendar.clone(),
            pauses: Vec::new(),
            extensions: Vec::new(),
            extensions_asked: 0,
            last_due_at: change.due_at,
            phase: Phase::Running,
            missed: false,
            warned: Vec::new(),
            first_urged_at: None,
            urged_at: None,
            supervised_at: None,
            lateness: None,
        }
    }

    /// Whether the duty is still owed.
    pub const fn is_open(&self) -> bool {
        match self.phase {
            Phase::Running | Phase::Paused { .. } => true,
            Phase::Stopped(_) | Phase::Cancelled(_) => false,
        }
    }

    /// Whether the duty is late at a moment, recorded as missed or not.
    pub fn ran_out(&self, now: DateTime<Utc>) -> bool {
        self.missed || self.last_due_at.is_some_and(|due_at| due_at <= self.ran_until(now))
    }

    /// Until when it has run at a moment: to the pause, to its end, or to that moment.
    fn ran_until(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        match self.phase {
            Phase::Running => now,
            Phase::Paused { since, .. } => self.stands_since(since),
            Phase::Stopped(at) | Phase::Cancelled(at) => at,
        }
    }

    /// Whether it was recorded that the duty was not met in time.
    pub fn was_late(&self) -> bool {
        match self.phase {
            Phase::Stopped(at) | Phase::Cancelled(at) => self.ran_out(at),
            Phase::Running | Phase::Paused { .. } => self.missed,
        }
    }

    /// The automatic step of the ladder that the open duty stands on.
    fn step(&self) -> Option<LadderStep> {
        let taken = [
            (self.supervised_at.is_some(), LadderStep::Supervised),
            (self.urged_at.is_some(), LadderStep::Urged),
            (!self.warned.is_empty(), LadderStep::Warned),
        ];
        taken.into_iter().find(|(is_taken, _)| *is_taken && self.is_open()).map(|(_, step)| step)
    }

    /// A move of this clock that computes nothing. A duty that was late before its clock was paused shows the moment
    /// at which it was due when it ends.
    pub(crate) fn change(&self, movement: ClockMove) -> ClockChange {
        let ends = matches!(movement, ClockMove::Stopped | ClockMove::Cancelled);
        let (was_paused, was_late) = match self.phase {
            Phase::Paused { since, .. } => {
                let ran_until = self.stands_since(since);
                (true, self.last_due_at.is_some_and(|due_at| due_at <= ran_until))
            }
            Phase::Running | Phase::Stopped(_) | Phase::Cancelled(_) => (false, false),
        };
        ClockChange {
            due_at: if ends && was_paused && was_late { self.last_due_at } else { self.due_at },
            code: self.code,
            run: self.run,
            movement,
            owner: self.owner.clone(),
            started_at: self.started_at,
            provisional: self.provisional,
            warn_at: self.warn_at,
            pause_reason: None,
            calendar: None,
        }
    }

    fn apply(&mut self, change: &ClockChange, ended: DateTime<Utc>, now: DateTime<Utc>) {
        self.due_at = change.due_at;
        // A pause takes the due moment away; what it was decides whether the duty was late before.
        self.last_due_at = change.due_at.or(self.last_due_at);
        self.provisional = change.provisional;
        self.warn_at = change.warn_at;
        if change.calendar.is_some() {
            self.calendar.clone_from(&change.calendar);
        }
        match change.movement {
            ClockMove::Started | ClockMove::Extended | ClockMove::Recalculated => {}
            ClockMove::Stopped => self.phase = Phase::Stopped(now),
            ClockMove::Cancelled => self.phase = Phase::Cancelled(now),
            ClockMove::Missed => self.missed = true,
            ClockMove::Paused => {
                // Events from before the reason was written down paused for a supplement only.
                let reason = change.pause_reason.unwrap_or(PauseReason::Supplement);
                let since = self.end_pause(ended).unwrap_or(now);
                self.phase = Phase::Paused { since, reason };
            }
            ClockMove::Resumed => {
                self.end_pause(ended);
                self.phase = Phase::Running;
            }
        }
    }
}

impl Clock {
    /// Ends the pause that goes on, if one does, and answers when.
    fn end_pause(&mut self, ended: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let Phase::Paused { since, reason } = self.phase else { return None };
        let to = ended.max(since);
        self.pauses.push(Pause { from: since, to, reason });
        Some(to)
    }

    /// Since when it stands without a break: a pause may go on for another reason.
    fn stands_since(&self, since: DateTime<Utc>) -> DateTime<Utc> {
        let before = self.pauses.iter().rev();
        before.fold(since, |since, pause| if pause.to == since { pause.from } else { since })
    }
}

/// When the pause ended that an event ends.
pub(crate) fn pause_end(event: &TransferEvent, now: DateTime<Utc>) -> DateTime<Utc> {
    if let TransferEvent::Resumed(resumed) = event { resumed.ended_at } else { now }
}

/// What an event grants to which clock, and who granted it.
pub(crate) fn granted<'a>(
    event: &'a TransferEvent,
    office: &'a DepartmentId,
) -> Option<(ClockCode, u32, ExtendedBy, &'a DepartmentId)> {
    if let TransferEvent::ExtensionGranted(granted) = event {
        return Some((granted.code, granted.run, granted.by, &granted.approved_by));
    }
    let TransferEvent::MeetingDecided(meeting) = event else { return None };
    match meeting.decision {
        MeetingDecision::Extend { code, run, until } => Some((code, run, ExtendedBy::Until(until), office)),
        MeetingDecision::FixLead { .. } | MeetingDecision::Close => None,
    }
}

/// The running clocks that the pack lets be extended once more.
pub(crate) fn extendable(transfer: &Transfer, pack: &RulePack) -> Vec<ClockCode> {
    let may = |clock: &&Clock| {
        let rule = pack.clock(clock.code).and_then(|rule| rule.extension);
        clock.phase == Phase::Running && rule.is_some_and(|rule| clock.extensions_asked < rule.times)
    };
    let mut codes: Vec<_> = transfer.clocks.iter().filter(may).map(|clock| clock.code).collect();
    codes.sort();
    codes
}

impl Transfer {
    /// Takes over what an event and its clock changes say, and brings the facts that depend on clocks up to date.
    pub(crate) fn apply_clocks(
        &mut self,
        event: &TransferEvent,
        changes: &[ClockChange],
        now: DateTime<Utc>,
    ) {
        self.note_on_clocks(event, now);
        let ended = pause_end(event, now);
        for change in changes {
            let (code, run) = (change.code, change.run);
            if change.movement == ClockMove::Started {
                self.clocks.push(Clock::begin(change));
            } else if let Some(clock) = self.clock_mut(code, run) {
                clock.apply(change, ended, now);
            }
        }
        self.settle_facts();
    }

    fn clock_mut(&mut self, code: ClockCode, run: u32) -> Option<&mut Clock> {
        self.clocks.iter_mut().find(|clock| clock.code == code && clock.run == run)
    }

    /// What an event says about a clock beside its moves.
    fn note_on_clocks(&mut self, event: &TransferEvent, now: DateTime<Utc>) {
        let office = self.sent.office.clone();
        if let Some((code, run, by, approved_by)) = granted(event, &office) {
            let extension = Extension { by, approved_by: approved_by.clone(), granted_at: now };
            let was_asked = matches!(event, TransferEvent::ExtensionGranted(_));
            if let Some(clock) = self.clock_mut(code, run) {
                clock.extensions.push(extension);
                clock.extensions_asked += u32::from(was_asked);
            }
        }
        if let TransferEvent::TimeLimitWarned(warned) = event
            && let Some(clock) = self.clock_mut(warned.code, warned.run)
        {
            clock.warned.push((warned.mark, now));
        }
        if let TransferEvent::Urged(urged) = event
            && let Some(clock) = urged.code.zip(urged.run).and_then(|(code, run)| self.clock_mut(code, run))
        {
            clock.first_urged_at.get_or_insert(now);
            clock.urged_at = Some(now);
        }
        if let TransferEvent::Supervised(done) = event
            && let Some(clock) = done.code.zip(done.run).and_then(|(code, run)| self.clock_mut(code, run))
        {
            clock.supervised_at = Some(now);
        }
        if let TransferEvent::LatenessExplained(explained) = event
            && let Some(clock) = self.clock_mut(explained.code, explained.run)
        {
            clock.lateness = Some(explained.reason);
        }
    }

    /// The facts that follow from the clocks.
    fn settle_facts(&mut self) {
        let is_open = |clocks: &[Clock], code: ClockCode, run: Option<u32>| {
            clocks
                .iter()
                .any(|clock| clock.code == code && run.is_none_or(|run| clock.run == run) && clock.is_open())
        };
        let clocks = &self.clocks;
        let runs = |pending: &PendingExtension| {
            let is_it = |clock: &&Clock| clock.code == pending.code && clock.run == pending.run;
            clocks.iter().find(is_it).is_some_and(|clock| clock.phase == Phase::Running)
        };
        self.facts.extension.take_if(|pending| !runs(pending));
        self.facts.supervision.take_if(|open| {
            open.code.zip(open.run).is_some_and(|(code, run)| !is_open(clocks, code, Some(run)))
        });
        self.facts.urging.take_if(|_| !is_open(clocks, ClockCode::T20, None));
        let mut late: Vec<_> = clocks
            .iter()
            .filter(|clock| clock.was_late() && clock.lateness.is_none())
            .map(|clock| clock.owner.clone())
            .collect();
        late.sort();
        late.dedup();
        self.facts.late = late;
        let by_hand = self.facts.urging.as_ref().map(|_| LadderStep::Urged);
        let by_clocks = clocks.iter().filter_map(Clock::step).max();
        let supervised = self.facts.supervision.as_ref().map(|_| LadderStep::Supervised);
        let escalated = self.escalations.iter().map(|(_, step)| *step).max();
        self.facts.ladder = [escalated, supervised, by_hand, by_clocks].into_iter().flatten().max();
    }
}
