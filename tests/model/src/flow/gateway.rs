//! The gateways: decide a command, append it together with others, answer; and again under the same id while the
//! outcome is unknown.
//!
//! A client repeats its command until it has an answer, and to whichever gateway it likes, also while the first attempt
//! still runs.

use super::design::Guard;
use super::log::{Decided, Event, Outcome, Seen, count, letter};
use super::{Flow, State, Steps};
use std::fmt::Display;

/// A gateway.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Gateway {
    /// The epoch in which it opened the log.
    pub epoch: u8,
    /// What it is doing.
    pub doing: Doing,
}

/// What a gateway is doing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Doing {
    /// It gathers commands for its next call; none yet while the list is empty.
    Gathering(Vec<Decided>),
    /// Its statement has begun, sees this, and waits for the head; only in the design where that matters.
    Waiting(Vec<Decided>, Seen),
    /// It goes the lean way: it has found the versions that the commands follow, and waits for the head.
    WaitingLean(Vec<Decided>),
    /// It holds the head, and has read this of the log.
    Holding(Vec<Decided>, Seen),
    /// It has committed, and the reply is on its way.
    Committed(Vec<Decided>, Vec<Outcome>),
}

impl Gateway {
    pub(super) fn new() -> Self {
        Self { epoch: 1, doing: Doing::Gathering(Vec::new()) }
    }

    /// The connection breaks: what was not committed is rolled back, and the call is made again under the same ids.
    pub(super) fn lose_connection(&mut self) {
        let call = match &mut self.doing {
            Doing::Gathering(call)
            | Doing::Waiting(call, _)
            | Doing::WaitingLean(call)
            | Doing::Holding(call, _)
            | Doing::Committed(call, _) => std::mem::take(call),
        };
        self.doing = Doing::Gathering(call);
    }

    /// Begins anew.
    pub(super) fn restart(&mut self, epoch: u8) {
        *self = Self { epoch, doing: Doing::Gathering(Vec::new()) };
    }
}

impl Flow {
    pub(super) fn gateway_steps(&self, steps: &mut Steps<'_>) {
        if self.scope.gateways == 0 {
            return self.append_step(steps);
        }
        let mut holders = steps.state.gateways.iter().map(|gateway| &gateway.doing);
        let is_free =
            !holders.any(|doing| matches!(doing, Doing::Holding(..))) || !self.design.has(Guard::HeadLock);
        let epoch = steps.state.database.epoch;
        for (place, gateway) in steps.state.gateways.iter().enumerate() {
            match &gateway.doing {
                Doing::Gathering(call) => self.gathering_steps(steps, place, call, is_free),
                Doing::Waiting(call, seen) if is_free => {
                    // A row that is locked is read again after the wait, whatever the statement sees otherwise.
                    let seen = Seen { head: steps.state.database.head(), rows: seen.rows.clone() };
                    turn(steps, place, "locks the head", Doing::Holding(call.clone(), seen));
                }
                Doing::WaitingLean(call) if is_free => {
                    steps.step(format_args!("gateway {place} takes the head in the lean way"), |state| {
                        self.commit_lean(state, place, call);
                    });
                }
                Doing::Waiting(..) | Doing::WaitingLean(_) => {}
                Doing::Holding(call, seen) => {
                    steps.step(format_args!("gateway {place} inserts and commits"), |state| {
                        self.commit(state, place, call, seen);
                    });
                }
                Doing::Committed(_, outcomes) => committed_steps(steps, place, outcomes),
            }
            if gateway.doing != Doing::Gathering(Vec::new()) {
                let told = format_args!("gateway {place} crashes");
                steps.fault(told, |state| state.gateways[place].restart(epoch));
            }
        }
    }

    /// Without gateways: the next command is appended and answered at once.
    fn append_step(&self, steps: &mut Steps<'_>) {
        let next = steps.state.past.answered.iter().position(|position| *position == 0);
        let Some(next) = next else { return };
        let command = count(next);
        let call = [steps.state.database.decide(command, self.scope.commands[next])];
        steps.step(format_args!("command {} is appended and answered", letter(command)), |state| {
            if self.finds_loss(state) {
                return;
            }
            let (epoch, seen) = (state.database.epoch, state.database.seen());
            if let Ok(outcomes) = state.database.append(self.design, epoch, &call, &seen) {
                self.note_appended(state);
                answer(state, &outcomes);
            }
        });
    }

    fn gathering_steps(&self, steps: &mut Steps<'_>, place: usize, call: &[Decided], is_free: bool) {
        if call.len() < self.scope.call_size {
            for (command, stream) in self.scope.commands.iter().enumerate() {
                if steps.state.past.answered[command] == 0 {
                    let decided = steps.state.database.decide(count(command), *stream);
                    let gathering = Doing::Gathering([call, &[decided]].concat());
                    turn(steps, place, format_args!("decides {decided}"), gathering);
                }
            }
        }
        if call.is_empty() {
            return;
        }
        if steps.state.database.takes_lean(call) {
            turn(steps, place, "finds the versions that it follows", Doing::WaitingLean(call.to_vec()));
        }
        let seen = steps.state.database.seen();
        if !self.design.has(Guard::LaterStatement) {
            turn(steps, place, "begins its statement", Doing::Waiting(call.to_vec(), seen));
        } else if is_free {
            turn(steps, place, "takes the head and reads", Doing::Holding(call.to_vec(), seen));
        }
    }

    fn commit(&self, state: &mut State, place: usize, call: &[Decided], seen: &Seen) {
        let epoch = state.gateways[place].epoch;
        if self.finds_loss(state) {
            return state.gateways[place].restart(epoch);
        }
        let outcomes = state.database.append(self.design, epoch, call, seen);
        self.note_appended(state);
        match outcomes {
            Ok(outcomes) => state.gateways[place].doing = Doing::Committed(call.to_vec(), outcomes),
            // The clients are told, and come again.
            Err(_) => state.gateways[place].restart(state.database.epoch),
        }
    }

    /// Nobody else has the head between the lock and the commit, so both are one step.
    fn commit_lean(&self, state: &mut State, place: usize, call: &[Decided]) {
        let epoch = state.gateways[place].epoch;
        if self.finds_loss(state) {
            return state.gateways[place].restart(epoch);
        }
        let outcomes = state.database.append_lean(self.design, epoch, call);
        self.note_appended(state);
        state.gateways[place].doing = match outcomes {
            Some(outcomes) => Doing::Committed(call.to_vec(), outcomes),
            None => Doing::Gathering(call.to_vec()),
        };
    }

    /// Readers of the feed see what is in the log, and processes know of it.
    fn note_appended(&self, state: &mut State) {
        if !self.scope.log_may_go_back() {
            return;
        }
        for event in state.database.log.clone() {
            state.past.show(state.database.epoch, event);
        }
        state.known = state.database.log.last().copied().map(|event| (state.database.epoch, event));
    }

    /// Whether a process knows of an event that the log has no more.
    pub(super) fn knows_of_loss(&self, state: &State) -> bool {
        let is_lost = |(epoch, event): (u8, Event)| {
            let found = state.database.epoch;
            epoch > found || epoch == found && state.database.at(event.position) != Some(event)
        };
        self.design.has(Guard::KnownEvents) && state.known.is_some_and(is_lost)
    }

    /// The same, and the log is then halted until a new epoch.
    pub(super) fn finds_loss(&self, state: &mut State) -> bool {
        let is_lost = self.knows_of_loss(state);
        if is_lost {
            state.database.halt();
            state.database.halted_until_epoch = true;
        }
        is_lost
    }
}

/// A gateway goes over to what it does next; nothing else changes.
fn turn(steps: &mut Steps<'_>, place: usize, told: impl Display, next: Doing) {
    steps.step(format_args!("gateway {place} {told}"), |state| state.gateways[place].doing = next);
}

fn committed_steps(steps: &mut Steps<'_>, place: usize, outcomes: &[Outcome]) {
    steps.step(format_args!("gateway {place} hears the outcomes and answers"), |state| {
        state.gateways[place].doing = Doing::Gathering(Vec::new());
        answer(state, outcomes);
    });
    let told = format_args!("gateway {place} loses the reply and makes the call again");
    steps.fault(told, |state| state.gateways[place].lose_connection());
}

/// Tells the clients. Where a guard did not hold, the command is decided again.
fn answer(state: &mut State, outcomes: &[Outcome]) {
    for outcome in outcomes {
        if let Some(position) = outcome.position {
            state.past.answered[usize::from(outcome.command)] = position;
        }
    }
}
