//! A connection on which commands are appended, kept from call to call: taking one from the pool for each call would cost a round
//! trip.

use crate::backend::Backend;
use crate::read::find_command;
use crate::{EarlierCommand, Log, LogError, NewCommand, Outcome, WriterError};
use sqlx::Postgres;
use sqlx::pool::PoolConnection;
use std::time::{Duration, Instant};

/// How often a call whose outcome is unknown is made again under the same ids.
const ATTEMPTS: u32 = 5;
/// Pause before the second attempt; it doubles from there.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
/// After this time without a call the connection is made anew: whatever lies between may have dropped it without a word.
const KEPT_IDLE: Duration = Duration::from_mins(5);

/// One who appends, call after call.
#[derive(Debug)]
pub(crate) struct Appender {
    log: Log,
    connection: Option<(PoolConnection<Postgres>, Backend)>,
    used: Instant,
}

impl Appender {
    pub(crate) fn new(log: &Log) -> Self {
        Self { log: log.clone(), connection: None, used: Instant::now() }
    }

    /// Whether it can append without connecting first.
    pub(crate) fn is_ready(&self) -> bool {
        self.connection.is_some() && self.used.elapsed() < KEPT_IDLE
    }

    /// Connects, if it is not ready.
    pub(crate) async fn make_ready(&mut self) -> Result<(), LogError> {
        if !self.is_ready() {
            self.close();
            self.connection = Some(self.log.appending_connection().await?);
            self.used = Instant::now();
        }
        Ok(())
    }

    /// Closes the connection, which is not for others as it is.
    pub(crate) fn close(&mut self) {
        if let Some((mut connection, _)) = self.connection.take() {
            connection.close_on_drop();
        }
    }

    /// Appends in one call, and says in the metrics how many there were and how long it took.
    pub(crate) async fn append_told(&mut self, commands: &[NewCommand]) -> Result<Vec<Outcome>, WriterError> {
        metrics::histogram!("casebus_log_batch_commands")
            .record(u32::try_from(commands.len()).unwrap_or(u32::MAX));
        let begun = Instant::now();
        let appended = self.append_until_known(commands).await;
        metrics::histogram!("casebus_log_append_seconds").record(begun.elapsed().as_secs_f64());
        appended
    }

    /// Appends in one call, and again under the same ids while the outcome is unknown.
    pub(crate) async fn append_until_known(
        &mut self,
        commands: &[NewCommand],
    ) -> Result<Vec<Outcome>, WriterError> {
        let mut pause = FIRST_PAUSE;
        let mut outcome = WriterError::Unknown;
        for attempt in 1..=ATTEMPTS {
            match self.append(commands).await {
                Ok(outcomes) => return Ok(outcomes),
                Err(LogError::EpochChanged) => return Err(WriterError::EpochChanged),
                Err(LogError::Halted(_)) => return Err(WriterError::Halted),
                Err(LogError::InvalidCommand(_)) => return Err(WriterError::Rejected),
                Err(error) if is_final(&error) => {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        commands = commands.len(),
                        "a call is refused"
                    );
                    return Err(WriterError::Rejected);
                }
                Err(error) => {
                    let is_refused = matches!(error, LogError::NotCompared);
                    outcome = if is_refused { WriterError::NotCompared } else { WriterError::Unknown };
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        attempt,
                        "an append is tried again"
                    );
                    tokio::time::sleep(pause).await;
                    pause *= 2;
                }
            }
        }
        Err(outcome)
    }

    /// What a command led to that is in the log already, while the log takes no new one. Asked on the connection that it keeps: there
    /// may be no other, as each appender keeps one.
    pub(crate) async fn earlier(&mut self, command: &NewCommand) -> Result<Option<Outcome>, LogError> {
        self.make_ready().await?;
        let (mut connection, backend) = self.connection.take().ok_or(sqlx::Error::PoolClosed)?;
        let earlier = find_command(&mut *connection, command.id).await;
        self.connection = Some((connection, backend));
        if earlier.is_err() {
            self.close();
        }
        let earlier = earlier?;
        Ok(earlier.map(|EarlierCommand { first, last, request_hash, .. }| {
            let is_same = request_hash == command.request_hash;
            if is_same { Outcome::Repeated { first, last } } else { Outcome::CommandIdReused }
        }))
    }

    /// While a call is under way the connection is the call's, so that one which is dropped in the middle leaves it to the pool: that
    /// counts it until Postgres is done with it. A call for which Postgres has nothing to answer any more is given up: its
    /// outcome is unknown, and it is made again under the same ids on another connection.
    async fn append(&mut self, commands: &[NewCommand]) -> Result<Vec<Outcome>, LogError> {
        self.make_ready().await?;
        let (mut connection, backend) = self.connection.take().ok_or(sqlx::Error::PoolClosed)?;
        let bytes = commands.iter().map(NewCommand::body_bytes).sum();
        let outcomes = tokio::select! {
            outcomes = self.log.append_on(&mut connection, commands) => outcomes,
            () = backend.has_nothing_to_answer(bytes, &self.log.pool) => Err(LogError::no_answer()),
        };
        self.connection = Some((connection, backend));
        self.used = Instant::now();
        if outcomes.as_ref().is_err_and(is_of_the_connection) {
            self.close();
        }
        outcomes
    }
}

impl Drop for Appender {
    fn drop(&mut self) {
        self.close();
    }
}

/// Whether an error may be one of the connection; else it is an answer of the log.
fn is_of_the_connection(error: &LogError) -> bool {
    match error {
        LogError::EpochChanged
        | LogError::Halted(_)
        | LogError::EventsLost(_)
        | LogError::NotCompared
        | LogError::InvalidCommand(_)
        | LogError::UnknownOutcome(_) => false,
        LogError::Database(_) | LogError::Migration(_) => !is_final(error),
    }
}

/// The unique key of positions.
const POSITIONS: &str = "event_position";

/// Integrity errors (SQLSTATE class 23) and data errors (class 22) come back however often one tries. Not so where a position was taken:
/// then the call had the end of the log from before its wait.
fn is_final(error: &LogError) -> bool {
    match error {
        LogError::Database(sqlx::Error::Database(database)) => {
            database.code().is_some_and(|code| code.starts_with("22") || code.starts_with("23"))
                && database.constraint() != Some(POSITIONS)
        }
        LogError::Database(_)
        | LogError::Migration(_)
        | LogError::EpochChanged
        | LogError::Halted(_)
        | LogError::EventsLost(_)
        | LogError::NotCompared
        | LogError::InvalidCommand(_)
        | LogError::UnknownOutcome(_) => false,
    }
}
