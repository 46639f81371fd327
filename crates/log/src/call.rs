//! The arrays that `log.append_many` takes: one call for all commands.

use crate::LogError;
use crate::append::{NewCommand, NewEvent};
use chrono::{DateTime, Utc};
use std::collections::HashMap;
use std::hash::Hash;
use uuid::Uuid;

/// The arrays, column by column; texts and bodies are borrowed from the commands.
#[derive(Default)]
pub(crate) struct Call<'a> {
    pub(crate) streams: Interned<Uuid>,
    pub(crate) series: Interned<&'a str>,
    pub(crate) command_ids: Vec<Uuid>,
    /// Place of the last command of each id so far.
    last_of_id: HashMap<Uuid, i32>,
    pub(crate) earlier_in_call: Vec<i32>,
    pub(crate) guard_ends: Vec<i32>,
    pub(crate) guard_streams: Vec<i32>,
    pub(crate) guard_versions: Vec<i64>,
    pub(crate) event_ends: Vec<i32>,
    pub(crate) event_streams: Vec<i32>,
    pub(crate) event_ids: Vec<Uuid>,
    pub(crate) event_types: Vec<&'a str>,
    pub(crate) schema_versions: Vec<i16>,
    pub(crate) occurred_at: Vec<DateTime<Utc>>,
    pub(crate) actors: Vec<&'a str>,
    pub(crate) correlation_ids: Vec<Uuid>,
    pub(crate) causation_ids: Vec<Option<Uuid>>,
    pub(crate) event_series: Vec<i32>,
    /// The command, its size and the hash of its request, beside its first event only.
    pub(crate) event_commands: Vec<Option<Uuid>>,
    pub(crate) event_command_sizes: Vec<Option<i32>>,
    pub(crate) event_request_hashes: Vec<Option<&'a [u8]>>,
    pub(crate) bodies: Vec<&'a [u8]>,
    /// Empty where no event has one.
    pub(crate) traceparents: Vec<Option<&'a str>>,
}

/// Distinct values, referred to by their place (from 1, as Postgres counts).
pub(crate) struct Interned<T> {
    pub(crate) values: Vec<T>,
    places: HashMap<T, i32>,
}

impl<T> Default for Interned<T> {
    fn default() -> Self {
        Self { values: Vec::new(), places: HashMap::new() }
    }
}

impl<T: Copy + Eq + Hash> Interned<T> {
    fn place(&mut self, value: T) -> i32 {
        if let Some(place) = self.places.get(&value) {
            return *place;
        }
        self.values.push(value);
        let place = count(self.values.len());
        self.places.insert(value, place);
        place
    }
}

/// The column of traces; empty where no event has one, so that nothing is sent.
pub(crate) fn traceparents<'a>(events: impl Iterator<Item = &'a NewEvent> + Clone) -> Vec<Option<&'a str>> {
    let has_one = events.clone().any(|event| event.traceparent.is_some());
    if has_one { events.map(|event| event.traceparent.as_deref()).collect() } else { Vec::new() }
}

fn count(length: usize) -> i32 {
    i32::try_from(length).expect("a call holds far fewer than two billion entries")
}

impl<'a> Call<'a> {
    pub(crate) fn of(commands: &'a [NewCommand]) -> Self {
        let mut call = Self::default();
        for command in commands {
            call.add(command);
        }
        call.traceparents = traceparents(commands.iter().flat_map(|command| &command.events));
        call
    }

    /// The stream at a place that the log answered.
    pub(crate) fn stream_at(&self, place: i64) -> Result<Uuid, LogError> {
        usize::try_from(place - 1)
            .ok()
            .and_then(|index| self.streams.values.get(index).copied())
            .ok_or(LogError::InvalidCommand("the log named a stream that the call does not have"))
    }

    fn add(&mut self, command: &'a NewCommand) {
        self.command_ids.push(command.id);
        let earlier = self.last_of_id.insert(command.id, count(self.command_ids.len()));
        self.earlier_in_call.push(earlier.unwrap_or(0));
        for guard in &command.guards {
            let stream = self.streams.place(guard.stream_id);
            self.guard_streams.push(stream);
            self.guard_versions.push(guard.version);
        }
        self.guard_ends.push(count(self.guard_streams.len()));
        let mut first = Some(command);
        for event in &command.events {
            self.add_event(event, first.take());
        }
        self.event_ends.push(count(self.event_ids.len()));
    }

    fn add_event(&mut self, event: &'a NewEvent, first_of: Option<&'a NewCommand>) {
        self.event_streams.push(self.streams.place(event.stream_id));
        self.event_ids.push(event.event_id);
        self.event_types.push(&event.event_type);
        self.schema_versions.push(event.schema_version);
        self.occurred_at.push(event.occurred_at);
        self.actors.push(&event.actor);
        self.correlation_ids.push(event.correlation_id);
        self.causation_ids.push(event.causation_id);
        self.event_series.push(event.number_series.as_deref().map_or(0, |series| self.series.place(series)));
        self.event_commands.push(first_of.map(|command| command.id));
        self.event_command_sizes.push(first_of.map(|command| count(command.events.len())));
        self.event_request_hashes.push(first_of.map(|command| command.request_hash.as_slice()));
        self.bodies.push(&event.body);
    }
}
