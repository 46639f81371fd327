//! Which departments have quiet hours now, asked once each in a sweep.

use crate::{WatchConfig, WatchError};
use chrono::{DateTime, Utc};
use contract::ids::DepartmentId;
use std::collections::HashMap;

/// What was asked so far.
#[derive(Debug, Default)]
pub(crate) struct QuietHours(HashMap<DepartmentId, bool>);

impl QuietHours {
    /// Whether a department has quiet hours.
    pub(crate) async fn has(
        &mut self,
        config: &WatchConfig,
        department: &DepartmentId,
        now: DateTime<Utc>,
    ) -> Result<bool, WatchError> {
        if let Some(known) = self.0.get(department) {
            return Ok(*known);
        }
        let is_quiet = config.accounts.quiet_now(department, now).await?;
        self.0.insert(department.clone(), is_quiet);
        Ok(is_quiet)
    }
}
