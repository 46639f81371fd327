//! Urge whoever let a clock run out 催办: at most once a day and clock; the rules space the urgings.

use crate::step::{Candidate, Step};
use chrono::{DateTime, Utc};
use domain::supervision::commands::UrgeAutomatically;
use domain::{Command, civil};
use views::clock::Clock;
use views::{Views, ViewsError};

/// The clocks whose owners may have to be urged now.
pub(crate) async fn candidates(
    views: &Views,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Candidate>, ViewsError> {
    let today = civil::day_of(now);
    let clocks = views.clocks_to_urge(now, limit).await?;
    let candidate = |clock: &Clock| {
        let command = UrgeAutomatically { code: clock.code, run: clock.run };
        Candidate::of_clock(Step::Urge, clock, &format!("/{today}"), Command::UrgeAutomatically(command))
    };
    Ok(clocks.iter().map(candidate).collect())
}
