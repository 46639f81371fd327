//! Why a command has no answer of success.

use contract::event::BodyError;
use contract::ids::{HandoffId, TransferId};
use domain::Refusal;
use domain::handoff::HandoffRefusal;
use domain::handoff::state::WrongOpening;
use domain::transfer::event::WrongBeginning;
use log::{LogError, WriterError};

/// Why a command did not take effect, or is not known to.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The rules say no.
    #[error("the rules refuse the act")]
    Refused(Refusal),
    /// The rules refuse an act on a handoff.
    #[error("the rules refuse the act on the handoff")]
    HandoffRefused(HandoffRefusal),
    /// What the act leaves behind is larger than an event may be.
    #[error("an event of criminal handoff {0} would be too large")]
    HandoffTooLarge(HandoffId),
    /// There is no such handoff.
    #[error("criminal handoff {0} does not exist")]
    HandoffNotFound(HandoffId),
    /// An event of a handoff cannot be read by this program.
    #[error("an event of criminal handoff {0} cannot be read")]
    HandoffUnreadable(HandoffId, #[source] BodyError),
    /// The events of a handoff do not fit together.
    #[error("the events of criminal handoff {0} do not fit together")]
    HandoffInconsistent(HandoffId, #[source] WrongOpening),
    /// There is no such transfer.
    #[error("transfer {0} does not exist")]
    NotFound(TransferId),
    /// The transfer has changed since the caller read it.
    #[error("the transfer is at version {current}, not {expected}")]
    VersionMismatch {
        /// Where it stands.
        current: i64,
        /// Where the caller saw it.
        expected: i64,
    },
    /// The command id belongs to another request.
    #[error("the command id belongs to another request")]
    IdReused,
    /// It changed again and again while the act was being decided.
    #[error("the transfer changed several times while the act was being decided")]
    Busy,
    /// It did not take effect, or is not known to; repeat it under the same id.
    #[error("the command is not known to have taken effect")]
    NotAppended(#[source] WriterError),
    /// The log could not be read.
    #[error("the event log could not be read")]
    Log(#[from] LogError),
    /// An event in the log cannot be read by this program.
    #[error("an event of transfer {0} cannot be read")]
    Unreadable(TransferId, #[source] BodyError),
    /// The events of the transfer do not fit together.
    #[error("the events of transfer {0} do not fit together")]
    Inconsistent(TransferId, #[source] WrongBeginning),
}

impl CommandError {
    /// Whether it is trouble of the log, which others have as well; not what the log refuses for what this command says.
    pub fn is_of_the_log(&self) -> bool {
        match self {
            Self::NotAppended(WriterError::Rejected) => false,
            Self::NotAppended(_) | Self::Log(_) => true,
            _ => false,
        }
    }
}
