//! The reader: asks for what follows its cursor, delivers it, and moves the cursor behind it.

use super::writer::Writer;
use super::{Row, State, Tail, TailModel, step};
use crate::explorer::Next;

/// Somebody who reads the log to its end, again and again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Reader {
    cursor: (u8, u8),
    pub(super) delivered: Vec<Row>,
}

impl Reader {
    pub(super) fn is_in_order(&self) -> bool {
        self.delivered.iter().enumerate().all(|(index, row)| {
            let mut before = self.delivered[..index].iter().filter(|earlier| earlier.stream == row.stream);
            before.all(|earlier| earlier.version < row.version)
        })
    }
}

impl TailModel {
    pub(super) fn reader_step(&self, state: &State, found: &mut Vec<Next<State>>) {
        let xmin = xmin(state);
        let mut rows: Vec<Row> = state.committed.clone();
        rows.retain(|row| self.key(*row) > state.reader.cursor && (row.xid < xmin || !self.waits_for_xmin()));
        rows.sort_unstable_by_key(|row| self.key(*row));
        let Some(last) = rows.last() else { return };
        let cursor = self.key(*last);
        let numbers: Vec<String> = rows.iter().map(|row| row.number.to_string()).collect();
        let told = format!("the reader sees numbers {} and goes behind them", numbers.join(", "));
        found.push(step(state, told, false, |state| {
            state.reader.cursor = cursor;
            state.reader.delivered.extend(rows);
        }));
    }

    /// Whether there is a committed event behind the cursor that was not delivered.
    pub(super) fn has_lost(&self, state: &State) -> bool {
        let reader = &state.reader;
        let mut passed = state.committed.iter().filter(|row| self.key(**row) <= reader.cursor);
        passed.any(|row| !reader.delivered.contains(row))
    }

    /// By what the log is read.
    fn key(&self, row: Row) -> (u8, u8) {
        match self.tail {
            Tail::HeadLock | Tail::Identity | Tail::XminByNumber => (row.number, 0),
            Tail::XminByTransaction => (row.xid, row.number),
        }
    }

    fn waits_for_xmin(&self) -> bool {
        match self.tail {
            Tail::HeadLock | Tail::Identity => false,
            Tail::XminByNumber | Tail::XminByTransaction => true,
        }
    }
}

/// The id of the oldest running transaction; of the next one if none runs.
fn xmin(state: &State) -> u8 {
    let running = state.writers.iter().filter(|writer| writer.runs()).filter_map(|Writer { xid, .. }| *xid);
    running.min().unwrap_or(state.last_xid + 1)
}
