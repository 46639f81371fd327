//! The accounts on a real Postgres: one database per test.

#![expect(clippy::unwrap_used, reason = "helpers of tests stop the test where something is wrong")]

mod api_keys;
mod calendars;
mod departments;
mod imports;
mod readings;
mod routes;
mod rule_packs;
mod schema;
mod shipped_registry;
mod subject_keys;

use accounts::{Accounts, MasterKey};
use chrono::{DateTime, TimeDelta, Utc};
use contract::ids::DepartmentId;
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use testkit::TestDatabase;

/// A handle on a database of the test's own, which ends with this value.
struct Fixture {
    accounts: Accounts,
    pool: PgPool,
    url: String,
    master_key: MasterKey,
    _database: TestDatabase,
}

impl Fixture {
    async fn new() -> Self {
        let database = testkit::database_with(|url| async move {
            let pool = connect(&url).await;
            accounts::migrate(&pool, None).await?;
            pool.close().await;
            Ok(())
        })
        .await;
        let pool = connect(&database.url).await;
        let folder = testkit::folder("accounts");
        std::fs::create_dir_all(&folder).unwrap();
        let master_key = MasterKey::load_or_create(&folder.join("master.key")).unwrap();
        let accounts = Accounts::new(pool.clone(), master_key.clone());
        Self { accounts, pool, url: database.url.clone(), master_key, _database: database }
    }

    /// Another process on the same database: it shares no cache with the first.
    fn other_process(&self) -> Accounts {
        Accounts::new(self.pool.clone(), self.master_key.clone())
    }

    /// Runs a statement of the test.
    async fn execute(&self, sql: &'static str) -> Result<u64, sqlx::Error> {
        Ok(sqlx::query(sql).execute(&self.pool).await?.rows_affected())
    }

    async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&self.pool).await.unwrap()
    }
}

async fn connect(url: &str) -> PgPool {
    PgPoolOptions::new().max_connections(4).connect(url).await.unwrap()
}

/// Some minutes after a fixed moment.
fn minute(minutes: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap() + TimeDelta::minutes(minutes)
}

fn department(id: &str) -> DepartmentId {
    DepartmentId::new(id).unwrap()
}
