//! Postgres: `log.append`, and the views that stand in the same database.

use super::design::{Design, Guard};
use super::projector::Views;
use std::fmt::{self, Display};
use std::hash::{Hash, Hasher};

/// An event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Event {
    /// Its place in the log: 1, 2, 3, …
    pub position: u8,
    /// The stream.
    pub stream: u8,
    /// Its place in the stream: 1, 2, 3, …
    pub version: u8,
    /// The command behind it.
    pub command: u8,
    /// How often the database had gone back before it was appended; with the position it makes the id of the event.
    pub life: u8,
    /// The event that was the last of the stream when this one was decided.
    pub decided_on: Option<EventId>,
}

/// Position and life of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(u8, u8);

impl Event {
    /// Its id.
    pub fn id(self) -> EventId {
        EventId(self.position, self.life)
    }
}

impl Hash for Event {
    // One word instead of eight: exploring spends most of its time on hashing.
    fn hash<H: Hasher>(&self, state: &mut H) {
        let EventId(position, life) = self.decided_on.unwrap_or(EventId(0, 0));
        state.write_u64(u64::from_le_bytes([
            self.position,
            self.stream,
            self.version,
            self.command,
            self.life,
            position,
            life,
            0,
        ]));
    }
}

impl Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lives = "'".repeat(usize::from(self.life));
        write!(f, "{}:{}{lives}", self.position, letter(self.command))
    }
}

/// How a command is called.
pub fn letter(command: u8) -> char {
    char::from(b'a' + command)
}

/// A command as it was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decided {
    /// Which.
    pub command: u8,
    /// The stream that it writes.
    pub stream: u8,
    /// The version of the stream that the decision saw.
    pub version: u8,
    /// The event of that version.
    pub on: Option<EventId>,
}

impl Display for Decided {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "command {} on version {}", letter(self.command), self.version)
    }
}

/// What became of a command: its position, or none when its guard did not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Outcome {
    /// Which.
    pub command: u8,
    /// Where it stands.
    pub position: Option<u8>,
}

/// Why a call was refused as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The log is in another epoch.
    EpochChanged,
    /// Nothing new may be appended: the log is halted, or not compared.
    NotOpen,
}

/// How the log stands with its server, as a relay sees it before it compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Standing {
    epoch: u8,
    halted_at: Option<u8>,
    /// Each life has another server.
    life: u8,
}

/// What is in Postgres.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Database {
    /// The events, in the order in which they were committed.
    pub log: Vec<Event>,
    /// The epoch.
    pub epoch: u8,
    /// The head when a relay halted the log; none while anything may be appended.
    pub halted_at: Option<u8>,
    /// Whether only a new epoch ends that.
    pub halted_until_epoch: bool,
    /// The life in which a relay last found log and stream equal, or the epoch began.
    pub compared_in: u8,
    /// How often the database has gone back.
    pub life: u8,
    /// The views.
    pub views: Views,
}

impl Database {
    pub(super) fn new() -> Self {
        Self {
            log: Vec::new(),
            epoch: 1,
            halted_at: None,
            halted_until_epoch: false,
            compared_in: 0,
            life: 0,
            views: Views::default(),
        }
    }

    /// The position of the head.
    pub fn head(&self) -> u8 {
        count(self.log.len())
    }

    /// How it stands with its server.
    pub(super) fn standing(&self) -> Standing {
        Standing { epoch: self.epoch, halted_at: self.halted_at, life: self.life }
    }

    /// Stops every append.
    pub(super) fn halt(&mut self) {
        self.halted_at.get_or_insert(count(self.log.len()));
    }

    /// Lets appends go on, where that does not take a new epoch.
    pub(super) fn resume(&mut self) {
        if !self.halted_until_epoch {
            self.halted_at = None;
            self.compared_in = self.life;
        }
    }

    /// Whether something new may be appended.
    fn is_open(&self, design: Design) -> bool {
        let is_halted = self.halted_at.is_some() && design.has(Guard::Halt);
        let is_compared = self.compared_in == self.life;
        !is_halted && (is_compared || !design.has(Guard::ComparedServer))
    }

    /// The event at a position.
    pub fn at(&self, position: u8) -> Option<Event> {
        event_at(&self.log, position)
    }

    /// How the events after a position begin, at most so many.
    pub fn after(&self, position: u8, most: usize) -> &[Event] {
        let rest = self.log.get(usize::from(position)..).unwrap_or_default();
        &rest[..most.min(rest.len())]
    }

    /// Decides a command on the stream as it stands.
    pub fn decide(&self, command: u8, stream: u8) -> Decided {
        let last = last_of(&self.log, stream);
        let version = last.map_or(0, |event| event.version);
        Decided { command, stream, version, on: last.map(|event| event.id()) }
    }

    /// `log.append`. `seen` is the log that the statements of the call see.
    pub(super) fn append(
        &mut self,
        design: Design,
        epoch: u8,
        call: &[Decided],
        seen: &Seen,
    ) -> Result<Vec<Outcome>, Refused> {
        if epoch != self.epoch && design.has(Guard::AppendEpoch) {
            return Err(Refused::EpochChanged);
        }
        let mut position = seen.head;
        let mut rows = seen.rows.clone();
        let before = rows.len();
        let mut outcomes = Vec::with_capacity(call.len());
        for decided in call {
            let earlier = rows.iter().find(|event| event.command == decided.command);
            if let Some(earlier) = earlier.filter(|_| design.has(Guard::CommandLookUp)) {
                outcomes.push(Outcome { command: decided.command, position: Some(earlier.position) });
                continue;
            }
            let version = last_of(&rows, decided.stream).map_or(0, |event| event.version);
            if version != decided.version && design.has(Guard::VersionCheck) {
                outcomes.push(Outcome { command: decided.command, position: None });
                continue;
            }
            position += 1;
            rows.push(event(*decided, position, version + 1, self.life));
            outcomes.push(Outcome { command: decided.command, position: Some(position) });
        }
        let new = rows.split_off(before);
        // Only now: a repeat gets its first answer even while the log is halted.
        if !new.is_empty() && !self.is_open(design) {
            return Err(Refused::NotOpen);
        }
        self.log.extend(new);
        Ok(outcomes)
    }

    /// Whether a call can go the lean way, as far as can be seen before the head is locked: its commands write different
    /// streams, and the versions that they follow are there.
    pub(super) fn takes_lean(&self, call: &[Decided]) -> bool {
        let is_there = |decided: &Decided| {
            let follows = |event: &Event| (event.stream, event.version) == (decided.stream, decided.version);
            decided.version == 0 || self.log.iter().any(follows)
        };
        let mut others = call.iter().enumerate().map(|(place, decided)| (decided, &call[..place]));
        let differ = others.all(|(decided, others)| {
            others.iter().all(|other| other.stream != decided.stream && other.command != decided.command)
        });
        differ && call.iter().all(is_there)
    }

    /// `log.append_lean`, from the lock on the head to the commit; none, with nothing in the log, where `log.append` must answer
    /// each command for itself.
    pub(super) fn append_lean(
        &mut self,
        design: Design,
        epoch: u8,
        call: &[Decided],
    ) -> Option<Vec<Outcome>> {
        let is_other_epoch = epoch != self.epoch && design.has(Guard::AppendEpoch);
        if is_other_epoch || !self.is_open(design) {
            return None;
        }
        let is_there = |decided: &Decided| {
            self.log.iter().any(|event| {
                event.command == decided.command
                    || (event.stream, event.version) == (decided.stream, decided.version + 1)
            })
        };
        if call.iter().any(is_there) && design.has(Guard::UniqueKeys) {
            return None;
        }
        let positions = self.head() + 1..;
        let new = positions
            .zip(call)
            .map(|(position, decided)| event(*decided, position, decided.version + 1, self.life));
        let new: Vec<_> = new.collect();
        let outcomes =
            new.iter().map(|event| Outcome { command: event.command, position: Some(event.position) });
        let outcomes = outcomes.collect();
        self.log.extend(new);
        Some(outcomes)
    }

    /// What the statements of a call see that begins now.
    pub(super) fn seen(&self) -> Seen {
        Seen { head: self.head(), rows: self.log.clone() }
    }
}

/// The log as a statement sees it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seen {
    /// The position of the head.
    pub head: u8,
    /// The events.
    pub rows: Vec<Event>,
}

fn event(decided: Decided, position: u8, version: u8, life: u8) -> Event {
    Event {
        position,
        stream: decided.stream,
        version,
        command: decided.command,
        life,
        decided_on: decided.on,
    }
}

fn last_of(rows: &[Event], stream: u8) -> Option<&Event> {
    rows.iter().rev().find(|event| event.stream == stream)
}

/// The event at a position of a log.
pub fn event_at(log: &[Event], position: u8) -> Option<Event> {
    usize::from(position).checked_sub(1).and_then(|index| log.get(index)).copied()
}

/// A length as a position.
pub fn count(length: usize) -> u8 {
    u8::try_from(length).expect("a scope holds far fewer than 255 events")
}
