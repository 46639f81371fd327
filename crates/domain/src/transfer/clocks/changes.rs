//! What an event does to the clocks of a transfer.

use super::signals::signals;
use super::{Clock, Phase, granted, pause_end};
use crate::counting::{Arithmetic, Extension, Given, Pause};
use crate::period::Unit;
use crate::rule_pack::{ClockRule, OwnerRole, RulePack, Signal};
use crate::rules::Rules;
use crate::transfer::state::{State, Transfer};
use chrono::{DateTime, NaiveDate, Utc};
use contract::clock::{ClockChange, ClockCode, ClockMove, PauseReason};
use contract::event::{DueDate, DueItem, MeetingDecision, TransferEvent};
use contract::ids::DepartmentId;

/// What happens around a clock: the transfer on both sides of an event, when, and by which rules.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    /// The transfer before the event.
    pub before: &'a Transfer,
    /// The transfer after it, but with its clocks as they were.
    pub after: &'a Transfer,
    /// The event.
    pub event: &'a TransferEvent,
    /// When it happens.
    pub now: DateTime<Utc>,
    /// The pack that the transfer keeps.
    pub pack: &'a RulePack,
    /// The calendars.
    pub rules: &'a Rules,
}

/// What an event does to the clocks of a transfer.
pub fn changes(scene: &Scene<'_>) -> Vec<ClockChange> {
    let signals = signals(scene.event, scene.after);
    let open = || scene.before.clocks.iter().filter(|clock| clock.is_open());
    let is_stopped = |clock: &Clock| scene.is_stopped(clock, &signals);
    let ended: Vec<_> = open()
        .filter(|clock| is_stopped(clock) || scene.falls_away(clock) || scene.is_paused(clock))
        .map(|clock| (clock.code, clock.run))
        .collect();
    let mut changes: Vec<_> = open()
        .filter_map(|clock| {
            if is_stopped(clock) {
                Some(clock.change(ClockMove::Stopped))
            } else if scene.falls_away(clock) || scene.is_moot(clock, &ended) {
                Some(clock.change(ClockMove::Cancelled))
            } else {
                scene.moved(clock)
            }
        })
        .collect();
    for rule in &scene.pack.clocks {
        let applies = rule.kinds.contains(&scene.after.reference.kind)
            && intersects(&rule.starts_on, &signals)
            && !scene.after.state.name().is_ended()
            && !has_open(scene.before, &changes, rule.code);
        if applies {
            changes.extend(scene.started(rule));
        }
    }
    changes
}

/// Whether a clock of that code goes on running through the event.
fn has_open(before: &Transfer, changes: &[ClockChange], code: ClockCode) -> bool {
    let ends = |clock: &Clock| {
        changes.iter().any(|change| {
            change.code == code
                && change.run == clock.run
                && matches!(change.movement, ClockMove::Stopped | ClockMove::Cancelled)
        })
    };
    before.clocks.iter().any(|clock| clock.code == code && clock.is_open() && !ends(clock))
}

impl Scene<'_> {
    fn is_stopped(&self, clock: &Clock, signals: &[Signal]) -> bool {
        let rule = self.pack.clock(clock.code).filter(|rule| intersects(&rule.stops_on, signals));
        rule.is_some_and(|rule| self.is_the_item(clock, rule))
    }

    /// Whether what happened is what the task's own date of this run asks for: a plan is no report of progress.
    fn is_the_item(&self, clock: &Clock, rule: &ClockRule) -> bool {
        if rule.period.unit != Unit::OwnDates {
            return true;
        }
        let item = nth_date(self.after, clock.run).map(|date| date.item);
        let is_plan = matches!(self.event, TransferEvent::PlanFiled(_));
        let is_progress = matches!(self.event, TransferEvent::ProgressReported(_));
        (!is_plan || item == Some(DueItem::Plan)) && (!is_progress || item == Some(DueItem::Progress))
    }

    /// Whether the event lets the clock stand still.
    fn is_paused(&self, clock: &Clock) -> bool {
        let rule = self.pack.clock(clock.code);
        rule.is_some_and(|rule| self.pause(clock, rule).is_some())
    }

    /// Whether the duty falls away: the transfer ended, a meeting decided what the duty was about, or the criminal side is over,
    /// from when on the final answer is owed anew. What was late before stays.
    fn falls_away(&self, clock: &Clock) -> bool {
        let is_beside = self.pack.clock(clock.code).is_some_and(|rule| rule.beside_holder);
        let lead_is_fixed = if let TransferEvent::MeetingDecided(meeting) = self.event {
            matches!(meeting.decision, MeetingDecision::FixLead { .. })
        } else {
            false
        };
        let is_decided = lead_is_fixed && self.before.state.handling().is_none() && !is_beside;
        let is_owed_anew = matches!(self.event, TransferEvent::CriminalOutcomeArrived(_))
            && clock.code == ClockCode::T09
            && clock.extensions.is_empty()
            && !clock.ran_out(self.now);
        self.after.state.name().is_ended() || is_decided || is_owed_anew
    }

    /// Whether what the clock waits for is of no more use, because of the clocks that ended with the event: the
    /// extension that was asked for, which has to be asked for again after a pause, or the reply of a department that has done what it was urged to do.
    fn is_moot(&self, clock: &Clock, ended: &[(ClockCode, u32)]) -> bool {
        if clock.code == ClockCode::T10 {
            let pending = self.before.facts.extension.as_ref();
            return pending.is_some_and(|pending| ended.contains(&(pending.code, pending.run)));
        }
        let urging = self.before.facts.urging.as_ref().filter(|_| clock.code == ClockCode::T20);
        urging.is_some_and(|urging| {
            let next = self.after.facts.urging.as_ref();
            if next.is_some_and(|next| next.department != urging.department) {
                return true;
            }
            if let Some(about) = urging.code.zip(urging.run) {
                return ended.contains(&about);
            }
            let holds = |transfer: &Transfer| transfer.holder() == Some(&urging.department);
            holds(self.before) && !holds(self.after)
        })
    }

    /// Pauses, resumes, extends, recalculates, or records as missed.
    fn moved(&self, clock: &Clock) -> Option<ClockChange> {
        if let TransferEvent::TimeLimitMissed(missed) = self.event {
            let is_it = missed.code == clock.code && missed.run == clock.run;
            return is_it.then(|| clock.change(ClockMove::Missed));
        }
        let rule = self.pack.clock(clock.code)?;
        if let Some(reason) = self.pause(clock, rule) {
            return Some(paused(clock, reason));
        }
        if let (Phase::Paused { since, reason }, true) = (clock.phase, self.resumes(clock)) {
            if let Some(other) = self.stands_still_for(clock, rule) {
                return Some(paused(clock, other));
            }
            let mut pauses = clock.pauses.clone();
            pauses.push(Pause { from: since, to: pause_end(self.event, self.now).max(since), reason });
            return Some(self.computed(clock, rule, ClockMove::Resumed, &pauses, &clock.extensions));
        }
        if let Some((code, run, by, approved_by)) = granted(self.event, &self.after.sent.office)
            && (code, run) == (clock.code, clock.run)
        {
            let granted = Extension { by, approved_by: approved_by.clone(), granted_at: self.now };
            let extensions: Vec<_> = clock.extensions.iter().cloned().chain([granted]).collect();
            return Some(match clock.phase {
                Phase::Paused { .. } => clock.change(ClockMove::Extended),
                Phase::Running | Phase::Stopped(_) | Phase::Cancelled(_) => {
                    self.computed(clock, rule, ClockMove::Extended, &clock.pauses, &extensions)
                }
            });
        }
        if matches!(self.event, TransferEvent::ClocksRecalculated(_)) && clock.phase == Phase::Running {
            let again = self.computed(clock, rule, ClockMove::Recalculated, &clock.pauses, &clock.extensions);
            let is_moved = again.due_at != clock.due_at || again.provisional != clock.provisional;
            return is_moved.then_some(again);
        }
        None
    }

    /// Why the event pauses the clock, if it does. A suspension does not help a duty that is late already.
    fn pause(&self, clock: &Clock, rule: &ClockRule) -> Option<PauseReason> {
        let reason = match self.event {
            TransferEvent::SupplementRequested(_) => PauseReason::Supplement,
            TransferEvent::CrimeFound(_) => {
                let waits = waits_for_criminal_side(clock.code);
                let runs = clock.phase == Phase::Running;
                return (waits && runs).then_some(PauseReason::CriminalHandoff);
            }
            TransferEvent::Suspended(suspended) if !clock.ran_out(self.now) => suspended.reason,
            _ => return None,
        };
        let is_its_own = clock.owner == self.after.reference.to && clock.phase == Phase::Running;
        (is_its_own && rule.pauses.contains(&reason)).then_some(reason)
    }

    /// Why a clock whose pause ends with the event still stands: something else began while it stood, or before.
    fn stands_still_for(&self, clock: &Clock, rule: &ClockRule) -> Option<PauseReason> {
        let facts = &self.after.facts;
        if waits_for_criminal_side(clock.code) && facts.criminal_handoff.is_some() {
            return Some(PauseReason::CriminalHandoff);
        }
        let supplement = is_supplementing(self.after).then_some(PauseReason::Supplement);
        // A suspension does not help a duty that is late already.
        let suspension = facts.suspension.as_ref().filter(|_| !clock.ran_out(self.now));
        let suspension = suspension.map(|suspension| suspension.reason);
        let reason = supplement.or(suspension).filter(|reason| rule.pauses.contains(reason));
        reason.filter(|_| clock.owner == self.after.reference.to)
    }

    fn resumes(&self, clock: &Clock) -> bool {
        let Phase::Paused { reason, .. } = clock.phase else { return false };
        match reason {
            PauseReason::Supplement if is_supplementing(self.before) => !is_supplementing(self.after),
            PauseReason::CriminalHandoff => matches!(self.event, TransferEvent::CriminalOutcomeArrived(_)),
            PauseReason::Appraisal
            | PauseReason::Hearing
            | PauseReason::PublicNotice
            | PauseReason::ExpertReview
            | PauseReason::Supplement
            | PauseReason::Designation
            | PauseReason::Assistance
            | PauseReason::Appeal => matches!(self.event, TransferEvent::Resumed(_)),
        }
    }

    fn computed(
        &self,
        clock: &Clock,
        rule: &ClockRule,
        movement: ClockMove,
        pauses: &[Pause],
        extensions: &[Extension],
    ) -> ClockChange {
        let own_day = own_day(self.after, rule, clock.run);
        let given = Given { own_day, extensions, pauses };
        let calendar = self.rules.calendar();
        let counting = self.pack.counting(rule, self.after.sent.urgency);
        let sum = counting.count(clock.started_at, given, calendar);
        ClockChange {
            due_at: Some(sum.due.at),
            provisional: sum.due.provisional,
            warn_at: rule.warn_at(clock.started_at, sum.due.at),
            calendar: Some(sum.calendar),
            ..clock.change(movement)
        }
    }

    /// The clock that the event starts; one that measures what was before the sending has ended with it, and one that waits for a
    /// supplement or for the criminal side stands still.
    fn started(&self, rule: &ClockRule) -> Vec<ClockChange> {
        let runs = self.after.clocks.iter().filter(|clock| clock.code == rule.code).map(|clock| clock.run);
        let run = runs.max().unwrap_or(0) + 1;
        let before_sending = rule.starts_on.contains(&Signal::ClueDiscovered);
        let start = self.after.sent.discovered_at.filter(|_| before_sending).unwrap_or(self.now);
        let own_day = own_day(self.after, rule, run);
        if rule.period.unit == Unit::OwnDates && own_day.is_none() {
            return Vec::new();
        }
        let counting = self.pack.counting(rule, self.after.sent.urgency);
        let given = Given { own_day, ..Given::default() };
        let sum: Arithmetic = counting.count(start, given, self.rules.calendar());
        let begun = ClockChange {
            code: rule.code,
            run,
            movement: ClockMove::Started,
            owner: self.owner(rule.owner),
            started_at: start,
            due_at: Some(sum.due.at),
            provisional: sum.due.provisional,
            warn_at: rule.warn_at(start, sum.due.at),
            pause_reason: None,
            calendar: Some(sum.calendar),
        };
        if before_sending {
            let ended = ClockChange { movement: ClockMove::Stopped, calendar: None, ..begun.clone() };
            return vec![begun, ended];
        }
        let clock = Clock::begin(&begun);
        // What begins while the sender owes a supplement, or while the criminal side is open, stands still like the rest.
        let is_awaited = is_supplementing(self.before) && is_supplementing(self.after);
        let stands = self.stands_still_for(&clock, rule);
        let stands = stands.filter(|reason| is_awaited || *reason == PauseReason::CriminalHandoff);
        let pause = stands.map(|reason| paused(&clock, reason));
        std::iter::once(begun).chain(pause).collect()
    }

    fn owner(&self, role: OwnerRole) -> DepartmentId {
        let transfer = self.after;
        match role {
            OwnerRole::Sender => transfer.reference.from.clone(),
            OwnerRole::Receiver => transfer.reference.to.clone(),
            OwnerRole::Approver => transfer.approver().clone(),
            OwnerRole::Office => transfer.sent.office.clone(),
            OwnerRole::ExtensionDecider => {
                let pending = transfer.facts.extension.as_ref();
                pending.map_or(&transfer.sent.office, |pending| &pending.decided_by).clone()
            }
            OwnerRole::Urged => {
                let urging = transfer.facts.urging.as_ref();
                urging.map_or(&transfer.reference.to, |urging| &urging.department).clone()
            }
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
}

/// The task's own day for a run of a clock that counts none: its first date, its second, and so on.
pub(crate) fn own_day(transfer: &Transfer, rule: &ClockRule, run: u32) -> Option<NaiveDate> {
    if rule.period.unit != Unit::OwnDates {
        return None;
    }
    nth_date(transfer, run).map(|date| date.on)
}

fn nth_date(transfer: &Transfer, run: u32) -> Option<DueDate> {
    let nth = usize::try_from(run).ok()?.checked_sub(1)?;
    transfer.sent.terms.due_dates.get(nth).copied()
}

/// Verifying, the answer, and its outer limit wait for the criminal side.
fn waits_for_criminal_side(code: ClockCode) -> bool {
    matches!(code, ClockCode::T07 | ClockCode::T09 | ClockCode::T09b)
}

fn paused(clock: &Clock, reason: PauseReason) -> ClockChange {
    ClockChange { due_at: None, warn_at: None, pause_reason: Some(reason), ..clock.change(ClockMove::Paused) }
}

fn is_supplementing(transfer: &Transfer) -> bool {
    matches!(transfer.state, State::Supplementing { .. })
}

fn intersects(wanted: &[Signal], given: &[Signal]) -> bool {
    wanted.iter().any(|signal| given.contains(signal))
}
