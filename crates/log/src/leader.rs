//! Leader election through Postgres: whoever holds the session's advisory lock leads, until its connection ends.

use crate::LogError;
use sqlx::{Connection, PgConnection, PgPool};
use std::time::Duration;

/// Name space of the locks of casebus among all advisory locks of the database.
const LOCK_SPACE: i32 = 0x00ca_5eb5;
/// How often a process that does not lead tries again.
const RETRY_INTERVAL: Duration = Duration::from_millis(500);

/// The right to lead a role. Dropping it gives the lead to another process.
#[derive(Debug)]
pub struct Leadership {
    connection: PgConnection,
}

impl Leadership {
    /// Waits until this process leads the role, on one connection.
    pub async fn acquire(pool: &PgPool, role: &'static str) -> Result<Self, LogError> {
        let mut connection = pool.acquire().await?.detach();
        while !try_lock(&mut connection, role).await? {
            tokio::time::sleep(RETRY_INTERVAL).await;
        }
        Ok(Self { connection })
    }

    /// Leads the role if nobody else does.
    pub async fn try_acquire(pool: &PgPool, role: &'static str) -> Result<Option<Self>, LogError> {
        let mut connection = pool.acquire().await?.detach();
        if try_lock(&mut connection, role).await? {
            return Ok(Some(Self { connection }));
        }
        connection.close().await?;
        Ok(None)
    }

    /// Whether the connection that holds the lock is still alive.
    pub async fn still_held(&mut self) -> bool {
        self.connection.ping().await.is_ok()
    }
}

async fn try_lock(connection: &mut PgConnection, role: &str) -> Result<bool, LogError> {
    let acquired = sqlx::query_scalar!(
        r#"select pg_try_advisory_lock($1, hashtext($2)) as "acquired!""#,
        LOCK_SPACE,
        role
    )
    .fetch_one(connection)
    .await?;
    Ok(acquired)
}
