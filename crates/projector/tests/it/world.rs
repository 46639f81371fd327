//! A log, a read model, perhaps a bus, and projectors between them.

use bus::{Bus, BusConfig};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use contract::clock::{ClockChange, ClockCode, ClockMove};
use contract::cloud_event::{Message, Recorded};
use contract::event::{
    After, AssignedInternally, Body, Facts, Terms, TransferEvent, TransferRef, TransferSent,
};
use contract::ids::{EventId, MatterId, TransferId, fresh_id};
use contract::kind::{Routing, Source, TransferKind, Urgency};
use contract::state::TransferState;
use log::{Guard, Log, NewCommand, NewEvent, Outcome, RecordedEvent};
use projector::{ProjectorConfig, ProjectorError, ProjectorStatus};
use sqlx::PgPool;
use std::time::Duration;
use testkit::{TestDatabase, TestNats};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use views::timeline::TimelineEvent;
use views::{Views, Visibility};

/// How long a test waits for what must come.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Who acted, as messages of [`by_bus`] say.
const BUS_ACTOR: &str = "casebus/bus";

/// Where a test lives.
pub struct World {
    pub log: Log,
    pub views: Views,
    pub pool: PgPool,
    _database: TestDatabase,
}

/// A projector that runs.
pub struct Running {
    pub status: ProjectorStatus,
    pub shutdown: CancellationToken,
    pub ended: JoinHandle<Result<(), ProjectorError>>,
}

impl World {
    pub async fn new() -> Self {
        let database = testkit::database_with(|url| async move {
            let pool = PgPool::connect(&url).await?;
            log::migrate(&pool, None).await?;
            views::migrate(&pool, None).await?;
            pool.close().await;
            Ok(())
        })
        .await;
        let pool = PgPool::connect(&database.url).await.unwrap();
        let log = Log::open(pool.clone()).await.unwrap();
        Self { log, views: Views::new(pool.clone()), pool, _database: database }
    }

    /// A projector with the usual settings.
    pub fn start(&self, bus: Option<BusConfig>) -> Running {
        Self::run(ProjectorConfig::new(self.log.clone(), bus, self.views.clone()))
    }

    /// A projector that waits for the bus, however slow this machine is.
    pub fn start_patient(&self, bus: &Bus) -> Running {
        let bus = Some(bus.config().clone());
        let usual = ProjectorConfig::new(self.log.clone(), bus, self.views.clone());
        Self::run(ProjectorConfig { bus_patience: PATIENCE, ..usual })
    }

    #[expect(clippy::disallowed_methods, reason = "a test ends with its tasks")]
    fn run(config: ProjectorConfig) -> Running {
        let status = config.status.clone();
        let shutdown = CancellationToken::new();
        let ended = tokio::spawn(projector::run(config, shutdown.clone()));
        Running { status, shutdown, ended }
    }

    /// Sends a clue; appends its first event.
    pub async fn send(&self) -> TransferRef {
        let case = case();
        let event = sent(&case);
        self.append(&case, 0, vec![event]).await;
        case
    }

    /// Signs a clue that was sent.
    pub async fn sign(&self, case: &TransferRef) {
        self.append(case, 1, vec![signed(case)]).await;
    }

    pub async fn append(&self, case: &TransferRef, version: i64, events: Vec<NewEvent>) {
        let command = NewCommand {
            id: fresh_id(),
            request_hash: [0; 32],
            guards: vec![Guard { stream_id: case.id.0, version }],
            events,
        };
        let outcomes = self.log.append(&[command]).await.unwrap();
        assert!(matches!(outcomes[0], Outcome::Appended { .. }), "{outcomes:?}");
    }

    /// Sends that many clues in few calls.
    pub async fn send_many(&self, count: usize) {
        let mut commands = Vec::new();
        for _ in 0..count {
            let case = case();
            let guards = vec![Guard { stream_id: case.id.0, version: 0 }];
            commands.push(NewCommand {
                id: fresh_id(),
                request_hash: [0; 32],
                guards,
                events: vec![sent(&case)],
            });
        }
        for call in commands.chunks(500) {
            self.log.append(call).await.unwrap();
        }
    }

    pub async fn recorded(&self) -> Vec<RecordedEvent> {
        self.log.read_after(0, 100_000).await.unwrap()
    }

    /// What the read model shows of all events, to the receiver of all transfers: nobody else sees what it does inside.
    pub async fn shown(&self) -> Vec<TimelineEvent> {
        let receiver = Visibility::Parties("320100-wjw".parse().unwrap());
        self.views.feed(&receiver, 0, 100_000).await.unwrap().events
    }

    /// Positions of the events that came by the bus: there, [`by_bus`] named another actor.
    pub async fn came_by_bus(&self) -> Vec<i64> {
        let shown = self.shown().await;
        shown.iter().filter(|event| event.actor == BUS_ACTOR).map(|event| event.position).collect()
    }

    /// Checks that the read model holds the log as far as it goes, byte for byte.
    pub async fn assert_equal(&self) {
        let (recorded, shown) = (self.recorded().await, self.shown().await);
        assert_eq!(recorded.len(), shown.len());
        for (recorded, shown) in recorded.iter().zip(&shown) {
            assert_eq!(
                (
                    recorded.position,
                    recorded.event_id,
                    recorded.version,
                    &recorded.event_type,
                    recorded.number
                ),
                (shown.position, shown.event_id.0, shown.version, &shown.event_type, shown.number)
            );
            assert_eq!(
                (recorded.occurred_at, recorded.recorded_at, &recorded.body),
                (shown.occurred_at, shown.recorded_at, &shown.body)
            );
        }
    }
}

impl Running {
    /// Waits until a position is folded.
    pub async fn reaches(&self, position: i64) {
        assert!(self.status.wait_for(position, PATIENCE).await, "position {position} was not reached");
    }

    pub async fn stop(self) {
        self.shutdown.cancel();
        self.ended.await.unwrap().unwrap();
    }

    /// Waits until it ends by itself.
    pub async fn fails(self) -> ProjectorError {
        tokio::time::timeout(PATIENCE, self.ended).await.unwrap().unwrap().unwrap_err()
    }
}

/// A nats-server with a stream whose first message will have this sequence.
pub async fn bus(first: i64) -> (TestNats, Bus) {
    let nats = testkit::nats().await;
    let bus = Bus::connect(BusConfig::new(nats.url.clone())).await.unwrap();
    bus.create_stream(first, 1).await.unwrap();
    (nats, bus)
}

/// Publishes messages behind a position, and waits for the acknowledgements.
pub async fn publish(bus: &Bus, after: i64, messages: Vec<Message>) {
    let mut publisher = bus.publisher(after);
    for message in messages {
        publisher.publish(message).await.unwrap();
    }
    publisher.drain().await.unwrap();
}

pub fn message(event: &RecordedEvent) -> Message {
    contract::cloud_event::message(&Recorded {
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

/// A clue that nobody has sent yet.
pub fn case() -> TransferRef {
    TransferRef {
        id: TransferId::fresh(),
        kind: TransferKind::ClueTransfer,
        from: "320100-ybj".parse().unwrap(),
        to: "320100-wjw".parse().unwrap(),
        matter: MatterId::fresh(),
    }
}

/// The message of an event, marked so that one sees in the read model by which way it came.
pub fn by_bus(event: &RecordedEvent) -> Message {
    message(&RecordedEvent { actor: BUS_ACTOR.to_owned(), ..event.clone() })
}

fn now() -> DateTime<Utc> {
    "2026-09-21T01:00:00.123456Z".parse().unwrap()
}

fn new_event(body: &Body, number_series: Option<&str>) -> NewEvent {
    NewEvent {
        stream_id: body.transfer.id.0,
        event_id: fresh_id(),
        event_type: body.event_type().as_str().to_owned(),
        schema_version: Body::SCHEMA_VERSION,
        occurred_at: now(),
        actor: "320100-ybj/clerk/key1".to_owned(),
        correlation_id: body.transfer.matter.0,
        causation_id: None,
        number_series: number_series.map(str::to_owned),
        traceparent: None,
        body: body.encode(),
    }
}

pub fn sent(case: &TransferRef) -> NewEvent {
    let clock = ClockChange {
        code: ClockCode::T02,
        run: 1,
        movement: ClockMove::Started,
        owner: case.to.clone(),
        started_at: now(),
        due_at: Some(now() + TimeDelta::days(1)),
        provisional: false,
        warn_at: None,
        pause_reason: None,
        calendar: None,
    };
    let event = TransferEvent::Sent(TransferSent {
        title: "线索".to_owned(),
        summary: "概要".to_owned(),
        urgency: Urgency::Normal,
        source: Source::Monitoring,
        discovered_at: None,
        subjects: vec![],
        subject_matter: None,
        routing: Routing::Named,
        origin: None,
        office: "320100-coord".parse().unwrap(),
        objection_allowed: true,
        deadline: None,
        number_year: 2026,
        rule_pack: "cn-default-2026.1".to_owned(),
        calendar: "cn-2026".to_owned(),
        terms: Terms::default(),
    });
    let after = After {
        state: TransferState::Delivered,
        holder: Some(case.to.clone()),
        handling: None,
        clocks: vec![clock],
        facts: Facts::default(),
    };
    new_event(&Body { transfer: case.clone(), event, after }, Some("transfer/320100-ybj/2026"))
}

pub fn signed(case: &TransferRef) -> NewEvent {
    happened(case, TransferEvent::Signed)
}

/// The receiver gives a clue that it signed to a brigade; nobody else may see that.
pub fn assigned(case: &TransferRef) -> NewEvent {
    happened(
        case,
        TransferEvent::AssignedInternally(AssignedInternally {
            department: case.to.clone(),
            unit: "二大队".to_owned(),
            due_on: NaiveDate::from_ymd_opt(2026, 9, 24).unwrap(),
            note: None,
        }),
    )
}

/// An event of a shape that this program does not know yet.
pub fn unknown(event: NewEvent) -> NewEvent {
    NewEvent { schema_version: 99, ..event }
}

fn happened(case: &TransferRef, event: TransferEvent) -> NewEvent {
    let after = After {
        state: TransferState::Signed,
        holder: Some(case.to.clone()),
        handling: None,
        clocks: vec![],
        facts: Facts::default(),
    };
    new_event(&Body { transfer: case.clone(), event, after }, None)
}
