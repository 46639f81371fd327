//! Pages of a list: what comes next begins after the last entry, so entries that come and go move nothing.

use chrono::{DateTime, Utc};
use contract::ids::TransferId;
use serde::{Deserialize, Serialize};

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<Entry, Cursor> {
    /// The entries, in order.
    pub entries: Vec<Entry>,
    /// Where the next page begins; `None` on the last one.
    pub next: Option<Cursor>,
}

impl<Entry, Cursor> Page<Entry, Cursor> {
    /// A page of at most `limit` entries, of which one more was read.
    pub(crate) fn of(mut entries: Vec<Entry>, limit: i64, cursor: impl FnOnce(&Entry) -> Cursor) -> Self {
        let limit = usize::try_from(limit).unwrap_or(0);
        let is_last = entries.len() <= limit;
        entries.truncate(limit);
        let next = if is_last { None } else { entries.last().map(cursor) };
        Self { entries, next }
    }
}

/// A place in a list ordered by due moment; what stands still comes last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DueCursor {
    /// Due moment of the last entry.
    pub due_at: Option<DateTime<Utc>>,
    /// The last entry.
    pub transfer: TransferId,
}
