//! A log, a bus and relays between them.

use bus::{Bus, BusConfig};
use chrono::{DateTime, Utc};
use contract::cloud_event::{Message, Recorded, message};
use contract::ids::{EventId, fresh_id};
use log::{Guard, Log, NewCommand, NewEvent, Outcome, RecordedEvent};
use relay::{RelayConfig, RelayState, RelayStatus};
use sqlx::postgres::PgPoolOptions;
use std::time::Duration;
use testkit::{TestDatabase, TestNats};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Longer than any wait of a healthy test.
const PATIENCE: Duration = Duration::from_mins(1);

pub struct World {
    pub log: Log,
    pub nats: TestNats,
    pub bus_config: BusConfig,
    pub database: TestDatabase,
}

impl World {
    pub async fn new() -> Self {
        let database = testkit::database_with(async |url| {
            let pool = PgPoolOptions::new().connect(&url).await?;
            log::migrate(&pool, None).await?;
            pool.close().await;
            Ok(())
        })
        .await;
        let nats = testkit::nats().await;
        let log = open(&database).await;
        let bus_config = BusConfig::new(nats.url.clone());
        Self { log, nats, bus_config, database }
    }

    /// A connection to the bus beside the relay's.
    pub async fn bus(&self) -> Bus {
        Bus::connect(self.bus_config.clone()).await.unwrap()
    }

    /// Starts a relay over its own connections that looks at the stream all the time.
    pub async fn relay(&self) -> RunningRelay {
        self.relay_that_looks_every(Duration::from_millis(200)).await
    }

    /// Starts a relay over its own connections.
    pub async fn relay_that_looks_every(&self, check_every: Duration) -> RunningRelay {
        self.start(open(&self.database).await, check_every)
    }

    /// Starts a relay that shares a handle of the log, as within one process.
    pub fn relay_over(&self, log: Log) -> RunningRelay {
        self.start(log, Duration::from_millis(200))
    }

    fn start(&self, log: Log, check_every: Duration) -> RunningRelay {
        let mut config = RelayConfig::new(log, self.bus_config.clone());
        config.check_every = check_every;
        let relay = RunningRelay {
            status: config.status.clone(),
            shutdown: CancellationToken::new(),
            tasks: TaskTracker::new(),
        };
        relay.tasks.spawn(relay::run(config, relay.shutdown.clone()));
        relay.tasks.close();
        relay
    }

    /// Appends so many events, each by a command of its own.
    pub async fn append(&self, count: usize) -> i64 {
        append(&self.log, count).await
    }

    /// Waits until the stream holds exactly the log: same sequences, same subjects, same bytes.
    pub async fn expect_stream_to_equal_log(&self) {
        let bus = self.bus().await;
        let head = self.log.head().await.unwrap().position;
        wait_for_end(&bus, head).await;
        let mut feed = bus.subscribe_from(1);
        for event in self.log.read_after(0, i64::MAX).await.unwrap() {
            let expected = message_of(&event);
            let received = timeout(PATIENCE, feed.next()).await.unwrap();
            assert_eq!(received.sequence, event.position);
            assert_eq!(received.subject, expected.subject);
            assert_eq!(received.payload[..], expected.payload[..]);
        }
        assert_eq!(bus.stream_end().await.unwrap().unwrap().last, head);
    }

    /// Replaces the stream by one that holds only the first events of the log.
    pub async fn shorten_stream(&self, bus: &Bus, last: i64) {
        bus.delete_stream().await.unwrap();
        // nats-server may still be at removing the files.
        let made = async {
            while bus.create_stream(1, self.log.epoch()).await.is_err() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        timeout(PATIENCE, made).await.unwrap();
        let mut publisher = bus.publisher(0);
        for event in self.log.read_after(0, last).await.unwrap() {
            publisher.publish(message_of(&event)).await.unwrap();
        }
        assert_eq!(publisher.drain().await.unwrap(), last);
    }
}

async fn open(database: &TestDatabase) -> Log {
    let pool = PgPoolOptions::new().max_connections(5).connect(&database.url).await.unwrap();
    Log::open(pool).await.unwrap()
}

pub struct RunningRelay {
    pub status: RelayStatus,
    shutdown: CancellationToken,
    tasks: TaskTracker,
}

impl RunningRelay {
    pub async fn stop(self) {
        self.shutdown.cancel();
        timeout(PATIENCE, self.tasks.wait()).await.unwrap();
    }

    /// Waits until the relay is in a state.
    pub async fn expect(&self, wanted: impl FnMut(&RelayState) -> bool) -> RelayState {
        let mut states = self.status.subscribe();
        let reached = timeout(PATIENCE, states.wait_for(wanted)).await;
        let Ok(state) = reached else { panic!("the relay stays {:?}", self.status.current()) };
        state.unwrap().clone()
    }

    /// Waits until the relay has halted; answers why.
    pub async fn expect_halt(&self) -> String {
        match self.expect(|state| matches!(state, RelayState::Halted { .. })).await {
            RelayState::Halted { reason } => reason,
            state => panic!("{state:?}"),
        }
    }
}

impl Drop for RunningRelay {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

/// Waits until the stream ends at a position.
pub async fn wait_for_end(bus: &Bus, last: i64) {
    let reached = async {
        loop {
            let end = bus.stream_end().await.ok().flatten();
            if end.is_some_and(|end| end.last == last) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let outcome = timeout(PATIENCE, reached).await;
    assert!(outcome.is_ok(), "the stream does not reach {last}: {:?}", bus.stream_end().await);
}

/// Appends so many events, each by a command of its own; answers the last position.
pub async fn append(log: &Log, count: usize) -> i64 {
    let commands: Vec<NewCommand> = (0..count).map(|_| command()).collect();
    let mut reached = 0;
    for outcome in log.append(&commands).await.unwrap() {
        match outcome {
            Outcome::Appended { last, .. } => reached = last,
            other => panic!("{other:?}"),
        }
    }
    reached
}

pub fn command() -> NewCommand {
    command_of("clue-transfer.sent")
}

/// A command with one event of this type.
pub fn command_of(event_type: &str) -> NewCommand {
    let stream_id = fresh_id();
    let body = format!(
        r#"{{ "transfer":{{"id":"{stream_id}","kind":"clue_transfer","from":"320100-ybj","to":"320100-wjw","matter":"{stream_id}"}},  "text":"涉嫌 \u00e9", "n":1.50 }}"#
    );
    NewCommand {
        id: fresh_id(),
        request_hash: [7; 32],
        guards: vec![Guard { stream_id, version: 0 }],
        events: vec![NewEvent {
            stream_id,
            event_id: fresh_id(),
            event_type: event_type.into(),
            schema_version: 1,
            occurred_at: DateTime::<Utc>::UNIX_EPOCH,
            actor: "test".into(),
            correlation_id: stream_id,
            causation_id: None,
            number_series: None,
            traceparent: None,
            body: body.into_bytes(),
        }],
    }
}

/// The message that an event must become.
pub fn message_of(event: &RecordedEvent) -> Message {
    message(&Recorded {
        position: event.position,
        epoch: event.epoch,
        event_id: EventId(event.event_id),
        stream_id: event.stream_id,
        version: event.version,
        event_type: &event.event_type,
        schema_version: event.schema_version,
        number: event.number,
        occurred_at: event.occurred_at,
        recorded_at: event.recorded_at,
        actor: &event.actor,
        traceparent: event.traceparent.as_deref(),
        body: &event.body,
    })
    .unwrap()
}
