//! One round: step by step, and a step that fails keeps none of the others from being taken.
//!
//! What moves due moments comes first, then what follows from them.

use crate::consumers::Consumers;
use crate::memory::Memory;
use crate::step::{Listed, Step};
use crate::sweep::sweep;
use crate::{WatchConfig, WatchError, calendars, handoff_calendars, handoffs, missed};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::time::timeout;

/// How long a step may take; what it has done by then is done. On a connection that the network dropped without a word it would be for
/// ever.
const PATIENCE: Duration = Duration::from_secs(45);

/// The counter of steps that failed or took too long.
const FAILED_STEPS: &str = "casebus_watch_failed_steps_total";

/// Whoever watches a counter sees its first step only if it was there before.
pub(crate) fn begin_counting() {
    for step in Step::ALL {
        metrics::counter!(step.counter()).increment(0);
        metrics::counter!(FAILED_STEPS, "step" => step.route()).increment(0);
    }
}

/// Takes every step that is due, and says when the last round ended in which all went well.
pub(crate) async fn look_once(config: &WatchConfig, memory: &mut Memory, consumers: &mut Consumers) {
    let all_went_well = [
        take(Step::Recalculate, calendars::recalculate(config, memory)).await,
        take(Step::RecalculateHandoffs, handoff_calendars::recalculate(config, memory)).await,
        take(Step::EndSuspension, sweep(config, memory, Listed::Suspensions)).await,
        take(Step::EndWithCase, sweep(config, memory, Listed::EndedCases)).await,
        take(Step::Miss, missed::record_missed(config, memory, consumers)).await,
        take(Step::Handoffs, handoffs::look_at_handoffs(config, memory)).await,
        take(Step::Warn, sweep(config, memory, Listed::Warnings)).await,
        take(Step::Urge, sweep(config, memory, Listed::Urgings)).await,
        take(Step::Supervise, sweep(config, memory, Listed::Supervisions)).await,
    ];
    if all_went_well.into_iter().all(|went_well| went_well) {
        metrics::gauge!("casebus_watch_last_round_timestamp_seconds").set(since_1970().as_secs_f64());
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "who collects metrics compares it with a clock of the machines"
)]
fn since_1970() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// Takes a step; answers whether it went well.
async fn take(step: Step, taken: impl Future<Output = Result<u64, WatchError>>) -> bool {
    let outcome = timeout(PATIENCE, taken).await;
    let went_well = matches!(outcome, Ok(Ok(_)));
    if !went_well {
        metrics::counter!(FAILED_STEPS, "step" => step.route()).increment(1);
    }
    if let Ok(outcome) = outcome {
        report(step, outcome);
    } else {
        tracing::warn!(
            step = step.route(),
            "a step of the watch took too long; the next round goes on with it"
        );
    }
    went_well
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
