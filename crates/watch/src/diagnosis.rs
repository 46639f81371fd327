//! Why a clock ran out, as far as casebus can tell: not fetched, not read, nothing done, or silence.

use crate::WatchConfig;
use contract::clock::MissedCause;
use contract::state::TransferState;
use std::sync::atomic::{AtomicBool, Ordering};
use views::clock::DueClock;

/// The cause. Where readings cannot be asked, the mildest cause that is certain. A bus that has not answered is not asked
/// again: what ran out is recorded also while it is away.
pub(crate) async fn diagnose(config: &WatchConfig, due: &DueClock, bus_answers: &AtomicBool) -> MissedCause {
    match due.transfer.state {
        TransferState::Accepted if due.transfer.last_feedback_at.is_none() => MissedCause::Silent,
        TransferState::Accepted => MissedCause::Idle,
        TransferState::Signed => MissedCause::Idle,
        TransferState::Delivered
        | TransferState::Supplementing
        | TransferState::Objected
        | TransferState::DisputedNegotiating
        | TransferState::DisputedSubmitted
        | TransferState::Returned
        | TransferState::Answered
        | TransferState::Contested
        | TransferState::Rerouted
        | TransferState::Closed
        | TransferState::Withdrawn => by_readings(config, due, bus_answers).await,
    }
}

async fn by_readings(config: &WatchConfig, due: &DueClock, bus_answers: &AtomicBool) -> MissedCause {
    let clock = &due.clock;
    let reading = config.accounts.first_reading(&clock.owner, clock.transfer_id, clock.started_at).await;
    let reading = match reading {
        Ok(reading) => reading,
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "readings could not be asked");
            return MissedCause::Idle;
        }
    };
    if reading.opened_at.is_some() {
        MissedCause::Idle
    } else if reading.fetched_at.is_some() || fetched_by_consumer(config, due, bus_answers).await {
        MissedCause::Unread
    } else {
        MissedCause::NotFetched
    }
}

/// Whether the owner's own consumer has acknowledged what began the clock.
async fn fetched_by_consumer(config: &WatchConfig, due: &DueClock, bus_answers: &AtomicBool) -> bool {
    let bus = config.bus.as_ref().filter(|_| bus_answers.load(Ordering::Relaxed));
    let Some(bus) = bus else { return false };
    match bus.acknowledged_through(&due.clock.owner).await {
        Ok(acknowledged) => acknowledged.is_some_and(|position| position >= due.transfer.position),
        Err(error) => {
            tracing::debug!(error = &error as &dyn std::error::Error, "the bus could not be asked");
            bus_answers.store(false, Ordering::Relaxed);
            false
        }
    }
}
