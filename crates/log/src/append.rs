//! The one way in: several commands in one call, in order, each whole or not at all.

use crate::backend::Backend;
use crate::call::Call;
use crate::lean;
use crate::read::{Standing, answer};
use crate::{Log, LogError};
use chrono::{DateTime, Utc};
use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, Postgres};
use uuid::Uuid;

/// How large the body of an event may be.
const BODY_MAX_BYTES: usize = 256 * 1024;

/// What a connection is told on which commands are appended; see [`Log::appending_connection`].
const KEEP_PLANS: &str = "set plan_cache_mode = force_generic_plan; set enable_seqscan = off";
/// Else a call that waited for the lock would have the end of the log as it was before.
const SEE_WHAT_WAS_WAITED_FOR: &str = "set default_transaction_isolation = 'read committed'";
/// And against limits of time that the database or the role may have: a commit that waits for a standby counts as done when its
/// wait is broken off. Which settings there are depends on the version of the server.
const WAIT_FOR_STANDBYS: &str = "select set_config(name, '0', false) from pg_settings
     where name in ('statement_timeout', 'transaction_timeout')";

/// A command to append: its events, under the condition of its guards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCommand {
    /// Id; a repeat of the id gets the first answer.
    pub id: Uuid,
    /// SHA-256 of the request behind it; a repeat must have the same.
    pub request_hash: [u8; 32],
    /// Streams that must stand where the decision saw them. Every stream that the events write must be here.
    pub guards: Vec<Guard>,
    /// At least one event.
    pub events: Vec<NewEvent>,
}

/// A stream at a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guard {
    /// The stream.
    pub stream_id: Uuid,
    /// Its version; 0 when it must not exist.
    pub version: i64,
}

/// An event to append.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEvent {
    /// The stream.
    pub stream_id: Uuid,
    /// Id, UUID version 7.
    pub event_id: Uuid,
    /// `<family>.<event>`.
    pub event_type: String,
    /// Version of the body's shape.
    pub schema_version: i16,
    /// Business time.
    pub occurred_at: DateTime<Utc>,
    /// Who acted.
    pub actor: String,
    /// What it belongs to.
    pub correlation_id: Uuid,
    /// What caused it.
    pub causation_id: Option<Uuid>,
    /// Series in which to number it.
    pub number_series: Option<String>,
    /// Trace in which it was asked for, as a `traceparent`. A repeat may come in another one.
    pub traceparent: Option<String>,
    /// The exact bytes, at most 256 KiB.
    pub body: Vec<u8>,
}

/// What became of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// In the log, durable.
    Appended {
        /// Position of its first event.
        first: i64,
        /// Position of its last event.
        last: i64,
        /// The number that was allotted to the first of its events that is numbered.
        number: Option<i64>,
    },
    /// It was in the log before.
    Repeated {
        /// Position of its first event.
        first: i64,
        /// Position of its last event.
        last: i64,
    },
    /// A guard did not hold; nothing of it is in the log.
    Conflict {
        /// The stream of the guard.
        stream_id: Uuid,
        /// Where that stream stands.
        actual: i64,
    },
    /// The id belongs to another request; nothing of it is in the log.
    CommandIdReused,
}

impl Log {
    /// Stops every append in every process until [`Log::resume`] or a new epoch.
    pub async fn halt(&self, reason: &str) -> Result<(), LogError> {
        answer(sqlx::query!("select log.halt($1)", reason).execute(&self.pool)).await?;
        Ok(())
    }

    /// Lets appends go on: the log and the stream were found equal since the log was seen so. Answers false, and changes
    /// nothing, where another server, another epoch or another halt has come since. Fails where that server lacks what this
    /// process knows to be in the log.
    pub async fn resume(&self, seen: &Standing) -> Result<bool, LogError> {
        let Standing { epoch, halted, server_started_at, is_lost: _, is_compared: _ } = seen;
        // Both on one connection: each may lead to another server.
        let mut connection = self.pool.acquire().await?;
        self.check_kept_on(&mut *connection).await?;
        let resumed = sqlx::query_scalar!(
            r#"select log.resume_as_seen($1, $2, $3) as "resumed!""#,
            epoch,
            halted.as_deref(),
            server_started_at
        );
        answer(resumed.fetch_one(&mut *connection)).await
    }

    /// Appends commands in order in one statement and one commit. Each sees the earlier ones. Positions are dense,
    /// and what is answered is durable. On an error nothing of the call is known: append again under the same ids. A service appends
    /// through a [`Writer`](crate::Writer), whose connections are told how; one of the pool may have made its plans while the log was small.
    pub async fn append(&self, commands: &[NewCommand]) -> Result<Vec<Outcome>, LogError> {
        let mut connection = self.pool.acquire().await?;
        self.append_on(&mut connection, commands).await
    }

    /// A connection to append on: told to keep its plans, and to look for nothing without an index, because statistics lag
    /// behind a log that grows fast. Whoever has done with it closes it, so that others get one as it is by default. With it comes who
    /// works for it, for when no answer comes. It may lead to another server than the one before: if that lacks what this process
    /// knows to be in the log, the log is halted, and refuses.
    pub(crate) async fn appending_connection(&self) -> Result<(PoolConnection<Postgres>, Backend), LogError> {
        let mut connection = self.pool.acquire().await?;
        let told = async {
            sqlx::raw_sql(KEEP_PLANS).execute(&mut *connection).await?;
            sqlx::raw_sql(SEE_WHAT_WAS_WAITED_FOR).execute(&mut *connection).await?;
            sqlx::raw_sql(WAIT_FOR_STANDBYS).execute(&mut *connection).await?;
            Backend::of(&mut connection).await
        };
        let ready = match answer(told).await {
            Ok(backend) => self.look_for_losses(&mut *connection).await.map(|()| backend),
            Err(error) => Err(error),
        };
        match ready {
            Ok(backend) => Ok((connection, backend)),
            Err(error) => {
                connection.close_on_drop();
                Err(error)
            }
        }
    }

    /// The same on a connection that the caller keeps.
    pub(crate) async fn append_on(
        &self,
        connection: &mut PgConnection,
        commands: &[NewCommand],
    ) -> Result<Vec<Outcome>, LogError> {
        commands.iter().try_for_each(NewCommand::check)?;
        let lean = match commands {
            [] => return Ok(Vec::new()),
            _ => lean::append(self.epoch, connection, commands).await?,
        };
        let outcomes = match lean {
            Some(outcomes) => outcomes,
            None => self.append_many(connection, commands).await?,
        };
        let appended = outcomes.iter().zip(commands).filter_map(|(outcome, command)| {
            outcome.appended_last().zip(command.events.last().map(|event| event.event_id))
        });
        if let Some((last, event)) = appended.max_by_key(|(last, _)| *last) {
            self.hints.appended_to(self.epoch, last, event);
        }
        // Of those the first answer may have been lost.
        let repeated = outcomes.iter().filter_map(|outcome| match outcome {
            Outcome::Repeated { last, .. } => Some(*last),
            Outcome::Appended { .. } | Outcome::Conflict { .. } | Outcome::CommandIdReused => None,
        });
        if let Some(last) = repeated.max() {
            self.hints.known().ends(self.epoch, last);
        }
        Ok(outcomes)
    }

    /// The way for all commands, which answers each for itself.
    async fn append_many(
        &self,
        connection: &mut PgConnection,
        commands: &[NewCommand],
    ) -> Result<Vec<Outcome>, LogError> {
        let call = Call::of(commands);
        let row = sqlx::query!(
            r#"select outcomes as "outcomes!", firsts as "firsts!", lasts as "lasts!", numbers as "numbers!: Vec<Option<i64>>"
                 from log.append_many($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
                   $20, $21, $22, $23)"#,
            self.epoch,
            &call.streams.values,
            &call.series.values as &[&str],
            &call.command_ids,
            &call.earlier_in_call,
            &call.guard_ends,
            &call.guard_streams,
            &call.guard_versions,
            &call.event_ends,
            &call.event_streams,
            &call.event_ids,
            &call.event_types as &[&str],
            &call.schema_versions,
            &call.occurred_at,
            &call.actors as &[&str],
            &call.correlation_ids,
            &call.causation_ids as &[Option<Uuid>],
            &call.event_series,
            &call.event_commands as &[Option<Uuid>],
            &call.event_command_sizes as &[Option<i32>],
            &call.event_request_hashes as &[Option<&[u8]>],
            &call.bodies as &[&[u8]],
            &call.traceparents as &[Option<&str>],
        )
        .fetch_one(connection)
        .await?;
        let mut numbers = row.numbers.as_slice();
        let answers = row.outcomes.into_iter().zip(row.firsts).zip(row.lasts).zip(commands);
        answers
            .map(|(((code, first), last), command)| {
                let (own, later) = numbers.split_at(command.events.len().min(numbers.len()));
                numbers = later;
                match code {
                    0 => Ok(Outcome::Appended { first, last, number: own.iter().find_map(|number| *number) }),
                    1 => Ok(Outcome::Repeated { first, last }),
                    2 => Ok(Outcome::Conflict { stream_id: call.stream_at(first)?, actual: last }),
                    3 => Ok(Outcome::CommandIdReused),
                    unknown => Err(LogError::UnknownOutcome(unknown)),
                }
            })
            .collect()
    }
}

impl NewCommand {
    /// The bytes of its bodies.
    pub(crate) fn body_bytes(&self) -> usize {
        self.events.iter().map(|event| event.body.len()).sum()
    }

    /// Refuses what cannot be appended as it is.
    fn check(&self) -> Result<(), LogError> {
        if self.events.is_empty() {
            return Err(LogError::InvalidCommand("a command needs at least one event"));
        }
        if self.events.iter().any(|event| event.body.len() > BODY_MAX_BYTES) {
            return Err(LogError::InvalidCommand("the body of an event is larger than 256 KiB"));
        }
        let is_guarded =
            |event: &NewEvent| self.guards.iter().any(|guard| guard.stream_id == event.stream_id);
        if self.events.iter().all(is_guarded) {
            Ok(())
        } else {
            Err(LogError::InvalidCommand("every stream that a command writes must be guarded"))
        }
    }
}

impl Outcome {
    fn appended_last(&self) -> Option<i64> {
        match self {
            Self::Appended { last, .. } => Some(*last),
            Self::Repeated { .. } | Self::Conflict { .. } | Self::CommandIdReused => None,
        }
    }
}
