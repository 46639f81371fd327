//! What must hold at every moment.

use super::State;
use super::log::Event;
use std::fmt::{self, Display};

/// What must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invariant {
    /// Positions are 1, 2, 3, … in the order of the commits.
    Dense,
    /// Versions of a stream are 1, 2, 3, … in the order of the log.
    VersionsDense,
    /// Every event was decided on the one before it in its stream.
    DecidedOnLast,
    /// A command is in the log once.
    CommandOnce,
    /// What was answered is in the log where the answer says.
    AnswerKept,
    /// Nothing is appended after a relay has halted the log.
    HaltStands,
    /// The message of a sequence is the event of that position.
    InPlace,
    /// All messages of the stream are of its epoch.
    OneEpoch,
    /// The stream is a piece of one log, of now or of before it went back.
    OneHistory,
    /// Within an epoch nobody has seen two events of one position.
    ShownOnce,
    /// No event has an effect on the views twice.
    EffectOnce,
    /// The views are the fold of the log up to the checkpoint.
    ViewIsFold,
}

impl Display for Invariant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Dense => "positions are 1, 2, 3, … in the order of the commits",
            Self::VersionsDense => "versions of a stream are 1, 2, 3, … in the order of the log",
            Self::DecidedOnLast => "every event was decided on the one before it in its stream",
            Self::CommandOnce => "a command is in the log once",
            Self::AnswerKept => "what was answered is in the log where the answer says",
            Self::HaltStands => "nothing is appended after a relay has halted the log",
            Self::InPlace => "the message of a sequence is the event of that position",
            Self::OneEpoch => "all messages of the stream are of its epoch",
            Self::OneHistory => "the stream is a piece of one log",
            Self::ShownOnce => "within an epoch nobody has seen two events of one position",
            Self::EffectOnce => "no event has an effect on the views twice",
            Self::ViewIsFold => "the views are the fold of the log up to the checkpoint",
        })
    }
}

/// Whether a state keeps an invariant.
type Check = fn(&State) -> bool;

/// How each is checked.
const CHECKS: [(Invariant, Check); 12] = [
    (Invariant::Dense, is_dense),
    (Invariant::CommandOnce, has_commands_once),
    (Invariant::VersionsDense, has_dense_versions),
    (Invariant::DecidedOnLast, is_decided_on_last),
    (Invariant::AnswerKept, keeps_answers),
    (Invariant::HaltStands, stands_halted),
    (Invariant::InPlace, is_in_place),
    (Invariant::OneEpoch, is_of_one_epoch),
    (Invariant::OneHistory, is_of_one_history),
    (Invariant::ShownOnce, has_shown_once),
    (Invariant::EffectOnce, has_effects_once),
    (Invariant::ViewIsFold, is_fold),
];

/// The first invariant that a state breaks, other than those that are tolerated.
pub fn broken(state: &State, tolerated: &[Invariant]) -> Option<Invariant> {
    let mut broken = CHECKS.iter().filter(|(_, holds)| !holds(state)).map(|(invariant, _)| *invariant);
    broken.find(|invariant| !tolerated.contains(invariant))
}

/// Each event of the log, and those before it.
fn events(state: &State) -> impl Iterator<Item = (&Event, &[Event])> {
    let log = &state.database.log;
    log.iter().enumerate().map(|(index, event)| (event, &log[..index]))
}

fn last_of(before: &[Event], stream: u8) -> Option<&Event> {
    before.iter().rev().find(|event| event.stream == stream)
}

fn is_dense(state: &State) -> bool {
    events(state).all(|(event, before)| usize::from(event.position) == before.len() + 1)
}

fn has_commands_once(state: &State) -> bool {
    events(state).all(|(event, before)| before.iter().all(|earlier| earlier.command != event.command))
}

fn has_dense_versions(state: &State) -> bool {
    events(state).all(|(event, before)| {
        event.version == last_of(before, event.stream).map_or(0, |last| last.version) + 1
    })
}

fn is_decided_on_last(state: &State) -> bool {
    events(state)
        .all(|(event, before)| event.decided_on == last_of(before, event.stream).map(|last| last.id()))
}

fn keeps_answers(state: &State) -> bool {
    state.past.answered.iter().enumerate().all(|(command, position)| {
        let event = state.database.at(*position);
        *position == 0 || event.is_some_and(|event| usize::from(event.command) == command)
    })
}

fn stands_halted(state: &State) -> bool {
    state.database.halted_at.is_none_or(|head| head == state.database.head())
}

fn is_in_place(state: &State) -> bool {
    state.bus.stream.as_ref().is_none_or(|stream| {
        let mut numbered = (stream.first()..).zip(&stream.messages);
        numbered.all(|(sequence, message)| message.event.position == sequence)
    })
}

fn is_of_one_epoch(state: &State) -> bool {
    let stream = state.bus.stream.as_ref();
    stream.is_none_or(|stream| stream.messages.iter().all(|message| message.epoch == stream.epoch))
}

fn is_of_one_history(state: &State) -> bool {
    state.bus.stream.as_ref().is_none_or(|stream| {
        let former = &state.past.former_logs;
        stream.follows(&state.database.log) || former.iter().any(|log| stream.follows(log))
    })
}

fn has_shown_once(state: &State) -> bool {
    // They are kept in order: two events of one position stand side by side.
    state.past.shown.windows(2).all(|pair| {
        let [(epoch, event), (next_epoch, next)] = pair else { return true };
        epoch != next_epoch || event.position != next.position
    })
}

fn has_effects_once(state: &State) -> bool {
    let inserted = &state.database.views.inserted;
    inserted.iter().enumerate().all(|(index, event)| !inserted[..index].contains(event))
}

fn is_fold(state: &State) -> bool {
    let views = &state.database.views;
    let fold = state.database.log.get(..usize::from(views.checkpoint.position));
    fold.is_some_and(|fold| views.folded == fold && views.inserted == fold)
}
