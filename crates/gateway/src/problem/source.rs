//! Errors of other crates as problems. What is internal goes to the log only.

use super::{Problem, plain};
use accounts::AccountsError;
use command::CommandError;
use contract::problem::ProblemCode;
use log::{LogError, WriterError};
use views::ViewsError;

impl From<CommandError> for Problem {
    fn from(error: CommandError) -> Self {
        match error {
            CommandError::Refused(refusal) => Self::refused(refusal),
            CommandError::HandoffRefused(refusal) => Self::handoff_refused(refusal),
            CommandError::HandoffTooLarge(_) => Self::new(ProblemCode::HandoffTooLarge),
            CommandError::HandoffNotFound(_) => Self::new(ProblemCode::HandoffNotFound),
            CommandError::NotFound(_) => Self::new(ProblemCode::TransferNotFound),
            CommandError::VersionMismatch { current, expected } => Self::naming(
                ProblemCode::PreconditionFailed,
                vec![("current", plain(current)), ("expected", plain(expected))],
            )
            .with("current_version", current),
            CommandError::IdReused => Self::new(ProblemCode::IdempotencyKeyReused),
            CommandError::Busy => Self::new(ProblemCode::TransferBusy),
            CommandError::NotAppended(WriterError::Halted) => Self::new(ProblemCode::LogHalted),
            CommandError::NotAppended(WriterError::Overloaded) => Self::new(ProblemCode::ServiceOverloaded),
            CommandError::NotAppended(
                WriterError::Unknown
                | WriterError::EpochChanged
                | WriterError::NotCompared
                | WriterError::Ended,
            ) => Self::new(ProblemCode::ServiceUnavailable).caused_by(error),
            CommandError::Log(log) => log.into(),
            CommandError::NotAppended(WriterError::Rejected)
            | CommandError::Unreadable(..)
            | CommandError::HandoffUnreadable(..)
            | CommandError::HandoffInconsistent(..)
            | CommandError::Inconsistent(..) => Self::new(ProblemCode::ServiceInternal).caused_by(error),
        }
    }
}

impl From<LogError> for Problem {
    fn from(error: LogError) -> Self {
        let code = match &error {
            LogError::Halted(_) | LogError::EventsLost(_) => ProblemCode::LogHalted,
            LogError::Database(_) | LogError::EpochChanged | LogError::NotCompared => {
                ProblemCode::ServiceUnavailable
            }
            LogError::Migration(_) | LogError::InvalidCommand(_) | LogError::UnknownOutcome(_) => {
                ProblemCode::ServiceInternal
            }
        };
        Self::new(code).caused_by(error)
    }
}

impl From<ViewsError> for Problem {
    fn from(error: ViewsError) -> Self {
        let code = match &error {
            ViewsError::Database(_) => ProblemCode::ServiceUnavailable,
            ViewsError::Migration(_)
            | ViewsError::CheckpointMoved(_)
            | ViewsError::FormerKept
            | ViewsError::OutOfOrder { .. } => ProblemCode::ServiceInternal,
        };
        Self::new(code).caused_by(error)
    }
}

impl From<AccountsError> for Problem {
    fn from(error: AccountsError) -> Self {
        let code = match &error {
            AccountsError::Database(_) => ProblemCode::ServiceUnavailable,
            AccountsError::Migration(_)
            | AccountsError::UnknownStoredValue { .. }
            | AccountsError::StoredRulePack(..)
            | AccountsError::StoredCalendar(..)
            | AccountsError::NoRandomness(_)
            | AccountsError::MasterKeyFile(..)
            | AccountsError::MasterKeyMalformed(_)
            | AccountsError::MasterKeyExposed { .. }
            | AccountsError::WrongMasterKey(_)
            | AccountsError::TooLongToSeal => ProblemCode::ServiceInternal,
        };
        Self::new(code).caused_by(error)
    }
}
