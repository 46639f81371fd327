//! What can go wrong with the log.

use std::io;

/// An error of the log.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// Postgres refused or could not be reached; for an append the outcome is unknown.
    #[error("the event log could not be reached or refused the statement")]
    Database(#[source] sqlx::Error),
    /// The schema could not be brought up to date.
    #[error("the schema of the event log could not be migrated")]
    Migration(#[source] sqlx::migrate::MigrateError),
    /// Another epoch began.
    #[error("the event log has begun another epoch; open it again")]
    EpochChanged,
    /// Nothing may be appended until an operator has acted.
    #[error("the event log is halted: {0}")]
    Halted(String),
    /// The log has lost events that were acknowledged. Nothing may be appended in this epoch any more.
    #[error("{0}")]
    EventsLost(String),
    /// The server of the log began anew, and no relay has compared the log with the stream since.
    #[error("the server of the event log began anew; a relay must compare it with the stream first")]
    NotCompared,
    /// A command that cannot be appended as it is.
    #[error("{0}")]
    InvalidCommand(&'static str),
    /// The function answered something that this program does not know.
    #[error("the event log answered outcome {0}, which this program does not know")]
    UnknownOutcome(i16),
}

/// SQLSTATE of an append when the epoch does not match.
const EPOCH_CHANGED: &str = "CB002";
/// SQLSTATE of an append while the log is halted.
const HALTED: &str = "CB003";
/// SQLSTATE of an append after the server began anew.
const NOT_COMPARED: &str = "CB004";

impl LogError {
    /// A connection on which nothing comes back: the network may have dropped it without a word.
    pub(crate) fn no_answer() -> Self {
        let nothing = "no answer comes back on this connection to Postgres";
        Self::Database(sqlx::Error::Io(io::Error::new(io::ErrorKind::TimedOut, nothing)))
    }

    /// Whether Postgres did not answer in time; who asked for much may get an answer when asking for less.
    pub fn is_no_answer(&self) -> bool {
        matches!(self, Self::Database(sqlx::Error::Io(error)) if error.kind() == io::ErrorKind::TimedOut)
    }
}

impl From<sqlx::Error> for LogError {
    fn from(error: sqlx::Error) -> Self {
        let Some(database) = error.as_database_error() else { return Self::Database(error) };
        match database.code().as_deref() {
            Some(EPOCH_CHANGED) => Self::EpochChanged,
            Some(NOT_COMPARED) => Self::NotCompared,
            Some(HALTED) => Self::Halted(database.message().to_owned()),
            Some(_) | None => Self::Database(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_is_told_from_a_refusal_and_from_a_pool_without_a_free_connection() {
        assert!(LogError::no_answer().is_no_answer());
        assert!(!LogError::EpochChanged.is_no_answer());
        assert!(!LogError::from(sqlx::Error::PoolTimedOut).is_no_answer());
    }
}
