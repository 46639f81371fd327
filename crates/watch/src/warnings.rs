//! Warn that clocks will run out 预警: once per run of a clock and mark, and again where the due moment has moved since.
//!
//! Quiet hours hold back what may come later, not the warning on the last day: nothing runs out unwarned.

use crate::step::{Candidate, Step};
use chrono::{DateTime, Utc};
use contract::clock::WarningMark;
use domain::Command;
use domain::time_limit::commands::WarnTimeLimit;
use views::clock::Clock;
use views::{Views, ViewsError};

/// The clocks that should warn by now.
pub(crate) async fn candidates(
    views: &Views,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Candidate>, ViewsError> {
    let clocks = views.clocks_to_warn(now, limit).await?;
    let candidate = |(clock, mark): &(Clock, WarningMark)| {
        let command = WarnTimeLimit { code: clock.code, run: clock.run, mark: *mark };
        let waits_for_quiet_hours = match mark {
            WarningMark::Share => true,
            WarningMark::ExpiryDay => false,
        };
        let due_at = clock.due_at.map_or(0, |due_at| due_at.timestamp_millis());
        let name = format!("/{mark}/{due_at}");
        let warning = Candidate::of_clock(Step::Warn, clock, &name, Command::WarnTimeLimit(command));
        Candidate { waits_for_quiet_hours, ..warning }
    };
    Ok(clocks.iter().map(candidate).collect())
}
