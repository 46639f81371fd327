//! The writers. A transaction gets its id at its first write, which may be this insert or one before it; the insert draws
//! a number, before the transaction needs an id.

use super::{Row, State, Tail, TailModel, step};
use crate::explorer::Next;

/// A transaction that inserts one event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Writer {
    stream: u8,
    pub(super) xid: Option<u8>,
    /// Its number, and the version in its stream.
    drawn: Option<(u8, u8)>,
    is_over: bool,
}

impl Writer {
    pub(super) fn new(stream: u8) -> Self {
        Self { stream, xid: None, drawn: None, is_over: false }
    }

    pub(super) fn is_done(self) -> bool {
        self.is_over
    }

    /// Whether it has an id and has not ended.
    pub(super) fn runs(self) -> bool {
        self.xid.is_some() && !self.is_over
    }
}

impl TailModel {
    pub(super) fn writer_steps(&self, state: &State, place: usize, found: &mut Vec<Next<State>>) {
        let writer = state.writers[place];
        if writer.is_over {
            return;
        }
        if writer.xid.is_none() {
            found.push(step(state, format!("transaction {place} gets its id"), false, |state| {
                state.last_xid += 1;
                state.writers[place].xid = Some(state.last_xid);
            }));
        }
        if writer.drawn.is_none() && !self.waits(state, writer) {
            let number = self.number(state);
            let version = version_after(state, writer.stream);
            let told = format!("transaction {place} draws number {number}, version {version} of its stream");
            found.push(step(state, told, false, |state| {
                state.last_number = number;
                state.writers[place].drawn = Some((number, version));
            }));
        }
        if let (Some(xid), Some((number, version))) = (writer.xid, writer.drawn) {
            let row = Row { number, xid, stream: writer.stream, version };
            found.push(step(state, format!("transaction {place} commits"), false, |state| {
                state.writers[place].is_over = true;
                state.committed.push(row);
            }));
        }
        if state.faults_left > 0 {
            found.push(step(state, format!("transaction {place} rolls back"), true, |state| {
                state.faults_left -= 1;
                state.writers[place].is_over = true;
            }));
        }
    }

    /// Whether another transaction holds the lock that this one needs: of its stream, or of the head.
    fn waits(&self, state: &State, writer: Writer) -> bool {
        let rivals = state.writers.iter().filter(|other| other.drawn.is_some() && !other.is_over);
        rivals.into_iter().any(|other| self.tail == Tail::HeadLock || other.stream == writer.stream)
    }

    fn number(&self, state: &State) -> u8 {
        match self.tail {
            // Under the lock: the one after the last that is committed.
            Tail::HeadLock => state.committed.last().map_or(0, |row| row.number) + 1,
            // Never given back, whatever becomes of the transaction.
            Tail::Identity | Tail::XminByNumber | Tail::XminByTransaction => state.last_number + 1,
        }
    }
}

fn version_after(state: &State, stream: u8) -> u8 {
    state.committed.iter().filter(|row| row.stream == stream).map(|row| row.version).max().unwrap_or(0) + 1
}
