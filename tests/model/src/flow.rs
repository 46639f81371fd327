//! The flow from command to view, as it is built, step by step. One step is what one statement, one request or one message
//! does; between two steps anything else may happen.
//!
//! * [`gateway`]: decides commands and appends them in calls; repeats them when the outcome is unknown.
//! * [`log`]: `log.append`, the one way into the log.
//! * [`relay`]: compares stream and log, publishes with several messages in flight. Any number leads at once: that one
//!   leads alone saves work, but nothing may depend on it.
//! * [`bus`]: `JetStream`, and the network before it.
//! * [`projector`]: folds the log into the view. Any number leads at once here too.
//! * [`operator`]: failover to an older copy of the database, new epochs, rebuilding the view, and what `JetStream` loses.
//! * [`invariant`]: what must hold at every moment.
//! * [`design`]: the guards that make it hold. The unique indexes of the log are left out: they must never be needed.

pub mod bus;
pub mod design;
pub mod gateway;
pub mod invariant;
pub mod log;
pub mod operator;
pub mod past;
pub mod projector;
pub mod relay;
pub mod scope;
pub mod verdict;

use crate::explorer::{Model, Next};
use bus::Bus;
use design::Design;
use gateway::Gateway;
use invariant::Invariant;
use log::{Database, Event};
use past::Past;
use projector::Projector;
use relay::Relay;
use scope::Scope;
use std::fmt;

/// The flow in a design, within a scope.
#[derive(Clone, Copy, Debug)]
pub struct Flow {
    /// Its guards.
    pub design: Design,
    /// How many there are of everything.
    pub scope: Scope,
    /// What may be broken for a time, as long as the flow finds back.
    pub tolerated: &'static [Invariant],
}

/// Everything that is the case at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    /// Postgres: log and views, which go back together.
    pub database: Database,
    /// `JetStream`.
    pub bus: Bus,
    /// Who appends.
    pub gateways: Vec<Gateway>,
    /// Who publishes.
    pub relays: Vec<Relay>,
    /// Who folds.
    pub projectors: Vec<Projector>,
    /// The last event that processes know to be in the log, and its epoch; kept only where the log may go back.
    pub known: Option<(u8, Event)>,
    /// What others have seen, and nobody can take back.
    pub past: Past,
    /// So many more things may go wrong.
    pub faults_left: u8,
    /// So many more times the database may go back.
    pub failovers_left: u8,
}

impl Model for Flow {
    type State = State;
    type Invariant = Invariant;

    fn initial(&self) -> State {
        let scope = &self.scope;
        State {
            database: Database::new(),
            bus: Bus::default(),
            gateways: vec![Gateway::new(); scope.gateways],
            relays: vec![Relay::Looking; scope.relays],
            projectors: vec![Projector::Down; scope.projectors],
            known: None,
            past: Past::new(scope.commands.len()),
            faults_left: scope.faults,
            failovers_left: scope.failovers,
        }
    }

    fn next(&self, state: &State, in_words: bool) -> Vec<Next<State>> {
        let mut steps =
            Steps { state, in_words, in_any_order: self.scope.actors_are_alike, found: Vec::new() };
        self.gateway_steps(&mut steps);
        self.relay_steps(&mut steps);
        self.network_steps(&mut steps);
        self.projector_steps(&mut steps);
        self.operator_steps(&mut steps);
        steps.found
    }

    fn broken(&self, state: &State) -> Option<Invariant> {
        invariant::broken(state, self.tolerated)
    }

    fn is_at_rest(&self, state: &State) -> bool {
        let scope = &self.scope;
        let database = &state.database;
        let is_answered = state.past.answered.iter().all(|position| *position > 0);
        let is_published = !scope.has_bus() || state.bus.equals(database);
        let is_folded = scope.projectors == 0 || database.views.equal(database);
        is_answered && is_published && is_folded && database.halted_at.is_none()
    }
}

/// Collects what may happen next.
pub(crate) struct Steps<'a> {
    pub(crate) state: &'a State,
    in_words: bool,
    in_any_order: bool,
    found: Vec<Next<State>>,
}

impl Steps<'_> {
    /// Something that is meant to happen.
    pub(crate) fn step(&mut self, step: fmt::Arguments<'_>, change: impl FnOnce(&mut State)) {
        self.push(step, false, change);
    }

    /// Something that goes wrong, if more may.
    pub(crate) fn fault(&mut self, step: fmt::Arguments<'_>, change: impl FnOnce(&mut State)) {
        if self.state.faults_left > 0 {
            self.push(step, true, |state| {
                state.faults_left -= 1;
                change(state);
            });
        }
    }

    /// The database goes back, if it may once more.
    pub(crate) fn failover(&mut self, step: fmt::Arguments<'_>, change: impl FnOnce(&mut State)) {
        if self.state.failovers_left > 0 {
            self.push(step, true, |state| {
                state.failovers_left -= 1;
                change(state);
            });
        }
    }

    fn push(&mut self, step: fmt::Arguments<'_>, is_fault: bool, change: impl FnOnce(&mut State)) {
        let mut state = self.state.clone();
        change(&mut state);
        if self.in_any_order {
            // Which of two relays is the first makes no difference: states that differ in that only are one.
            state.gateways.sort_unstable();
            state.relays.sort_unstable();
            state.projectors.sort_unstable();
        }
        if state != *self.state {
            let step = if self.in_words { step.to_string() } else { String::new() };
            self.found.push(Next { step, state, is_fault });
        }
    }
}
