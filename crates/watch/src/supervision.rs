//! Open the supervision 督办 of whoever let a clock run out and did not move: once per run of a clock.

use crate::step::{Candidate, Step};
use chrono::{DateTime, Utc};
use domain::Command;
use domain::supervision::commands::SuperviseAutomatically;
use views::clock::Clock;
use views::{Views, ViewsError};

/// The clocks whose owners may have to be supervised now.
pub(crate) async fn candidates(
    views: &Views,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Candidate>, ViewsError> {
    let clocks = views.clocks_to_supervise(now, limit).await?;
    let candidate = |clock: &Clock| {
        let command = SuperviseAutomatically { code: clock.code, run: clock.run };
        Candidate::of_clock(Step::Supervise, clock, "", Command::SuperviseAutomatically(command))
    };
    Ok(clocks.iter().map(candidate).collect())
}
