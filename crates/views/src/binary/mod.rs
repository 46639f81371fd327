//! Rows of the read model in Postgres' binary format: copied in, or as arrays of rows for `views_1.write_rows`. It costs
//! Postgres less than half of what the same rows cost as JSON.
//!
//! * [`Columns`]: the columns of the tables, as the database has them.
//! * `row`, `value`: one row, and one value of it, from what serde makes of their structs.
//! * [`Rows`], [`RowArray`]: many rows on their way in.

mod array;
mod columns;
mod row;
mod rows;
mod value;

pub(crate) use array::RowArray;
pub(crate) use columns::Columns;
pub(crate) use rows::{AudienceRow, Rows, TimelineRow, seen};

/// The events, with their exact bytes.
pub(crate) const TIMELINE: &str = "timeline";
/// Who sees which event; it goes with the timeline.
pub(crate) const AUDIENCE: &str = "audience";

/// A length as the format has it.
fn length(bytes: usize) -> [u8; 4] {
    i32::try_from(bytes).expect("a value of the read model is far below 2 GiB").to_be_bytes()
}

/// The head of an array without nulls.
fn array_head(out: &mut Vec<u8>, of: u32, items: usize) {
    let dimensions = i32::from(items > 0);
    out.extend(dimensions.to_be_bytes());
    out.extend([0; 4]);
    out.extend(of.to_be_bytes());
    if items > 0 {
        out.extend(length(items));
        out.extend(1_i32.to_be_bytes());
    }
}
