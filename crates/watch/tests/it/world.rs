//! A log, its views, a business clock, and watches that can be started and stopped.

use accounts::{Accounts, MasterKey};
use bus::BusConfig;
use chrono::{DateTime, Utc};
use command::{Desk, Request, SharedRules};
use contract::actor::Actor;
use contract::event::{Body, Terms, TransferEvent};
use contract::ids::{CommandId, DepartmentId, TransferId};
use contract::kind::{Routing, Source, TransferKind, Urgency};
use domain::rule_pack::Catalogue;
use domain::transfer::commands::SendTransfer;
use domain::{Command, Rules, Transfer};
use log::{Log, NewCommand, Outcome, RecordedEvent, Writer};
use projector::ProjectorConfig;
use sqlx::PgPool;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use testkit::{TestClock, TestDatabase};
use tokio_util::sync::{CancellationToken, DropGuard};
use views::Views;
use watch::WatchConfig;

pub const HEALTH: &str = "320100-wjw";
pub const MARKET: &str = "320100-scj";
pub const OFFICE: &str = "320100-rmzf";

pub struct World {
    pub desk: Desk,
    pub accounts: Accounts,
    pub clock: TestClock,
    pub rules: SharedRules,
    views: Views,
    pool: PgPool,
    projector: Mutex<Option<DropGuard>>,
    _database: TestDatabase,
}

pub fn department(id: &str) -> DepartmentId {
    DepartmentId::new(id).unwrap()
}

#[expect(clippy::disallowed_methods, reason = "a test ends with its tasks")]
fn spawn(work: impl Future<Output = ()> + Send + 'static) {
    tokio::spawn(work);
}

impl World {
    pub async fn at(moment: &str) -> Self {
        let database = testkit::database_with(|url| async move {
            let pool = PgPool::connect(&url).await?;
            log::migrate(&pool, None).await?;
            views::migrate(&pool, None).await?;
            accounts::migrate(&pool, None).await?;
            pool.close().await;
            Ok(())
        })
        .await;
        let pool = PgPool::connect(&database.url).await.unwrap();
        let log = Log::open(pool.clone()).await.unwrap();
        let (writer, work) = Writer::new(log.clone());
        spawn(work);
        let views = Views::new(pool.clone());
        let folder = testkit::folder("watch");
        std::fs::create_dir_all(&folder).unwrap();
        let key = MasterKey::load_or_create(&folder.join("master.key")).unwrap();
        let rules = SharedRules::new(Rules::national());
        let world = Self {
            desk: Desk::new(log, writer, rules.clone()),
            accounts: Accounts::new(pool.clone(), key),
            clock: TestClock::at_text(moment),
            rules,
            views,
            pool,
            projector: Mutex::new(None),
            _database: database,
        };
        world.project();
        world
    }

    /// The read model follows the log from now on.
    pub fn project(&self) {
        let shutdown = CancellationToken::new();
        let config = ProjectorConfig::new(self.desk.log().clone(), None, self.views.clone());
        let projecting = projector::run(config, shutdown.clone());
        spawn(async move { projecting.await.unwrap() });
        *self.projector.lock().unwrap() = Some(shutdown.drop_guard());
    }

    /// What is in the log now is in the read model; what comes later is not, until it is projected again.
    pub async fn stop_projecting(&self) {
        self.views_reach_the_head().await;
        drop(self.projector.lock().unwrap().take());
        // It may have begun to fold.
        tokio::time::sleep(Duration::from_millis(300)).await;
    }

    fn request(&self, by: &str) -> Request {
        let actor = Actor::Department {
            department: department(by),
            role: contract::actor::Role::Clerk,
            key: "k".into(),
        };
        Request {
            id: CommandId::fresh(),
            hash: [0; 32],
            actor,
            by: department(by),
            now: self.clock.now(),
            expected_version: None,
            traceparent: None,
        }
    }

    /// Appends what no rule decided.
    pub async fn append(&self, command: NewCommand) {
        let (writer, work) = Writer::new(self.desk.log().clone());
        spawn(work);
        let appended = writer.append(command).await.unwrap();
        assert!(matches!(appended, Outcome::Appended { .. }), "{appended:?}");
    }

    /// Health sends a clue to market supervision.
    pub async fn send(&self) -> TransferId {
        self.desk.send(&self.request(HEALTH), &sending(), None).await.unwrap().transfer.reference.id
    }

    /// Market supervision asks health for assistance with a case that it has accepted.
    pub async fn ask(&self, case: TransferId) -> TransferId {
        let case = self.transfer(case).await;
        let request = SendTransfer {
            kind: TransferKind::AssistanceRequest,
            from: department(MARKET),
            to: department(HEALTH),
            from_receiver_of_origin: true,
            ..sending()
        };
        let done = self.desk.send(&self.request(MARKET), &request, Some(&case)).await.unwrap();
        done.transfer.reference.id
    }

    /// Health sends many clues at once.
    pub async fn send_many(&self, count: usize) {
        let commands: Vec<_> = (0..count).map(|_| sending()).collect();
        self.desk.send_all(&self.request(HEALTH), &commands).await.unwrap();
    }

    /// Waits until the log has so many events and the read model too.
    pub async fn events_reach(&self, position: i64) {
        assert!(views::wait_for_position(&self.pool, position, Duration::from_mins(1)).await.unwrap());
    }

    pub async fn act(&self, by: &str, transfer: TransferId, command: &Command) {
        self.desk.act(&self.request(by), transfer, command).await.unwrap();
        self.views_reach_the_head().await;
    }

    pub async fn views_reach_the_head(&self) {
        let head = self.desk.log().head().await.unwrap().position;
        assert!(views::wait_for_position(&self.pool, head, Duration::from_secs(20)).await.unwrap());
    }

    /// A watch that runs until the guard is dropped.
    pub fn watch(&self) -> DropGuard {
        self.watch_with(self.desk.clone(), None)
    }

    /// A watch that asks a bus, too.
    pub fn watch_beside(&self, bus: BusConfig) -> DropGuard {
        self.watch_with(self.desk.clone(), Some(bus))
    }

    /// A watch in a process that has other rules.
    pub fn watch_by(&self, rules: Rules) -> DropGuard {
        let (writer, work) = Writer::new(self.desk.log().clone());
        spawn(work);
        self.watch_with(Desk::new(self.desk.log().clone(), writer, SharedRules::new(rules)), None)
    }

    fn watch_with(&self, desk: Desk, bus: Option<BusConfig>) -> DropGuard {
        let clock = self.clock.clone();
        let config = WatchConfig {
            desk,
            views: self.views.clone(),
            accounts: self.accounts.clone(),
            bus,
            now: Arc::new(move || clock.now()),
            interval: Duration::from_millis(20),
        };
        let shutdown = CancellationToken::new();
        let watching = watch::run(config, shutdown.clone());
        spawn(async move { watching.await.unwrap() });
        shutdown.drop_guard()
    }

    /// Sets the clock to a moment in China, like `2026-03-05T23:59:59`.
    pub fn goes_to(&self, moment: &str) {
        self.clock.set(in_china(moment));
    }

    /// A transfer as it stands in the log.
    pub async fn transfer(&self, id: TransferId) -> Transfer {
        self.desk.transfer(id).await.unwrap().unwrap()
    }

    /// The missed time limits of a transfer, once there are as many; a little later there are still as many.
    pub async fn missed(&self, transfer: TransferId, expected: usize) -> Vec<RecordedEvent> {
        self.happened(transfer, "time-limit.missed", expected).await
    }

    /// The events of a type of a transfer, once there are as many; a little later there are still as many.
    pub async fn happened(
        &self,
        transfer: TransferId,
        event_type: &str,
        expected: usize,
    ) -> Vec<RecordedEvent> {
        for _ in 0..200 {
            let found = self.happened_now(transfer, event_type).await;
            assert!(found.len() <= expected, "{} of {event_type}, not {expected}", found.len());
            if found.len() == expected {
                self.views_reach_the_head().await;
                tokio::time::sleep(Duration::from_millis(300)).await;
                assert_eq!(self.happened_now(transfer, event_type).await.len(), expected, "{event_type}");
                return found;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("there are no {expected} of {event_type} after ten seconds");
    }

    async fn happened_now(&self, transfer: TransferId, event_type: &str) -> Vec<RecordedEvent> {
        let events = self.desk.log().read_stream(transfer.0).await.unwrap();
        events.into_iter().filter(|event| event.event_type == event_type).collect()
    }
}

fn sending() -> SendTransfer {
    SendTransfer {
        id: TransferId::fresh(),
        kind: TransferKind::ClueTransfer,
        from: department(HEALTH),
        to: department(MARKET),
        office: department(OFFICE),
        routing: Routing::Named,
        subject_matter: None,
        title: "无处方销售抗菌药物".into(),
        summary: "药店无处方销售".into(),
        urgency: Urgency::Normal,
        source: Source::Complaint,
        discovered_at: None,
        subjects: Vec::new(),
        deadline: None,
        terms: Terms::default(),
        from_receiver_of_origin: false,
    }
}

/// A moment in China, like `2026-03-05T23:59:59`.
pub fn in_china(moment: &str) -> DateTime<Utc> {
    format!("{moment}+08:00").parse().unwrap()
}

/// What an event says.
pub fn event(recorded: &RecordedEvent) -> TransferEvent {
    body(recorded).event
}

/// The body of an event.
pub fn body(recorded: &RecordedEvent) -> Body {
    Body::decode(recorded.schema_version, &recorded.body).unwrap()
}

/// The packs that ship, and one of the city.
pub fn with_a_city_pack() -> Catalogue {
    let mut catalogue = Catalogue::shipped();
    let local = "id = \"nj-1\"\ninherits = \"cn-default-2026.2\"\njurisdiction = \"320100\"\n\
                 effective_from = \"2026-03-01\"\n[[vector]]\nclock = \"T02\"\n\
                 start = 2026-03-02T10:00:00+08:00\ndue_on = \"2026-03-03\"\n";
    catalogue.add(local).unwrap();
    catalogue
}
