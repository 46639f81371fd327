//! A fresh log and commands in short.

use log::{Guard, Log, NewCommand, NewEvent};
use sqlx::PgPool;
use testkit::TestDatabase;
use uuid::Uuid;

pub struct Fixture {
    pub log: Log,
    pub pool: PgPool,
    pub database: TestDatabase,
}

pub async fn fresh() -> Fixture {
    let database = testkit::database_with(|url: String| async move {
        let pool = PgPool::connect(&url).await?;
        sqlx::raw_sql(
            "do $$ begin create role service login; exception when duplicate_object then null; end $$",
        )
        .execute(&pool)
        .await?;
        log::migrate(&pool, Some("service")).await?;
        pool.close().await;
        anyhow::Ok(())
    })
    .await;
    let pool = PgPool::connect(&database.url).await.unwrap();
    Fixture { log: Log::open(pool.clone()).await.unwrap(), pool, database }
}

pub fn stream(number: u128) -> Uuid {
    Uuid::from_u128(0xa000 + number)
}

pub fn id(number: u128) -> Uuid {
    Uuid::from_u128(0xc000 + number)
}

static NEXT_EVENT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(1);

pub fn event(on: Uuid, body: &str) -> NewEvent {
    NewEvent {
        stream_id: on,
        event_id: Uuid::from_u128(NEXT_EVENT.fetch_add(1, std::sync::atomic::Ordering::Relaxed).into()),
        event_type: "clue-transfer.sent".to_owned(),
        schema_version: 1,
        occurred_at: "2026-03-02T02:00:00.123456Z".parse().unwrap(),
        actor: "320100-wjw/clerk/k_1".to_owned(),
        correlation_id: on,
        causation_id: None,
        number_series: None,
        traceparent: None,
        body: body.as_bytes().to_vec(),
    }
}

/// A command that writes one event to a stream which stands at a version.
pub fn command(number: u128, on: Uuid, version: i64) -> NewCommand {
    NewCommand {
        id: id(number),
        request_hash: [u8::try_from(number % 251).unwrap(); 32],
        guards: vec![Guard { stream_id: on, version }],
        events: vec![event(on, &format!("{{\"n\":{number}}}"))],
    }
}

/// Tells processes to stop, or to go on.
pub async fn signal(name: &str, pids: &[i32]) {
    assert!(!pids.is_empty());
    let pids = pids.iter().map(ToString::to_string);
    let sent = tokio::process::Command::new("kill").arg(format!("-{name}")).args(pids).status().await;
    assert!(sent.unwrap().success());
}
