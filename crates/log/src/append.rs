//! The one way in: several commands in one call, in order, each whole or not at all.

use crate::{Log, LogError};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use std::collections::HashMap;
use std::hash::Hash;
use uuid::Uuid;

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

/// The arrays that `log.append` takes: one call for all commands.
#[derive(Default)]
struct Call {
    streams: Interned<Uuid>,
    series: Interned<String>,
    command_ids: Vec<Uuid>,
    /// Place of the last command of each id so far.
    last_of_id: HashMap<Uuid, i32>,
    earlier_in_call: Vec<i32>,
    request_hashes: Vec<Vec<u8>>,
    guard_ends: Vec<i32>,
    guard_streams: Vec<i32>,
    guard_versions: Vec<i64>,
    event_ends: Vec<i32>,
    event_streams: Vec<i32>,
    event_ids: Vec<Uuid>,
    event_types: Vec<String>,
    schema_versions: Vec<i16>,
    occurred_at: Vec<DateTime<Utc>>,
    actors: Vec<String>,
    correlation_ids: Vec<Uuid>,
    causation_ids: Vec<Option<Uuid>>,
    event_series: Vec<i32>,
    bodies: Vec<Vec<u8>>,
}

/// Distinct values, referred to by their place (from 1, as Postgres counts).
struct Interned<T> {
    values: Vec<T>,
    places: HashMap<T, i32>,
}

impl<T> Default for Interned<T> {
    fn default() -> Self {
        Self { values: Vec::new(), places: HashMap::new() }
    }
}

impl<T: Clone + Eq + Hash> Interned<T> {
    fn place(&mut self, value: &T) -> i32 {
        if let Some(place) = self.places.get(value) {
            return *place;
        }
        self.values.push(value.clone());
        let place = count(self.values.len());
        self.places.insert(value.clone(), place);
        place
    }
}

fn count(length: usize) -> i32 {
    i32::try_from(length).expect("a call holds far fewer than two billion entries")
}

impl Call {
    fn of(commands: &[NewCommand]) -> Result<Self, LogError> {
        let mut call = Self::default();
        for command in commands {
            call.add(command)?;
        }
        Ok(call)
    }

    fn add(&mut self, command: &NewCommand) -> Result<(), LogError> {
        if command.events.is_empty() {
            return Err(LogError::InvalidCommand("a command needs at least one event"));
        }
        self.command_ids.push(command.id);
        let earlier = self.last_of_id.insert(command.id, count(self.command_ids.len()));
        self.earlier_in_call.push(earlier.unwrap_or(0));
        self.request_hashes.push(command.request_hash.to_vec());
        for guard in &command.guards {
            let stream = self.streams.place(&guard.stream_id);
            self.guard_streams.push(stream);
            self.guard_versions.push(guard.version);
        }
        self.guard_ends.push(count(self.guard_streams.len()));
        for event in &command.events {
            if !command.guards.iter().any(|guard| guard.stream_id == event.stream_id) {
                return Err(LogError::InvalidCommand("every stream that a command writes must be guarded"));
            }
            self.add_event(event);
        }
        self.event_ends.push(count(self.event_ids.len()));
        Ok(())
    }

    fn add_event(&mut self, event: &NewEvent) {
        self.event_streams.push(self.streams.place(&event.stream_id));
        self.event_ids.push(event.event_id);
        self.event_types.push(event.event_type.clone());
        self.schema_versions.push(event.schema_version);
        self.occurred_at.push(event.occurred_at);
        self.actors.push(event.actor.clone());
        self.correlation_ids.push(event.correlation_id);
        self.causation_ids.push(event.causation_id);
        self.event_series.push(event.number_series.as_ref().map_or(0, |series| self.series.place(series)));
        self.bodies.push(event.body.clone());
    }
}

impl Log {
    /// Stops every append in every process until [`Log::resume`] or a new epoch.
    pub async fn halt(&self, reason: &str) -> Result<(), LogError> {
        sqlx::query!("select log.halt($1)", reason).execute(&self.pool).await?;
        Ok(())
    }

    /// Lets appends go on.
    pub async fn resume(&self) -> Result<(), LogError> {
        sqlx::query!("select log.resume()").execute(&self.pool).await?;
        Ok(())
    }

    /// Appends commands in order in one statement and one commit. Each sees the earlier ones. Positions are dense,
    /// and what is answered is durable. On an error nothing of the call is known: append again under the same ids.
    pub async fn append(&self, commands: &[NewCommand]) -> Result<Vec<Outcome>, LogError> {
        let mut connection = self.pool.acquire().await?;
        self.append_on(&mut connection, commands).await
    }

    /// The same on a connection that the caller keeps.
    pub(crate) async fn append_on(
        &self,
        connection: &mut PgConnection,
        commands: &[NewCommand],
    ) -> Result<Vec<Outcome>, LogError> {
        if commands.is_empty() {
            return Ok(Vec::new());
        }
        let call = Call::of(commands)?;
        let row = sqlx::query!(
            r#"select outcomes as "outcomes!", firsts as "firsts!", lasts as "lasts!"
                 from log.append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)"#,
            self.epoch,
            &call.streams.values,
            &call.series.values,
            &call.command_ids,
            &call.earlier_in_call,
            &call.request_hashes,
            &call.guard_ends,
            &call.guard_streams,
            &call.guard_versions,
            &call.event_ends,
            &call.event_streams,
            &call.event_ids,
            &call.event_types,
            &call.schema_versions,
            &call.occurred_at,
            &call.actors,
            &call.correlation_ids,
            &call.causation_ids as &[Option<Uuid>],
            &call.event_series,
            &call.bodies,
        )
        .fetch_one(connection)
        .await?;
        let answers = row.outcomes.into_iter().zip(row.firsts).zip(row.lasts);
        let outcomes = answers
            .map(|((outcome, first), last)| match outcome {
                0 => Ok(Outcome::Appended { first, last }),
                1 => Ok(Outcome::Repeated { first, last }),
                2 => Ok(Outcome::Conflict { stream_id: stream_at(&call, first)?, actual: last }),
                3 => Ok(Outcome::CommandIdReused),
                unknown => Err(LogError::UnknownOutcome(unknown)),
            })
            .collect::<Result<Vec<_>, _>>()?;
        if let Some(last) = outcomes.iter().filter_map(Outcome::appended_last).max() {
            self.end.moved_to(last);
        }
        Ok(outcomes)
    }
}

fn stream_at(call: &Call, place: i64) -> Result<Uuid, LogError> {
    usize::try_from(place - 1)
        .ok()
        .and_then(|index| call.streams.values.get(index).copied())
        .ok_or(LogError::InvalidCommand("the log named a stream that the call does not have"))
}

impl Outcome {
    fn appended_last(&self) -> Option<i64> {
        match self {
            Self::Appended { last, .. } => Some(*last),
            Self::Repeated { .. } | Self::Conflict { .. } | Self::CommandIdReused => None,
        }
    }
}
