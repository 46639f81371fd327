//! A log, its views, a business clock, and watches that can be started and stopped.

use accounts::{Accounts, MasterKey};
use command::{Desk, Request};
use contract::actor::Actor;
use contract::ids::{CommandId, DepartmentId, TransferId};
use contract::kind::{Routing, Source, TransferKind, Urgency};
use domain::transfer::commands::SendTransfer;
use domain::{Command, Rules};
use log::{Log, RecordedEvent, Writer};
use projector::ProjectorConfig;
use sqlx::PgPool;
use std::sync::Arc;
use std::time::Duration;
use testkit::{TestClock, TestDatabase};
use tokio_util::sync::{CancellationToken, DropGuard};
use views::Views;
use watch::WatchConfig;

pub const HEALTH: &str = "320100-wjw";
pub const MARKET: &str = "320100-scj";

pub struct World {
    pub desk: Desk,
    pub accounts: Accounts,
    pub clock: TestClock,
    views: Views,
    pool: PgPool,
    _projector: DropGuard,
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
        let shutdown = CancellationToken::new();
        let projecting =
            projector::run(ProjectorConfig::new(log.clone(), None, views.clone()), shutdown.clone());
        spawn(async move { projecting.await.unwrap() });
        let folder = testkit::folder("watch");
        std::fs::create_dir_all(&folder).unwrap();
        let key = MasterKey::load_or_create(&folder.join("master.key")).unwrap();
        Self {
            desk: Desk::new(log, writer, Arc::new(Rules::national())),
            accounts: Accounts::new(pool.clone(), key),
            clock: TestClock::at_text(moment),
            views,
            pool,
            _projector: shutdown.drop_guard(),
            _database: database,
        }
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
        }
    }

    /// Health sends a clue to market supervision.
    pub async fn send(&self) -> TransferId {
        let command = SendTransfer {
            id: TransferId::fresh(),
            kind: TransferKind::ClueTransfer,
            from: department(HEALTH),
            to: department(MARKET),
            office: department("320100-rmzf"),
            routing: Routing::Named,
            subject_matter: None,
            title: "无处方销售抗菌药物".into(),
            summary: "药店无处方销售".into(),
            urgency: Urgency::Normal,
            source: Source::Complaint,
            discovered_at: None,
            subjects: Vec::new(),
            deadline: None,
            from_receiver_of_origin: false,
        };
        self.desk.send(&self.request(HEALTH), &command, None).await.unwrap().transfer.reference.id
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
        let clock = self.clock.clone();
        let config = WatchConfig {
            desk: self.desk.clone(),
            views: self.views.clone(),
            accounts: self.accounts.clone(),
            bus: None,
            now: Arc::new(move || clock.now()),
            interval: Duration::from_millis(20),
        };
        let shutdown = CancellationToken::new();
        let watching = watch::run(config, shutdown.clone());
        spawn(async move { watching.await.unwrap() });
        shutdown.drop_guard()
    }

    /// The missed time limits of a transfer, once there are as many; a little later there are still as many.
    pub async fn missed(&self, transfer: TransferId, expected: usize) -> Vec<RecordedEvent> {
        for _ in 0..200 {
            let found = self.missed_now(transfer).await;
            assert!(found.len() <= expected, "{} missed time limits", found.len());
            if found.len() == expected {
                tokio::time::sleep(Duration::from_millis(200)).await;
                assert_eq!(self.missed_now(transfer).await.len(), expected);
                return found;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("there are no {expected} missed time limits after ten seconds");
    }

    async fn missed_now(&self, transfer: TransferId) -> Vec<RecordedEvent> {
        let events = self.desk.log().read_stream(transfer.0).await.unwrap();
        events.into_iter().filter(|event| event.event_type == "time-limit.missed").collect()
    }
}
