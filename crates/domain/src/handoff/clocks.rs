//! The statutory clocks of a handoff: starting, stopping, pausing them, and letting fall what has lost its sense.

use super::role;
use crate::calendar::Calendar;
use crate::civil;
use crate::counting::{Arithmetic, Given, Pause};
use crate::rule_pack::{CriminalRules, HandoffClockRule};
use chrono::{DateTime, NaiveTime, Utc};
use contract::clock::{ClockState, PauseReason};
use contract::handoff::{
    HandoffAfter, HandoffClock, HandoffClockRun, HandoffPause, HandoffState, Lane, Notice,
};
use contract::ids::DepartmentId;

/// By what clocks are counted.
#[derive(Clone, Copy, Debug)]
pub struct Counter<'a> {
    /// The rules.
    pub rules: &'a CriminalRules,
    /// The calendar.
    pub calendar: &'a Calendar,
    /// Whether the handoff is expedited.
    pub expedited: bool,
    /// When.
    pub now: DateTime<Utc>,
}

/// Whether a clock runs in each lane by itself, and not for the handoff as a whole.
pub const fn is_per_lane(code: HandoffClock) -> bool {
    match code {
        HandoffClock::C01
        | HandoffClock::C02
        | HandoffClock::C03
        | HandoffClock::C04
        | HandoffClock::C05
        | HandoffClock::C06
        | HandoffClock::C07
        | HandoffClock::C07Seven
        | HandoffClock::C07Thirty
        | HandoffClock::C16
        | HandoffClock::C19
        | HandoffClock::C27
        | HandoffClock::C28 => false,
        HandoffClock::C08
        | HandoffClock::C09
        | HandoffClock::C10
        | HandoffClock::C11
        | HandoffClock::C12
        | HandoffClock::C13
        | HandoffClock::C14
        | HandoffClock::C15
        | HandoffClock::C17
        | HandoffClock::C18
        | HandoffClock::C20
        | HandoffClock::C21
        | HandoffClock::C22
        | HandoffClock::C26
        | HandoffClock::C29 => true,
    }
}

/// Whether the duty of a clock still makes sense for a lane that stands there.
const fn makes_sense(code: HandoffClock, state: HandoffState) -> bool {
    if state.is_ended() {
        return matches!(code, HandoffClock::C28);
    }
    match code {
        HandoffClock::C01 => matches!(state, HandoffState::AwaitHead),
        HandoffClock::C02 => matches!(state, HandoffState::Approved),
        HandoffClock::C03 => {
            matches!(
                state,
                HandoffState::Presented | HandoffState::SupervisionOverdue | HandoffState::OrderedToFile
            )
        }
        HandoffClock::C04 | HandoffClock::C05 => matches!(
            state,
            HandoffState::Accepted | HandoffState::Supplementing | HandoffState::SupervisionOverdue
        ),
        HandoffClock::C06 => matches!(state, HandoffState::Supplementing | HandoffState::SupervisionOverdue),
        HandoffClock::C07 | HandoffClock::C07Seven | HandoffClock::C07Thirty => {
            // Not where the receipt is not signed yet: with other police it counts anew.
            matches!(
                state,
                HandoffState::Accepted
                    | HandoffState::Supplementing
                    | HandoffState::SupervisionOverdue
                    | HandoffState::OrderedToFile
            )
        }
        HandoffClock::C09 | HandoffClock::C17 => matches!(state, HandoffState::Filed),
        HandoffClock::C10 => matches!(state, HandoffState::NotFiled),
        HandoffClock::C11 => matches!(state, HandoffState::Reconsidering),
        HandoffClock::C12 => matches!(state, HandoffState::ReconUpheld),
        HandoffClock::C13 => matches!(state, HandoffState::Explaining),
        HandoffClock::C14 => matches!(state, HandoffState::OrderedToFile),
        HandoffClock::C16 => matches!(state, HandoffState::SupervisionOverdue),
        HandoffClock::C19 => matches!(state, HandoffState::OrderedToTransfer),
        HandoffClock::C20 | HandoffClock::C22 => matches!(state, HandoffState::NonprosReview),
        HandoffClock::C21 => matches!(
            state,
            HandoffState::ReversePending
                | HandoffState::Dispute
                | HandoffState::AdminHandling
                | HandoffState::ResultReady
        ),
        HandoffClock::C26 => matches!(
            state,
            HandoffState::Investigating
                | HandoffState::TaskForce
                | HandoffState::AwaitHead
                | HandoffState::NotTransferred
                | HandoffState::OrderedToTransfer
                | HandoffState::BackToSender
                | HandoffState::Withdrawn
                | HandoffState::AdminHandling
        ),
        HandoffClock::C08 => {
            matches!(state, HandoffState::Filed | HandoffState::NotFiled | HandoffState::ReconUpheld)
        }
        HandoffClock::C15 | HandoffClock::C18 | HandoffClock::C27 | HandoffClock::C28 | HandoffClock::C29 => {
            true
        }
    }
}

impl Counter<'_> {
    /// The arithmetic of a run.
    pub fn count(&self, rule: &HandoffClockRule, run: &HandoffClockRun) -> Arithmetic {
        let until = run.ended_at.unwrap_or(self.now);
        let pauses: Vec<_> = run
            .pauses
            .iter()
            .map(|pause| Pause {
                from: pause.from,
                to: pause.to.unwrap_or(until),
                reason: pause_reason(run.code),
            })
            .collect();
        rule.counting(self.expedited).count(
            run.started_at,
            Given { pauses: &pauses, ..Given::default() },
            self.calendar,
        )
    }

    /// Starts a clock, if the pack has switched it on. A duty that its owner owes already is not put off.
    pub(super) fn start(
        &self,
        after: &mut HandoffAfter,
        code: HandoffClock,
        lane: Option<u32>,
        from: DateTime<Utc>,
    ) {
        let Some(rule) = self.rules.clock(code).filter(|rule| rule.on) else { return };
        let before = after.clocks.iter().filter(|run| run.code == code && run.lane == lane).count();
        let holder = lane.and_then(|number| after.lanes.iter().find(|lane| lane.number == number));
        let mut run = HandoffClockRun {
            code,
            lane,
            run: u32::try_from(before).unwrap_or(u32::MAX).saturating_add(1),
            owner: Self::owner(rule, after, holder),
            state: ClockState::Running,
            started_at: from,
            due_at: None,
            provisional: false,
            calendar: String::new(),
            optional: rule.optional,
            ended_at: None,
            missed_at: None,
            pauses: Vec::new(),
        };
        let is_owed_already = |other: &HandoffClockRun| {
            other.code == code && other.lane == lane && other.owner == run.owner && other.is_owed()
        };
        if after.clocks.iter().any(is_owed_already) {
            return;
        }
        self.set_due(rule, &mut run);
        after.clocks.push(run);
    }

    /// Who moves a case to other police owes the telling, and not the police that have it now.
    fn owner(rule: &HandoffClockRule, after: &HandoffAfter, lane: Option<&Lane>) -> DepartmentId {
        let mover = after.parties.earlier_police.last().filter(|_| rule.code == HandoffClock::C29);
        mover.cloned().unwrap_or_else(|| role::owner(rule.owner, &after.parties, lane))
    }

    fn set_due(&self, rule: &HandoffClockRule, run: &mut HandoffClockRun) {
        let due = self.count(rule, run).due;
        run.due_at = Some(due.at);
        run.provisional = due.provisional;
        self.calendar.version().clone_into(&mut run.calendar);
    }

    /// Counts every running clock by the calendar in force.
    pub(super) fn recount(&self, after: &mut HandoffAfter) {
        for run in after.clocks.iter_mut().filter(|run| run.state == ClockState::Running) {
            if let Some(rule) = self.rules.clock(run.code) {
                self.set_due(rule, run);
            }
        }
    }

    /// The duty is met, late where the due moment has come. A clock of the whole handoff stops only once no lane waits
    /// for it any more.
    pub(super) fn stop(&self, after: &mut HandoffAfter, code: HandoffClock, lane: Option<u32>) {
        let still_waits = |after: &HandoffAfter| after.lanes.iter().any(|lane| makes_sense(code, lane.state));
        let is_decision =
            matches!(code, HandoffClock::C07 | HandoffClock::C07Seven | HandoffClock::C07Thirty);
        if is_decision && still_waits(after) {
            return;
        }
        for run in after.clocks.iter_mut().filter(|run| run.code == code && run.is_owed()) {
            if run.lane.is_none() || run.lane == lane {
                let is_late = run.missed_at.is_some() || run.due_at.is_some_and(|due| due <= self.now);
                // A right is used in time or lost; nothing is late.
                let is_right = self.rules.clock(code).is_some_and(|rule| rule.right);
                run.state = match (is_late, is_right) {
                    (false, _) => ClockState::Met,
                    (true, false) => ClockState::MetLate,
                    (true, true) => ClockState::Cancelled,
                };
                run.ended_at = Some(self.now);
            }
        }
    }

    /// The duty falls away where it has lost its sense.
    pub(super) fn let_fall(&self, after: &mut HandoffAfter) {
        let lanes = after.lanes.clone();
        let makes_sense_in = |run: &HandoffClockRun| match run.lane {
            Some(number) => {
                lanes.iter().any(|lane| lane.number == number && makes_sense(run.code, lane.state))
            }
            None => lanes.iter().any(|lane| makes_sense(run.code, lane.state)),
        };
        for run in after.clocks.iter_mut().filter(|run| run.is_owed()) {
            if !makes_sense_in(run) {
                // What had run out by then stays on record as missed.
                let is_duty = self.rules.clock(run.code).is_some_and(HandoffClockRule::may_be_missed);
                if is_duty && run.missed_at.is_none() && run.has_run_out(self.now) {
                    run.missed_at = Some(self.now);
                }
                run.state = ClockState::Cancelled;
                run.ended_at = Some(self.now);
            }
        }
    }

    /// Lets the runs of a clock stand still. What has run out by then goes on, seen or not: it is late, whatever comes.
    pub(super) fn pause(&self, after: &mut HandoffAfter, code: HandoffClock, lane: Option<u32>) {
        let mine = |run: &HandoffClockRun| run.code == code && (run.lane.is_none() || run.lane == lane);
        let runs = |run: &HandoffClockRun| run.state == ClockState::Running && !run.has_run_out(self.now);
        for run in after.clocks.iter_mut().filter(|run| mine(run) && runs(run)) {
            run.state = ClockState::Paused;
            run.due_at = None;
            run.pauses.push(HandoffPause { from: self.now, to: None });
        }
    }

    /// Lets them run on; whether there was one.
    pub(super) fn resume(&self, after: &mut HandoffAfter, code: HandoffClock, lane: Option<u32>) -> bool {
        let Some(rule) = self.rules.clock(code) else { return false };
        let mut found = false;
        let mine = |run: &HandoffClockRun| run.code == code && (run.lane.is_none() || run.lane == lane);
        for run in after.clocks.iter_mut().filter(|run| mine(run) && run.state == ClockState::Paused) {
            found = true;
            run.state = ClockState::Running;
            if let Some(pause) = run.pauses.last_mut() {
                pause.to = Some(self.now);
            }
            self.set_due(rule, run);
        }
        found
    }

    /// The administrative case counts again: on where it stood still, else anew.
    pub(super) fn go_on_administratively(&self, after: &mut HandoffAfter, lane: u32) {
        let resumed = self.resume(after, HandoffClock::C26, Some(lane));
        let runs = |run: &HandoffClockRun| run.code == HandoffClock::C26 && run.is_owed();
        let is_known = after.administrative_case_filed_on.is_some()
            || after.lanes.iter().any(|other| other.number == lane && other.reverse.is_some());
        let has_one =
            after.clocks.iter().any(|run| runs(run) && run.lane.is_none_or(|number| number == lane));
        if !resumed && !has_one && is_known {
            self.start(after, HandoffClock::C26, Some(lane), self.now);
        }
    }

    /// The administrative case counts from the day on which it was filed.
    pub(super) fn begin_administratively(&self, after: &mut HandoffAfter) {
        if let Some(day) = after.administrative_case_filed_on {
            let from = civil::moment(day, NaiveTime::MIN);
            self.start(after, HandoffClock::C26, None, from);
        }
    }

    /// Another limit takes the place of the filing clock, from the same start.
    pub(super) fn extend_review(&self, after: &mut HandoffAfter, code: HandoffClock) {
        let is_review = |run: &HandoffClockRun| {
            matches!(run.code, HandoffClock::C07 | HandoffClock::C07Seven | HandoffClock::C07Thirty)
                && run.is_owed()
        };
        let from = after.clocks.iter().find(|run| is_review(run)).map_or(self.now, |run| run.started_at);
        for run in after.clocks.iter_mut().filter(|run| is_review(run)) {
            run.state = ClockState::Cancelled;
            run.ended_at = Some(self.now);
        }
        self.start(after, code, None, from);
    }
}

/// Why a clock stands still: each has one reason only.
pub const fn pause_reason(code: HandoffClock) -> PauseReason {
    match code {
        HandoffClock::C22 => PauseReason::Appeal,
        HandoffClock::C26 => PauseReason::CriminalHandoff,
        HandoffClock::C01
        | HandoffClock::C02
        | HandoffClock::C03
        | HandoffClock::C04
        | HandoffClock::C05
        | HandoffClock::C06
        | HandoffClock::C07
        | HandoffClock::C07Seven
        | HandoffClock::C07Thirty
        | HandoffClock::C08
        | HandoffClock::C09
        | HandoffClock::C10
        | HandoffClock::C11
        | HandoffClock::C12
        | HandoffClock::C13
        | HandoffClock::C14
        | HandoffClock::C15
        | HandoffClock::C16
        | HandoffClock::C17
        | HandoffClock::C18
        | HandoffClock::C19
        | HandoffClock::C20
        | HandoffClock::C21
        | HandoffClock::C27
        | HandoffClock::C28
        | HandoffClock::C29 => PauseReason::Supplement,
    }
}

/// The runs that are owed in a lane of its own, to be carried elsewhere.
pub(super) fn carried(after: &HandoffAfter, lanes: &[Lane]) -> Vec<HandoffClockRun> {
    let is_theirs = |run: &&HandoffClockRun| {
        run.is_owed() && run.lane.is_some_and(|number| lanes.iter().any(|lane| lane.number == number))
    };
    after.clocks.iter().filter(is_theirs).cloned().collect()
}

/// The notices of these lanes that have not arrived: what they start must be carried too.
pub(super) fn waiting(after: &HandoffAfter, lanes: &[Lane]) -> Vec<Notice> {
    let theirs = |notice: &Notice| {
        let is_theirs = |number: &u32| lanes.iter().any(|lane| lane.number == *number);
        let numbers: Vec<_> = notice.lanes.iter().copied().filter(is_theirs).collect();
        let waits = notice.received_at.is_none() && !numbers.is_empty();
        waits.then(|| Notice { lanes: numbers, ..notice.clone() })
    };
    after.notices.iter().filter_map(theirs).collect()
}
