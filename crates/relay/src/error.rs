//! What interrupts the relay, and what it does then.

use bus::{BusError, Remedy};
use contract::cloud_event::EnvelopeError;
use log::LogError;

/// What interrupts the relay. Only a configuration that can never work ends it.
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    /// The bus failed or refused.
    #[error(transparent)]
    Bus(#[from] BusError),
    /// The log failed or refused.
    #[error(transparent)]
    Log(#[from] LogError),
    /// An event of the log cannot be put into a message.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// The log has a hole, which it promises never to have.
    #[error("the log has no event at position {0}, although it has later ones")]
    Hole(i64),
    /// The log no longer has the event that was sent last.
    #[error("the log has another event at position {0} than the one that was relayed, or none")]
    LogChanged(i64),
    /// The log is on another server than before the comparison, or somebody else has acted on it.
    #[error("the log is not as it was before the comparison; comparing again")]
    LogMoved,
    /// The stream is ahead of the log or has other content.
    #[error("{0}")]
    StreamDiffers(String),
    /// The log began a new epoch while we published.
    #[error("the log began a new epoch")]
    EpochChanged,
    /// Another relay may lead now.
    #[error("the connection that makes this relay the leader is gone")]
    LeadershipLost,
}

impl RelayError {
    /// What helps.
    pub(crate) fn remedy(&self) -> Remedy {
        match self {
            Self::Bus(error) => error.remedy(),
            Self::Log(LogError::EpochChanged) | Self::EpochChanged | Self::LogChanged(_) | Self::LogMoved => {
                Remedy::Compare
            }
            Self::Log(
                LogError::Database(_)
                | LogError::Halted(_)
                | LogError::NotCompared
                | LogError::Migration(_)
                | LogError::InvalidCommand(_)
                | LogError::UnknownOutcome(_),
            )
            | Self::LeadershipLost => Remedy::Wait,
            Self::Log(LogError::EventsLost(_))
            | Self::Envelope(_)
            | Self::Hole(_)
            | Self::StreamDiffers(_) => Remedy::Operator,
        }
    }

    /// Whether Postgres did not answer in time.
    pub(crate) fn is_no_answer(&self) -> bool {
        matches!(self, Self::Log(error) if error.is_no_answer())
    }

    /// Whether another relay should get its chance, because the trouble may be ours alone.
    pub(crate) fn may_be_ours_alone(&self) -> bool {
        match self {
            Self::LeadershipLost | Self::Bus(BusError::Unreachable { .. }) => true,
            Self::Log(error) => !matches!(error, LogError::EventsLost(_)),
            _ => false,
        }
    }
}
