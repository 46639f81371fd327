//! What the test kit promises to the tests of the other crates.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{Connection, PgConnection};

async fn connect(url: &str) -> PgConnection {
    PgConnection::connect(url).await.unwrap()
}

async fn migrated() -> testkit::TestDatabase {
    testkit::database_with(|url| async move {
        static RUNS: AtomicU32 = AtomicU32::new(0);
        assert_eq!(RUNS.fetch_add(1, Ordering::SeqCst), 0, "the migration runs once");
        let mut connection = connect(&url).await;
        sqlx::raw_sql("CREATE TABLE item (n bigint)").execute(&mut connection).await?;
        Ok(())
    })
    .await
}

async fn fill_and_count(database: &testkit::TestDatabase) -> i64 {
    let mut connection = connect(&database.url).await;
    sqlx::raw_sql("INSERT INTO item VALUES (1)").execute(&mut connection).await.unwrap();
    sqlx::query_scalar("SELECT count(*) FROM item").fetch_one(&mut connection).await.unwrap()
}

#[tokio::test]
async fn a_test_has_a_migrated_database_of_its_own() {
    let (one, two) = tokio::join!(migrated(), migrated());
    assert_ne!(one.name, two.name);
    assert_eq!(fill_and_count(&one).await, 1);
    assert_eq!(fill_and_count(&two).await, 1);
}

#[tokio::test]
async fn another_test_does_not_see_what_the_first_wrote() {
    let database = migrated().await;
    assert_eq!(fill_and_count(&database).await, 1);
}

#[tokio::test]
async fn an_empty_database_is_empty() {
    let database = testkit::database().await;
    let mut connection = connect(&database.url).await;
    let tables: i64 = sqlx::query_scalar("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(tables, 0);
}

#[tokio::test]
async fn a_nats_server_comes_back_at_the_same_address_after_a_crash_and_after_losing_its_files() {
    let nats = testkit::nats().await;
    let url = nats.url.clone();
    nats.kill().await;
    nats.restart().await;
    nats.stop().await;
    nats.wipe().await;
    nats.restart().await;
    assert_eq!(nats.url, url);
}

#[tokio::test]
async fn the_shared_nats_server_is_one() {
    let (one, two) = tokio::join!(testkit::shared_nats(), testkit::shared_nats());
    assert_eq!(one.url, two.url);
}
