//! What happens to the servers, and what the operator does about it.

use super::design::Guard;
use super::log::count;
use super::projector::{Checkpoint, Projector, Views};
use super::relay::{Passage, Relay};
use super::scope::{Mishap, Operator};
use super::{Flow, State, Steps};

impl Flow {
    pub(super) fn operator_steps(&self, steps: &mut Steps<'_>) {
        self.stream_faults(steps);
        if self.scope.has(Mishap::Oblivion) && steps.state.known.is_some() {
            steps.fault(format_args!("every process begins anew"), |state| state.known = None);
        }
        if self.scope.has(Mishap::Reset) && steps.state.database.views.checkpoint.epoch > 0 {
            steps.fault(format_args!("the operator empties the views"), |state| self.reset_views(state));
        }
        if !self.scope.log_may_go_back() {
            return;
        }
        match self.scope.operator {
            Operator::ByTheBook | Operator::StopsRelaysOnly | Operator::RestoresOldBackups => {
                self.restore_steps(steps);
            }
            Operator::StopsNothing => {
                let told = format_args!("the operator begins a new epoch while everything runs");
                steps.failover(told, |state| self.begin_epoch(state));
            }
            Operator::Sleeps => self.unnoticed_steps(steps),
        }
    }

    /// By the book: stops, restores a copy, begins a new epoch, starts.
    fn restore_steps(&self, steps: &mut Steps<'_>) {
        let epoch = steps.state.database.epoch;
        let oldest = if self.scope.operator == Operator::RestoresOldBackups { 1 } else { epoch };
        for kept in 0..=steps.state.database.log.len() {
            for epoch in oldest..=epoch {
                let told =
                    format_args!("the operator restores {kept} events of epoch {epoch} and begins a new one");
                steps.failover(told, |state| {
                    self.stop(state);
                    go_back(state, kept);
                    state.database.epoch = epoch;
                    self.begin_epoch(state);
                });
            }
        }
    }

    /// A standby without the last events takes over, and all go on as if nothing had happened.
    fn unnoticed_steps(&self, steps: &mut Steps<'_>) {
        let database = &steps.state.database;
        for kept in 0..database.log.len() {
            for folded in 0..=kept.min(usize::from(database.views.checkpoint.position)) {
                for epoch in 1..=database.epoch {
                    let told = format_args!(
                        "a standby of epoch {epoch} takes over with {kept} events, {folded} of them folded"
                    );
                    steps.failover(told, |state| {
                        self.fail_over(state, kept, folded);
                        state.database.epoch = epoch;
                    });
                }
            }
        }
        if database.halted_at.is_some() {
            steps.step(format_args!("the operator stops everything and begins a new epoch"), |state| {
                self.stop(state);
                self.begin_epoch(state);
            });
        }
    }

    fn fail_over(&self, state: &mut State, kept: usize, folded: usize) {
        go_back(state, kept);
        if !self.scope.has(Mishap::SlowMessage) {
            lose_messages(state);
        }
        if self.design.has(Guard::FreshBatch) {
            let publishers = state.relays.iter_mut().filter_map(Relay::publisher);
            publishers.for_each(|publisher| publisher.ready.clear());
        }
        let views = &mut state.database.views;
        views.folded.truncate(folded);
        views.inserted.truncate(folded);
        views.checkpoint.position = count(folded);
    }

    /// Stops what the operator stops. What a relay has sent arrives nowhere any more.
    fn stop(&self, state: &mut State) {
        lose_messages(state);
        state.relays.fill(Relay::Looking);
        if self.scope.operator != Operator::StopsRelaysOnly {
            state.known = None;
            state.projectors.fill(Projector::Down);
            for gateway in &mut state.gateways {
                gateway.lose_connection();
            }
        }
    }

    /// `views_1.reset()`.
    fn reset_views(&self, state: &mut State) {
        let former = state.database.views.checkpoint.generation;
        let generation = if self.design.has(Guard::Generation) { former + 1 } else { 0 };
        let checkpoint = Checkpoint { generation, ..Checkpoint::default() };
        state.database.views = Views { checkpoint, ..Views::default() };
    }

    /// `casebus log new-epoch`.
    fn begin_epoch(&self, state: &mut State) {
        let database = &mut state.database;
        // The clock never goes back; here the number of lives stands for it.
        let clock = if self.design.has(Guard::UnusedEpoch) { database.life } else { 0 };
        database.epoch = database.epoch.max(clock) + 1;
        database.halted_at = None;
        database.halted_until_epoch = false;
        database.compared_in = database.life;
        if self.scope.operator != Operator::StopsRelaysOnly && self.scope.operator != Operator::StopsNothing {
            for gateway in &mut state.gateways {
                gateway.restart(database.epoch);
            }
        }
        self.reset_views(state);
    }

    /// `JetStream` loses what it had not written to the disk, all messages, or everything.
    fn stream_faults(&self, steps: &mut Steps<'_>) {
        let Some(stream) = &steps.state.bus.stream else { return };
        if self.scope.has(Mishap::Purge) && !stream.messages.is_empty() {
            steps.fault(format_args!("JetStream loses all messages and keeps the sequence"), |state| {
                if let Some(stream) = &mut state.bus.stream {
                    stream.messages.clear();
                }
            });
        }
        if !self.scope.has(Mishap::StreamLoss) {
            return;
        }
        for last in stream.first() - 1..stream.last {
            steps.fault(format_args!("JetStream loses what follows sequence {last}"), |state| {
                if let Some(stream) = &mut state.bus.stream {
                    stream.truncate(last);
                }
            });
        }
        steps.fault(format_args!("JetStream loses the stream"), |state| state.bus.delete());
    }
}

/// What is on its way arrives nowhere.
fn lose_messages(state: &mut State) {
    state.bus.strays.clear();
    for publisher in state.relays.iter_mut().filter_map(Relay::publisher) {
        for sent in publisher.in_flight.iter_mut().filter(|sent| sent.passage == Passage::Travelling) {
            sent.passage = Passage::Silent;
        }
    }
}

/// The database is an older copy of itself. What was answered and is lost is not answered any more: its client comes
/// again.
fn go_back(state: &mut State, kept: usize) {
    let former = state.database.log.clone();
    state.database.log.truncate(kept);
    state.database.halted_at = None;
    state.database.halted_until_epoch = false;
    state.database.life += 1;
    for position in &mut state.past.answered {
        if usize::from(*position) > kept {
            *position = 0;
        }
    }
    for gateway in &mut state.gateways {
        gateway.lose_connection();
    }
    state.past.former_logs.push(former);
}
