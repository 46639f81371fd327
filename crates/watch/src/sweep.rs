//! Takes all candidates of a step.
//!
//! The read model lists them from the front each time, and goes on listing what the rules refuse, so a page is not
//! enough: the list is read twice as far until its end is seen.

use crate::carry_out::carry_out_all;
use crate::memory::Memory;
use crate::quiet_hours::QuietHours;
use crate::step::Listed;
use crate::{WatchConfig, WatchError};
use std::collections::HashSet;

/// Candidates that are read first.
const PAGE: i64 = 500;

/// Takes all candidates of a step; answers how many commands took effect now.
pub(crate) async fn sweep(
    config: &WatchConfig,
    memory: &mut Memory,
    listed: Listed,
) -> Result<u64, WatchError> {
    let (mut seen, mut quiet_hours) = (HashSet::new(), QuietHours::default());
    let (mut limit, mut done) = (PAGE, 0);
    loop {
        let now = (config.now)();
        let found = listed.candidates(&config.views, now, limit).await?;
        let is_all = i64::try_from(found.len()).is_ok_and(|found| found < limit);
        let mut ready = Vec::new();
        for candidate in found {
            let waits =
                candidate.waits_for_quiet_hours && quiet_hours.has(config, &candidate.by, now).await?;
            if seen.insert(candidate.name.clone()) && !waits {
                ready.push(candidate);
            }
        }
        done += carry_out_all(config, memory, ready, now).await?.done;
        if is_all {
            return Ok(done);
        }
        limit = limit.saturating_mul(2);
    }
}
