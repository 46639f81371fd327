//! The watch in numbers.

use crate::unacknowledged::Count;
use crate::{Views, ViewsError, Visibility};
use chrono::{DateTime, Utc};
use contract::ids::DepartmentId;
use contract::state::TransferState;

/// The watch in numbers, as far as the caller may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Transfers in which somebody owes the next step.
    pub open: i64,
    /// Those of them in which a due moment has come.
    pub overdue: i64,
    /// Transfers that nobody has signed, and notices that nobody has read.
    pub unacknowledged: Count,
    /// Transfers whose receiver owes feedback.
    pub missing_feedback: Count,
    /// Transfers per state; states without any are left out.
    pub by_state: Vec<StateCount>,
    /// The departments that hold most open transfers, most first.
    pub by_holder: Vec<HolderCount>,
}

/// How many transfers are in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StateCount {
    /// The state.
    pub state: TransferState,
    /// How many.
    pub count: Count,
}

/// How many transfers a department holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HolderCount {
    /// The department.
    pub department: DepartmentId,
    /// How many.
    pub count: Count,
}

impl Views {
    /// The watch in numbers at a moment, with the `most_holders` departments that hold most.
    pub async fn summary(
        &self,
        visibility: &Visibility,
        now: DateTime<Utc>,
        most_holders: i64,
    ) -> Result<Summary, ViewsError> {
        let by_state = self.count_by_state(visibility, now).await?;
        let open = by_state.iter().filter(|entry| !entry.state.is_ended());
        let (open, overdue) = open
            .fold((0, 0), |(open, overdue), entry| (open + entry.count.all, overdue + entry.count.overdue));
        Ok(Summary {
            open,
            overdue,
            unacknowledged: self.count_unacknowledged(visibility, now).await?,
            missing_feedback: self.count_missing_feedback(visibility, now).await?,
            by_state,
            by_holder: self.count_by_holder(visibility, now, most_holders).await?,
        })
    }
}
