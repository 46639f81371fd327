//! One round: step by step, and a step that fails keeps none of the others from being taken.
//!
//! What moves due moments comes first, then what follows from them.

use crate::memory::Memory;
use crate::step::{Listed, Step};
use crate::sweep::sweep;
use crate::{WatchConfig, WatchError, calendars, handoffs, missed};

/// Takes every step that is due.
pub(crate) async fn look_once(config: &WatchConfig, memory: &mut Memory) {
    report(Step::Recalculate, calendars::recalculate(config, memory).await);
    report(Step::EndSuspension, sweep(config, memory, Listed::Suspensions).await);
    report(Step::EndWithCase, sweep(config, memory, Listed::EndedCases).await);
    report(Step::Miss, missed::record_missed(config, memory).await);
    report(Step::Handoffs, handoffs::look_at_handoffs(config, memory).await);
    report(Step::Warn, sweep(config, memory, Listed::Warnings).await);
    report(Step::Urge, sweep(config, memory, Listed::Urgings).await);
    report(Step::Supervise, sweep(config, memory, Listed::Supervisions).await);
}

fn report(step: Step, outcome: Result<u64, WatchError>) {
    match outcome {
        Ok(taken) => {
            metrics::counter!(step.counter()).increment(taken);
            if taken > 0 {
                tracing::info!(step = step.route(), taken, "the watch acted");
            }
        }
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(
                step = step.route(),
                error,
                "a step of the watch failed; the next round tries again"
            );
        }
    }
}
