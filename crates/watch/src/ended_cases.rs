//! End requests for assistance whose case has ended: nobody needs the answer any more.

use crate::step::{Candidate, Step};
use domain::Command;
use views::transfer::Transfer;
use views::{Views, ViewsError};

/// The requests that are open although their case has ended.
pub(crate) async fn candidates(views: &Views, limit: i64) -> Result<Vec<Candidate>, ViewsError> {
    let requests = views.requests_of_ended_cases(limit).await?;
    let candidate = |request: Transfer| Candidate {
        step: Step::EndWithCase,
        key: format!("{}/{}", Step::EndWithCase.route(), request.id),
        name: request.id.to_string(),
        transfer: request.id,
        by: request.from_department,
        command: Command::EndWithCase,
        waits_for_quiet_hours: Step::EndWithCase.waits_for_quiet_hours(),
    };
    Ok(requests.into_iter().map(candidate).collect())
}
