//! Reading a log whose writers do not wait for each other: each transaction draws its number when it inserts, and commits
//! when it likes. The reader asks again and again for what follows what it has.

mod reader;
mod writer;

use crate::explorer::{Model, Next};
use reader::Reader;
use std::fmt::{self, Display};
use writer::Writer;

/// How the log is numbered and read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tail {
    /// As casebus does it: a number is given under a lock that is held until the commit.
    HeadLock,
    /// Numbers of an identity column: `number > last order by number`.
    Identity,
    /// The same, but only of transactions older than every running one: `and xid < xmin order by number`.
    XminByNumber,
    /// `(xid, number) > last and xid < xmin order by xid, number`.
    XminByTransaction,
}

/// All of them.
pub const TAILS: [Tail; 4] = [Tail::HeadLock, Tail::Identity, Tail::XminByNumber, Tail::XminByTransaction];

/// Writers of one event each, and a reader.
#[derive(Clone, Copy, Debug)]
pub struct TailModel {
    /// How it is read.
    pub tail: Tail,
    /// The stream that each writer writes. Writers of one stream wait for each other.
    pub streams: &'static [u8],
    /// So many transactions roll back.
    pub faults: u8,
}

/// Everything that is the case at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    writers: Vec<Writer>,
    /// In the order of the commits.
    committed: Vec<Row>,
    last_number: u8,
    last_xid: u8,
    reader: Reader,
    faults_left: u8,
}

/// An event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Row {
    number: u8,
    xid: u8,
    stream: u8,
    version: u8,
}

/// What must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invariant {
    /// What the reader has passed, it has delivered.
    NothingLost,
    /// The events of a stream are delivered in their order.
    StreamInOrder,
}

impl Display for Invariant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NothingLost => "the reader has delivered every event that it has passed",
            Self::StreamInOrder => "the events of a stream are delivered in their order",
        })
    }
}

impl Model for TailModel {
    type State = State;
    type Invariant = Invariant;

    fn initial(&self) -> State {
        State {
            writers: self.streams.iter().map(|stream| Writer::new(*stream)).collect(),
            committed: Vec::new(),
            last_number: 0,
            last_xid: 0,
            reader: Reader::default(),
            faults_left: self.faults,
        }
    }

    fn next(&self, state: &State, _in_words: bool) -> Vec<Next<State>> {
        let mut found = Vec::new();
        for place in 0..state.writers.len() {
            self.writer_steps(state, place, &mut found);
        }
        self.reader_step(state, &mut found);
        found
    }

    fn broken(&self, state: &State) -> Option<Invariant> {
        if self.has_lost(state) {
            return Some(Invariant::NothingLost);
        }
        (!state.reader.is_in_order()).then_some(Invariant::StreamInOrder)
    }

    fn is_at_rest(&self, state: &State) -> bool {
        let is_done = state.writers.iter().all(|writer| writer.is_done());
        is_done && state.reader.delivered.len() == state.committed.len()
    }
}

/// A step, told in a sentence.
fn step(state: &State, told: String, is_fault: bool, change: impl FnOnce(&mut State)) -> Next<State> {
    let mut state = state.clone();
    change(&mut state);
    Next { step: told, state, is_fault }
}
