//! End suspensions whose last day is over: the clocks run on from then, whenever that is noticed.

use crate::step::{Candidate, Step};
use chrono::{DateTime, Utc};
use domain::Command;
use views::transfer::Transfer;
use views::{Views, ViewsError};

/// The suspensions whose last day is over.
pub(crate) async fn candidates(
    views: &Views,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Candidate>, ViewsError> {
    let transfers = views.suspensions_over(now, limit).await?;
    let candidate = |transfer: Transfer| {
        let since = transfer.facts.suspension?.since.timestamp_micros();
        let name = format!("{}/{since}", transfer.id);
        Some(Candidate {
            step: Step::EndSuspension,
            key: format!("{}/{name}", Step::EndSuspension.route()),
            name,
            transfer: transfer.id,
            by: transfer.to_department,
            command: Command::EndSuspension,
            waits_for_quiet_hours: Step::EndSuspension.waits_for_quiet_hours(),
        })
    };
    Ok(transfers.into_iter().filter_map(candidate).collect())
}
