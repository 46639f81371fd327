//! `JetStream` and the network before it.

use super::design::{Design, Guard};
use super::log::{Database, Event, count, event_at};
use super::scope::Filling;
use super::verdict::{LogSide, Verdict, end_of, events_at, judge};
use super::{Flow, State, Steps};
use std::fmt::{self, Display};

/// A message: an event, and the epoch in which it was published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Message {
    /// The event.
    pub event: Event,
    /// The epoch that it claims.
    pub epoch: u8,
}

impl Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of epoch {}", self.event, self.epoch)
    }
}

/// The stream.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stream {
    /// The epoch for which it was made.
    pub epoch: u8,
    /// Sequence of its last message, present or not.
    pub last: u8,
    /// Its messages, up to the last one.
    pub messages: Vec<Message>,
}

impl Stream {
    fn new(epoch: u8) -> Self {
        Self { epoch, last: 0, messages: Vec::new() }
    }

    /// Sequence of its first message; of the next one if it is empty.
    pub fn first(&self) -> u8 {
        self.last + 1 - count(self.messages.len())
    }

    /// The message of a sequence.
    pub fn at(&self, sequence: u8) -> Option<&Message> {
        sequence.checked_sub(self.first()).and_then(|index| self.messages.get(usize::from(index)))
    }

    /// Its last messages, at most so many.
    pub fn tail(&self, most: usize) -> &[Message] {
        &self.messages[self.messages.len().saturating_sub(most)..]
    }

    /// Whether every message is an event of this log.
    pub fn follows(&self, log: &[Event]) -> bool {
        self.messages.iter().all(|message| event_at(log, message.event.position) == Some(message.event))
    }

    /// Messages after this sequence are gone.
    pub(super) fn truncate(&mut self, last: u8) {
        let first = self.first();
        self.messages.truncate(usize::from((last + 1).saturating_sub(first)));
        self.last = last;
    }
}

/// What the server says to a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    /// It is in the stream under this sequence.
    Stored(u8),
    /// The stream does not end where the message expects, or there is none.
    Refused,
}

/// Server and network.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Bus {
    /// The stream.
    pub stream: Option<Stream>,
    /// Messages on their way for whose reply nobody waits any more.
    pub strays: Vec<Message>,
    /// The ids within the duplicate window, in the design that has them.
    pub ids: Vec<u8>,
}

impl Bus {
    /// Whether the stream holds exactly what the log holds.
    pub fn equals(&self, database: &Database) -> bool {
        self.stream.as_ref().is_some_and(|stream| {
            let events = stream.messages.iter().map(|message| message.event);
            stream.epoch == database.epoch && events.eq(database.log.iter().copied())
        })
    }

    /// Makes the stream, if there is none.
    pub(super) fn make(&mut self, epoch: u8) {
        self.stream.get_or_insert_with(|| Stream::new(epoch));
    }

    /// The stream is gone, and with it what the server knew of its messages.
    pub(super) fn delete(&mut self) {
        self.stream = None;
        self.ids.clear();
    }

    fn receive(&mut self, design: Design, message: Message) -> Reply {
        let position = message.event.position;
        let Some(stream) = &mut self.stream else { return Reply::Refused };
        if design.has(Guard::MessageIds) {
            if self.ids.contains(&position) {
                return Reply::Stored(position);
            }
            self.ids.push(position);
            self.ids.sort_unstable();
        }
        if design.has(Guard::ExpectedSequence) && stream.last + 1 != position {
            return Reply::Refused;
        }
        stream.messages.push(message);
        stream.last += 1;
        Reply::Stored(stream.last)
    }
}

impl State {
    /// A message arrives at the server.
    pub(super) fn receive(&mut self, flow: &Flow, message: Message) -> Reply {
        let reply = self.bus.receive(flow.design, message);
        if matches!(reply, Reply::Stored(_)) && flow.scope.log_may_go_back() {
            self.past.show(message.epoch, message.event);
        }
        reply
    }
}

impl Flow {
    pub(super) fn network_steps(&self, steps: &mut Steps<'_>) {
        for (place, message) in steps.state.bus.strays.iter().enumerate() {
            steps.step(format_args!("{message} arrives, and nobody waits for the reply"), |state| {
                state.bus.strays.remove(place);
                state.receive(self, *message);
            });
        }
        if self.scope.filling == Filling::InOneStep {
            self.fill_step(steps);
        }
    }

    /// Without relays: one step brings the stream nearer to the log.
    fn fill_step(&self, steps: &mut Steps<'_>) {
        let database = &steps.state.database;
        let end = end_of(&steps.state.bus, self.design, self.scope.window);
        let events = events_at(end.as_ref(), database);
        let log = LogSide { head: database.head(), epoch: database.epoch, events };
        let verdict = judge(self.design, end.as_ref(), &log);
        steps.step(format_args!("the stream is brought nearer to the log"), |state| match verdict {
            Verdict::Continue(level) => {
                if self.finds_loss(state) {
                    return;
                }
                state.database.resume();
                if let Some(event) = state.database.at(level.position + 1) {
                    state.receive(self, Message { event, epoch: level.epoch });
                }
            }
            Verdict::Make | Verdict::MakeAgain => state.bus.stream = Some(Stream::new(log.epoch)),
            Verdict::Halt => state.database.halt(),
        });
    }
}
