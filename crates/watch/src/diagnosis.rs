//! Why a clock ran out, as far as casebus can tell: not fetched, not read, nothing done, or silence.

use crate::WatchConfig;
use crate::consumers::Consumers;
use contract::clock::MissedCause;
use contract::state::TransferState;
use views::clock::DueClock;

/// The cause. Where readings cannot be asked, the mildest one that they may have; where only the bus cannot, the milder of
/// the two that remain: what ran out is recorded also while it is away.
pub(crate) async fn diagnose(config: &WatchConfig, consumers: &Consumers, due: &DueClock) -> MissedCause {
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
        | TransferState::Withdrawn => by_readings(config, consumers, due).await,
    }
}

async fn by_readings(config: &WatchConfig, consumers: &Consumers, due: &DueClock) -> MissedCause {
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
        return MissedCause::Idle;
    }
    if reading.fetched_at.is_some() {
        return MissedCause::Unread;
    }
    match consumers.has_acknowledged(&clock.owner, due.transfer.position).await {
        Some(false) => MissedCause::NotFetched,
        // Where the bus does not say, the owner's system may have fetched it; that it never did would stand there for good.
        Some(true) | None => MissedCause::Unread,
    }
}
