//! What the relay makes of the end of the stream and the log; see `judge` of the relay.

use super::bus::{Bus, Message};
use super::design::{Design, Guard};
use super::log::{Database, Event, count};

/// Where the stream ends.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct End {
    /// The epoch of the stream.
    pub epoch: u8,
    /// Sequence of its first message; of the next one if it is empty.
    pub first: u8,
    /// Sequence of its last message, present or not.
    pub last: u8,
    /// The messages at its end that are compared; none if it is empty.
    pub messages: Vec<Message>,
}

/// The log, as far as the comparison needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogSide {
    /// Position of its last event.
    pub head: u8,
    /// Its epoch.
    pub epoch: u8,
    /// What stands at the positions of the messages that are compared.
    pub events: Vec<Option<Event>>,
}

/// Where stream and log were found to be equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Level {
    /// Up to here.
    pub position: u8,
    /// In this epoch.
    pub epoch: u8,
    /// The event that stands there; only where the design uses it.
    pub event: Option<Event>,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The stream is a prefix of the log: publish what follows.
    Continue(Level),
    /// There is no stream: make it.
    Make,
    /// The stream is of no use any more: delete it and make it.
    MakeAgain,
    /// Publish nothing; a person must look.
    Halt,
}

/// Asks the server where the stream ends, and for as many of its last messages as are compared.
pub fn end_of(bus: &Bus, design: Design, window: usize) -> Option<End> {
    let compared = if design.has(Guard::WindowComparison) { window } else { 1 };
    bus.stream.as_ref().map(|stream| End {
        epoch: stream.epoch,
        first: stream.first(),
        last: stream.last,
        messages: stream.tail(compared).to_vec(),
    })
}

/// Reads what the log has where the stream ends.
pub fn events_at(end: Option<&End>, database: &Database) -> Vec<Option<Event>> {
    let Some(end) = end else { return Vec::new() };
    let first = end.last + 1 - count(end.messages.len());
    (first..=end.last).map(|position| database.at(position)).collect()
}

/// Decides.
pub fn judge(design: Design, end: Option<&End>, log: &LogSide) -> Verdict {
    let Some(end) = end else { return Verdict::Make };
    if end.epoch > log.epoch && design.has(Guard::LogEpoch) {
        return Verdict::Halt;
    }
    if end.epoch < log.epoch && design.has(Guard::StreamEpoch) {
        return Verdict::MakeAgain;
    }
    if end.last > log.head {
        return Verdict::Halt;
    }
    let is_emptied = end.messages.is_empty() && end.last > 0;
    let lacks_beginning = end.first > 1 && design.has(Guard::BeginningComparison);
    if lacks_beginning || is_emptied && design.has(Guard::EmptyStream) {
        return Verdict::MakeAgain;
    }
    let found = end.messages.iter().map(|message| Some(message.event));
    if design.has(Guard::EndComparison) && !found.eq(log.events.iter().copied()) {
        return Verdict::Halt;
    }
    let event = end.messages.last().map(|message| message.event);
    Verdict::Continue(Level {
        position: end.last,
        epoch: log.epoch,
        event: event.filter(|_| design.has(Guard::LastSentAgain)),
    })
}
