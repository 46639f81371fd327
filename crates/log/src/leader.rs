//! Leader election through Postgres: whoever holds the session's advisory lock leads, until its connection ends. The process
//! that leads shows every few seconds that it is alive. When it is frozen, Postgres ends its connection after a while, and
//! another one takes over.

use crate::LogError;
use sqlx::{Connection, PgConnection, PgPool};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::task::JoinSet;
use tokio::time::sleep;

/// Name space of the locks of casebus among all advisory locks of the database.
const LOCK_SPACE: i32 = 0x00ca_5eb5;
/// How often a process that does not lead tries again.
const RETRY_INTERVAL: Duration = Duration::from_millis(500);
/// How long a process that leads may be frozen before it loses the lead.
const LEASE: Duration = Duration::from_secs(30);
/// How often it shows in that time that it is alive.
const SIGNS_OF_LIFE: u32 = 6;

/// The right to lead a role. Dropping it gives the lead to another process.
#[derive(Debug)]
pub struct Leadership {
    connection: Arc<Mutex<PgConnection>>,
    /// Shows that the process is alive, whatever its services do; ends with the leadership.
    _alive: JoinSet<()>,
}

impl Leadership {
    /// Waits until this process leads the role, on one connection.
    pub async fn acquire(pool: &PgPool, role: &'static str) -> Result<Self, LogError> {
        let mut connection = connect(pool, LEASE).await?;
        while !try_lock(&mut connection, role).await? {
            sleep(RETRY_INTERVAL).await;
        }
        Ok(Self::new(connection, LEASE))
    }

    /// Leads the role if nobody else does.
    pub async fn try_acquire(pool: &PgPool, role: &'static str) -> Result<Option<Self>, LogError> {
        Self::try_acquire_for(pool, role, LEASE).await
    }

    /// The same, for as long as the process is not frozen for longer than the lease.
    pub async fn try_acquire_for(
        pool: &PgPool,
        role: &'static str,
        lease: Duration,
    ) -> Result<Option<Self>, LogError> {
        let mut connection = connect(pool, lease).await?;
        if try_lock(&mut connection, role).await? {
            return Ok(Some(Self::new(connection, lease)));
        }
        connection.close().await?;
        Ok(None)
    }

    fn new(connection: PgConnection, lease: Duration) -> Self {
        let connection = Arc::new(Mutex::new(connection));
        let shown = connection.clone();
        let mut alive = JoinSet::new();
        alive.spawn(async move {
            while shown.lock().await.ping().await.is_ok() {
                sleep(lease / SIGNS_OF_LIFE).await;
            }
        });
        Self { connection, _alive: alive }
    }

    /// Whether the connection that holds the lock is still alive.
    pub async fn still_held(&mut self) -> bool {
        self.connection.lock().await.ping().await.is_ok()
    }
}

/// A connection of its own, which Postgres ends when nothing was heard on it for the time of the lease.
async fn connect(pool: &PgPool, lease: Duration) -> Result<PgConnection, LogError> {
    let mut connection = pool.acquire().await?.detach();
    sqlx::query!(
        "select set_config('idle_session_timeout', $1, false) as timeout",
        format!("{}ms", lease.as_millis())
    )
    .fetch_one(&mut connection)
    .await?;
    Ok(connection)
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
