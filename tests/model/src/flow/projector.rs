//! The projectors: read what follows the checkpoint, load what it touches, fold, and write all in one transaction that
//! moves the checkpoint first.

use super::bus::Message;
use super::design::Guard;
use super::log::{Database, Event};
use super::{Flow, State, Steps};
use std::fmt::Display;

/// How far the log is folded, and in which epoch; both 0 in an empty read model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Checkpoint {
    /// Position of the last folded event.
    pub position: u8,
    /// The epoch.
    pub epoch: u8,
    /// How often the read model was emptied; only where the design counts that.
    pub generation: u8,
}

/// The read model.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Views {
    /// How far it is.
    pub checkpoint: Checkpoint,
    /// What was folded into rows that are loaded, changed and written back.
    pub folded: Vec<Event>,
    /// What was inserted beside what is there.
    pub inserted: Vec<Event>,
}

impl Views {
    /// Whether they hold exactly what the log holds.
    pub fn equal(&self, database: &Database) -> bool {
        let Checkpoint { position, epoch, .. } = self.checkpoint;
        position == database.head() && (position == 0 || epoch == database.epoch)
    }
}

/// A projector.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Projector {
    /// It is about to ask for the head of the log.
    Down,
    /// It knows head and epoch of the log, and is about to begin where the checkpoint stands.
    Opening {
        /// The head.
        head: u8,
        /// The epoch.
        epoch: u8,
    },
    /// It stands here and asks for more.
    Standing(Checkpoint),
    /// It has events that follow.
    Read(Checkpoint, Vec<Event>),
    /// It has also loaded what was folded before.
    Loaded(Checkpoint, Vec<Event>, Vec<Event>),
    /// It has written, and the checkpoint is still to move; only where these are two transactions.
    Written(Checkpoint, Vec<Event>),
}

impl Flow {
    pub(super) fn projector_steps(&self, steps: &mut Steps<'_>) {
        for (place, projector) in steps.state.projectors.iter().enumerate() {
            match projector {
                Projector::Down => self.opening_step(steps, place),
                Projector::Opening { head, epoch } => {
                    let told = format_args!("projector {place} begins where the checkpoint stands");
                    steps.step(told, |state| self.begin(state, place, *head, *epoch));
                }
                Projector::Standing(checkpoint) => self.reading_steps(steps, place, *checkpoint),
                Projector::Read(checkpoint, events) => {
                    let loaded = steps.state.database.views.folded.clone();
                    let next = Projector::Loaded(*checkpoint, events.clone(), loaded);
                    turn(steps, place, "loads what these events touch", next);
                }
                Projector::Loaded(checkpoint, events, loaded) => {
                    let told = format_args!("projector {place} writes what follows {}", checkpoint.position);
                    steps.step(told, |state| self.write(state, place, *checkpoint, events, loaded));
                }
                Projector::Written(checkpoint, events) => {
                    let told = format_args!("projector {place} moves the checkpoint");
                    steps.step(told, |state| self.advance(state, place, *checkpoint, events));
                }
            }
            if *projector != Projector::Down {
                steps.fault(format_args!("projector {place} crashes"), |state| {
                    state.projectors[place] = Projector::Down;
                });
            }
        }
    }

    fn opening_step(&self, steps: &mut Steps<'_>, place: usize) {
        let (head, epoch) = (steps.state.database.head(), steps.state.database.epoch);
        steps.step(format_args!("projector {place} asks for head and epoch of the log"), |state| {
            if self.scope.log_may_go_back() {
                state.projectors[place] = Projector::Opening { head, epoch };
            } else {
                self.begin(state, place, head, epoch);
            }
        });
    }

    fn reading_steps(&self, steps: &mut Steps<'_>, place: usize, checkpoint: Checkpoint) {
        let database = &steps.state.database;
        let is_other_log = database.epoch != checkpoint.epoch || database.head() < checkpoint.position;
        if is_other_log || database.views.checkpoint != checkpoint {
            turn(steps, place, "finds another checkpoint or another log", Projector::Down);
        }
        if is_other_log {
            return;
        }
        for most in 1..=self.scope.batch {
            let of_log = steps.state.database.after(checkpoint.position, most).to_vec();
            let of_bus = self.complete(steps.state, checkpoint, most);
            for (origin, events) in [("log", of_log), ("bus", of_bus)] {
                if events.len() == most {
                    let told = format_args!("reads {most} from the {origin}");
                    turn(steps, place, told, Projector::Read(checkpoint, events));
                }
            }
        }
    }

    /// The events of the messages that follow; what is missing between them, or unusable, is read from the log.
    fn complete(&self, state: &State, checkpoint: Checkpoint, most: usize) -> Vec<Event> {
        let Some(stream) = &state.bus.stream else { return Vec::new() };
        let database = &state.database;
        let mut events = Vec::new();
        let mut last = checkpoint.position;
        for (sequence, message) in (stream.first()..).zip(&stream.messages) {
            if sequence <= last {
                continue;
            }
            // The log lost events: an operator must act.
            if sequence > database.head() {
                return Vec::new();
            }
            if self.design.has(Guard::Completion) {
                events.extend(database.after(last, usize::from(sequence - last - 1)));
            }
            events.extend(self.usable(message, sequence, checkpoint).or(database.at(sequence)));
            last = sequence;
        }
        events.truncate(most);
        events
    }

    fn usable(&self, message: &Message, sequence: u8, checkpoint: Checkpoint) -> Option<Event> {
        let is_of_epoch = message.epoch == checkpoint.epoch || !self.design.has(Guard::MessageEpoch);
        (is_of_epoch && message.event.position == sequence).then_some(message.event)
    }

    fn write(&self, state: &mut State, place: usize, from: Checkpoint, events: &[Event], loaded: &[Event]) {
        if self.design.has(Guard::OneTransaction) {
            self.advance(state, place, from, events);
            if state.projectors[place] == Projector::Down {
                return;
            }
        } else {
            state.projectors[place] = Projector::Written(from, events.to_vec());
        }
        let views = &mut state.database.views;
        views.folded = [loaded, events].concat();
        views.inserted.extend(events);
    }

    /// Notes the epoch in an empty read model, which is of another generation where another one stood there, and begins where that
    /// stands, if it is of the log that was asked.
    fn begin(&self, state: &mut State, place: usize, head: u8, epoch: u8) {
        let stored = &mut state.database.views.checkpoint;
        let is_corrected = self.design.has(Guard::EpochNotedAnew) && stored.epoch != epoch;
        if stored.position == 0 && (stored.epoch == 0 || is_corrected) {
            if stored.epoch > 0 && self.design.has(Guard::Generation) {
                stored.generation += 1;
            }
            stored.epoch = epoch;
        }
        let is_of_log = stored.epoch == epoch && stored.position <= head;
        state.projectors[place] = if is_of_log { Projector::Standing(*stored) } else { Projector::Down };
    }

    /// Moves the checkpoint if it still stands where the batch was loaded; else the projector begins again.
    fn advance(&self, state: &mut State, place: usize, from: Checkpoint, events: &[Event]) {
        let stored = &mut state.database.views.checkpoint;
        let is_there = stored.position == from.position || !self.design.has(Guard::CheckpointPosition);
        if !is_there || stored.generation != from.generation {
            state.projectors[place] = Projector::Down;
            return;
        }
        stored.position = events.last().map_or(from.position, |event| event.position);
        state.projectors[place] = Projector::Standing(Checkpoint { position: stored.position, ..from });
    }
}

/// A projector goes over to what it does next; nothing else changes.
fn turn(steps: &mut Steps<'_>, place: usize, told: impl Display, next: Projector) {
    steps.step(format_args!("projector {place} {told}"), |state| state.projectors[place] = next);
}
