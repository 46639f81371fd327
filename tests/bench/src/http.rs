//! From the arrival of a request that creates a transfer to its place in the read view.
//!
//! Requests arrive by a schedule, whether or not earlier ones were answered (an open loop), and times are taken from
//! the scheduled arrival, so that a request which had to wait counts its wait. The reader asks for the position at
//! which the create was written (`Casebus-Min-Position`) until it sees the transfer there.

mod api;
mod round;
mod schedule;
mod table;

pub(crate) use api::Api;

use crate::options::Options;
use crate::report::Section;
use std::sync::Arc;
use std::time::Duration;

/// Arrivals in a second.
const REQUESTS_PER_SECOND: u32 = 200;
/// Arrivals before those that count: connections are open, plans are made.
const WARM_UP: Duration = Duration::from_secs(2);

/// Measures all rounds.
pub(crate) async fn run(options: &Options, api: Api) -> anyhow::Result<Section> {
    let api = Arc::new(api);
    round::run(&api, WARM_UP).await?;
    let mut rounds = Vec::new();
    for _ in 0..options.rounds {
        rounds.push(round::run(&api, options.http_duration()).await?);
    }
    table::section(options, &rounds)
}
