//! cqrs-es with postgres-es, in two ways: straight to its repository, which is the least that it can do, and the
//! whole road of a command, which is how its documentation uses it.

use crate::event::{Body, EVENT_TYPE, NewEvent};
use crate::peer::{Peer, Setup, Writer};
use cqrs_es::event_sink::EventSink;
use cqrs_es::persist::{PersistedEventRepository, SerializedEvent};
use cqrs_es::{Aggregate, DomainEvent};
use postgres_es::{PostgresCqrs, PostgresEventRepository, postgres_cqrs};
use serde::{Deserialize, Serialize};
use sqlx::{Executor, PgPool};
use std::sync::Arc;

/// The table of events as postgres-es describes it; the one for snapshots is not needed.
const TABLE: &str = "create table events (
    aggregate_type text not null,
    aggregate_id text not null,
    sequence bigint not null check (sequence >= 0),
    event_type text not null,
    event_version text not null,
    payload json not null,
    metadata json not null,
    primary key (aggregate_type, aggregate_id, sequence)
)";
const EVENT_VERSION: &str = "1";

/// Events go straight to the repository; the primary key refuses a version that is taken.
pub(crate) struct Repository {
    repository: Arc<PostgresEventRepository>,
}

/// Who appends to it.
pub(crate) struct RepositoryWriter {
    repository: Arc<PostgresEventRepository>,
}

impl Peer for Repository {
    const TABLE: &'static str = "events";
    type Writer = RepositoryWriter;

    async fn open(setup: &Setup<'_>) -> anyhow::Result<Self> {
        Ok(Self { repository: Arc::new(PostgresEventRepository::new(pool(setup).await?)) })
    }

    fn writer(&self, _number: u32) -> RepositoryWriter {
        RepositoryWriter { repository: Arc::clone(&self.repository) }
    }
}

impl Writer for RepositoryWriter {
    async fn append(&mut self, event: NewEvent) -> anyhow::Result<()> {
        let event = SerializedEvent {
            aggregate_id: event.stream_id.to_string(),
            sequence: usize::try_from(event.before + 1)?,
            aggregate_type: Case::TYPE.to_owned(),
            event_type: EVENT_TYPE.to_owned(),
            event_version: EVENT_VERSION.to_owned(),
            payload: serde_json::to_value(&event.body)?,
            metadata: serde_json::Value::Object(serde_json::Map::new()),
        };
        Ok(self.repository.persist::<Case>(&[event], None).await?)
    }
}

/// Every event is the outcome of a command.
pub(crate) struct Framework {
    framework: Arc<PostgresCqrs<Case>>,
}

/// Who sends commands to it.
pub(crate) struct FrameworkWriter {
    framework: Arc<PostgresCqrs<Case>>,
}

impl Peer for Framework {
    const TABLE: &'static str = "events";
    type Writer = FrameworkWriter;

    async fn open(setup: &Setup<'_>) -> anyhow::Result<Self> {
        Ok(Self { framework: Arc::new(postgres_cqrs(pool(setup).await?, Vec::new(), ())) })
    }

    fn writer(&self, _number: u32) -> FrameworkWriter {
        FrameworkWriter { framework: Arc::clone(&self.framework) }
    }
}

impl Writer for FrameworkWriter {
    async fn append(&mut self, event: NewEvent) -> anyhow::Result<()> {
        let command = SendCase { before: event.before, body: event.body };
        Ok(self.framework.execute(&event.stream_id.to_string(), command).await?)
    }
}

async fn pool(setup: &Setup<'_>) -> anyhow::Result<PgPool> {
    let pool = setup.database.pool(setup.connections).await?;
    pool.execute(TABLE).await?;
    Ok(pool)
}

/// A stream, which knows how many events it has.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Case {
    events: u32,
}

/// To append one event.
#[derive(Debug)]
pub(crate) struct SendCase {
    before: u32,
    body: Body,
}

/// The command was made for another version.
#[derive(Debug, thiserror::Error)]
#[error("the stream has {0} events")]
pub(crate) struct StaleCommand(u32);

impl DomainEvent for Body {
    fn event_type(&self) -> String {
        EVENT_TYPE.to_owned()
    }

    fn event_version(&self) -> String {
        EVENT_VERSION.to_owned()
    }
}

impl Aggregate for Case {
    const TYPE: &'static str = "case";
    type Command = SendCase;
    type Event = Body;
    type Error = StaleCommand;
    type Services = ();

    async fn handle(
        &mut self,
        command: SendCase,
        _services: &(),
        sink: &EventSink<Self>,
    ) -> Result<(), StaleCommand> {
        if self.events != command.before {
            return Err(StaleCommand(self.events));
        }
        sink.write(command.body, self).await;
        Ok(())
    }

    fn apply(&mut self, _event: Body) {
        self.events += 1;
    }
}
