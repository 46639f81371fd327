//! Building the read model beside the one that serves, and putting it in its place.
//!
//! The next read model stands in a schema of its own, made by this program's migrations, so it may have another shape
//! than the one that serves. It is filled stream by stream: all events of a stream are folded in memory, by the same
//! fold as live, and their rows are copied in; indexes come after the bulk. What happened meanwhile is folded by
//! building its streams anew. In the end the schemas change their names in one transaction, while the checkpoint of the
//! serving one is locked: no reader sees a gap, and a projector finds its checkpoint gone and begins again on the new one.
//!
//! * [`Stage`]: a schema with the tables of the read model, and what is done to it.
//! * [`LiveLock`]: the serving read model while its projector is held off; from it the switch is made.
//! * `history`: whole streams folded into rows.

mod history;
mod live_lock;
mod stage;

use crate::binary::TIMELINE;
pub use history::Copied;
pub use live_lock::{LiveLock, drop_former};
pub use stage::{Stage, is_begun, is_former_kept};

/// The schema that serves.
const LIVE: &str = "views_1";
/// The schema that is being built.
const NEXT: &str = "views_1_next";
/// The schema that served before the last switch, until it is dropped on command.
const FORMER: &str = "views_1_former";

/// The tables whose rows belong to one stream each, with the column that names it.
const STREAM_TABLES: [(&str, &str); 12] = [
    ("transfer", "id"),
    ("clock", "transfer_id"),
    ("feedback", "transfer_id"),
    ("assignment", "transfer_id"),
    ("scorecard", "transfer_id"),
    ("unacknowledged", "transfer_id"),
    ("missing_feedback", "transfer_id"),
    ("parked", "stream_id"),
    ("handoff", "id"),
    ("handoff_lane", "handoff_id"),
    ("handoff_document", "handoff_id"),
    // One row for each event, which never changes: only what is missing is added.
    (TIMELINE, "transfer_id"),
];
