//! One round: step by step, and a step that fails keeps none of the others from being taken.
//!
//! What moves due moments comes first, then what follows from them.

use crate::consumers::Consumers;
use crate::memory::Memory;
use crate::step::{Listed, Step};
use crate::sweep::sweep;
use crate::{WatchConfig, WatchError, calendars, handoff_calendars, handoffs, missed};
use std::time::Duration;
use tokio::time::timeout;

/// How long a step may take; what it has done by then is done. On a connection that the network dropped without a word it would be for
/// ever.
const PATIENCE: Duration = Duration::from_secs(45);

/// Takes every step that is due.
pub(crate) async fn look_once(config: &WatchConfig, memory: &mut Memory, consumers: &mut Consumers) {
    take(Step::Recalculate, calendars::recalculate(config, memory)).await;
    take(Step::RecalculateHandoffs, handoff_calendars::recalculate(config, memory)).await;
    take(Step::EndSuspension, sweep(config, memory, Listed::Suspensions)).await;
    take(Step::EndWithCase, sweep(config, memory, Listed::EndedCases)).await;
    take(Step::Miss, missed::record_missed(config, memory, consumers)).await;
    take(Step::Handoffs, handoffs::look_at_handoffs(config, memory)).await;
    take(Step::Warn, sweep(config, memory, Listed::Warnings)).await;
    take(Step::Urge, sweep(config, memory, Listed::Urgings)).await;
    take(Step::Supervise, sweep(config, memory, Listed::Supervisions)).await;
}

async fn take(step: Step, taken: impl Future<Output = Result<u64, WatchError>>) {
    if let Ok(outcome) = timeout(PATIENCE, taken).await {
        report(step, outcome);
    } else {
        tracing::warn!(
            step = step.route(),
            "a step of the watch took too long; the next round goes on with it"
        );
    }
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
