//! What stops the projector, and what it waits out.

use log::LogError;
use views::ViewsError;

/// An error of the projector.
#[derive(Debug, thiserror::Error)]
pub enum ProjectorError {
    /// The log could not be read.
    #[error("the projector could not read the log")]
    Log(#[from] LogError),
    /// The read model could not be read or written.
    #[error("the projector could not fold into the read model")]
    Views(#[from] ViewsError),
    /// Another rebuild is going on.
    #[error("another rebuild of the read model is under way")]
    RebuildUnderWay,
    /// A worker of a rebuild panicked.
    #[error("a worker of the rebuild died; the serving read model is as it was")]
    WorkerDied,
    /// The connection that held the lead is gone.
    #[error("the projector no longer leads")]
    LeadLost,
    /// Postgres did not answer in time.
    #[error("Postgres does not answer the projector")]
    NoAnswer,
    /// The log began another epoch than the one that was folded.
    #[error(
        "the read model holds epoch {folded} and the log is in epoch {log}: build it again with `casebus views rebuild`"
    )]
    EpochDiffers {
        /// What was folded.
        folded: i64,
        /// Where the log is.
        log: i64,
    },
    /// The log lost events that were folded.
    #[error(
        "the read model is at position {folded} and the log ends at {log}: the log lost events; find out why, then run `casebus log new-epoch`"
    )]
    LogBehind {
        /// How far the log was folded.
        folded: i64,
        /// Where the log ends.
        log: i64,
    },
    /// The bus has events that the log does not have.
    #[error(
        "the bus is at position {bus} and the log ends at {log}: the log lost events; find out why, then run `casebus log new-epoch`"
    )]
    BusAhead {
        /// The position on the bus.
        bus: i64,
        /// Where the log ends.
        log: i64,
    },
}

impl ProjectorError {
    /// Whether somebody else moved the checkpoint, or put another read model in its place.
    pub(crate) fn is_checkpoint_moved(&self) -> bool {
        matches!(self, Self::Views(ViewsError::CheckpointMoved(_)))
    }

    /// Whether Postgres did not answer in time.
    pub(crate) fn is_no_answer(&self) -> bool {
        match self {
            Self::NoAnswer => true,
            Self::Log(error) => error.is_no_answer(),
            Self::Views(_) | Self::LeadLost | Self::RebuildUnderWay | Self::WorkerDied => false,
            Self::EpochDiffers { .. } | Self::LogBehind { .. } | Self::BusAhead { .. } => false,
        }
    }

    /// Whether waiting helps; otherwise an operator has to act.
    pub(crate) fn passes(&self) -> bool {
        match self {
            Self::Log(_) | Self::Views(_) | Self::LeadLost | Self::NoAnswer => true,
            Self::RebuildUnderWay | Self::WorkerDied => false,
            Self::EpochDiffers { .. } | Self::LogBehind { .. } | Self::BusAhead { .. } => false,
        }
    }
}
