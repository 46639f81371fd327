//! Leader election through Postgres: whoever holds the session's advisory lock leads, until its connection ends. The process
//! that leads shows every few seconds that it is alive. When it is frozen, Postgres ends its connection after a while, and
//! another one takes over.

use crate::LogError;
use crate::read::answer;
use sqlx::{Connection, PgConnection, PgPool};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

/// Name space of the locks of casebus among all advisory locks of the database.
const LOCK_SPACE: i32 = 0x00ca_5eb5;
/// How often a process that does not lead tries again.
const RETRY_INTERVAL: Duration = Duration::from_millis(500);
/// How long a process that leads may be frozen before it loses the lead.
const LEASE: Duration = Duration::from_secs(30);
/// How often it shows in that time that it is alive.
const SIGNS_OF_LIFE: u32 = 6;
/// How long Postgres may take to answer whether the lock is held, or can be had.
const PATIENCE: Duration = Duration::from_secs(10);

/// Whether a process leads the role.
pub async fn is_led(pool: &PgPool, role: &str) -> Result<bool, LogError> {
    // Of a lock with two keys Postgres shows both as unsigned numbers, and that there are two.
    let held = sqlx::query_scalar!(
        r#"select exists (select from pg_locks l join pg_database d on d.oid = l.database
             where d.datname = current_database() and l.locktype = 'advisory' and l.objsubid = 2 and l.granted
               and l.classid::bigint = $1::int and l.objid::bigint = hashtext($2)::bigint & 4294967295) as "held!""#,
        LOCK_SPACE,
        role
    );
    Ok(held.fetch_one(pool).await?)
}

/// The right to lead a role. Dropping it gives the lead to another process.
#[derive(Debug)]
pub struct Leadership {
    connection: Arc<Mutex<PgConnection>>,
    /// Shows that the process is alive, whatever its services do; ends with the leadership.
    _alive: JoinSet<()>,
    /// Closes when Postgres hears of it no more; there is none where the role is held without a lease.
    lost: Option<watch::Receiver<()>>,
}

impl Leadership {
    /// Waits until this process leads the role, on one connection.
    pub async fn acquire(pool: &PgPool, role: &'static str) -> Result<Self, LogError> {
        let mut connection = connect(pool, Some(LEASE)).await?;
        while !try_lock(&mut connection, role).await? {
            sleep(RETRY_INTERVAL).await;
        }
        Ok(Self::new(connection, Some(LEASE)))
    }

    /// Leads the role if nobody else does.
    pub async fn try_acquire(pool: &PgPool, role: &'static str) -> Result<Option<Self>, LogError> {
        Self::try_lead(pool, role, Some(LEASE)).await
    }

    /// The same, for as long as the process is not frozen for longer than the lease.
    pub async fn try_acquire_for(
        pool: &PgPool,
        role: &'static str,
        lease: Duration,
    ) -> Result<Option<Self>, LogError> {
        Self::try_lead(pool, role, Some(lease)).await
    }

    /// The same, however long the process is frozen: for work that another process must not begin before this one is gone.
    pub async fn try_hold(pool: &PgPool, role: &'static str) -> Result<Option<Self>, LogError> {
        Self::try_lead(pool, role, None).await
    }

    async fn try_lead(
        pool: &PgPool,
        role: &'static str,
        lease: Option<Duration>,
    ) -> Result<Option<Self>, LogError> {
        let mut connection = connect(pool, lease).await?;
        if try_lock(&mut connection, role).await? {
            return Ok(Some(Self::new(connection, lease)));
        }
        connection.close().await?;
        Ok(None)
    }

    fn new(connection: PgConnection, lease: Option<Duration>) -> Self {
        let connection = Arc::new(Mutex::new(connection));
        let mut alive = JoinSet::new();
        let lost = lease.map(|lease| {
            let (shown, lost) = watch::channel(());
            let connection = connection.clone();
            alive.spawn(async move {
                show_life(connection, lease).await;
                drop(shown);
            });
            lost
        });
        Self { connection, _alive: alive, lost }
    }

    /// Works for as long as the process leads; `None` when it was lost before the work was done. Work that waits for an answer
    /// of Postgres on a connection that is no more would wait for ever, and keep its process from leading again.
    pub async fn while_held<Worked>(&self, work: impl Future<Output = Worked>) -> Option<Worked> {
        let Some(mut lost) = self.lost.clone() else { return Some(work.await) };
        tokio::select! {
            worked = work => Some(worked),
            _closed = lost.changed() => None,
        }
    }

    /// Whether the connection that holds the lock is still alive. One on which nothing comes back counts as dead.
    pub async fn still_held(&self) -> bool {
        let ping = async { self.connection.lock().await.ping().await };
        matches!(timeout(PATIENCE, ping).await, Ok(Ok(())))
    }
}

/// Pings until the connection has ended. One on which nothing comes back is pinged on, for Postgres may only be slow; once it has
/// been so for the time of the lease, Postgres has not heard of this process either.
async fn show_life(connection: Arc<Mutex<PgConnection>>, lease: Duration) {
    let mut answered = Instant::now();
    loop {
        let ping = async { connection.lock().await.ping().await };
        match timeout(PATIENCE, ping).await {
            Ok(Ok(())) => answered = Instant::now(),
            Ok(Err(_)) => return,
            Err(_) if answered.elapsed() > lease => return,
            Err(_) => {}
        }
        sleep(lease / SIGNS_OF_LIFE).await;
    }
}

/// A connection of its own, which Postgres ends when nothing was heard on it for the time of the lease.
async fn connect(pool: &PgPool, lease: Option<Duration>) -> Result<PgConnection, LogError> {
    let mut connection = pool.acquire().await?.detach();
    if let Some(lease) = lease {
        let limited = sqlx::query!(
            "select set_config('idle_session_timeout', $1, false) as timeout",
            format!("{}ms", lease.as_millis())
        )
        .fetch_one(&mut connection);
        answer(limited).await?;
    }
    Ok(connection)
}

/// One who waits for the lead asks again and again. On a connection that the network dropped without a word it would wait for ever;
/// it gives that up soon, for meanwhile nobody may lead.
async fn try_lock(connection: &mut PgConnection, role: &str) -> Result<bool, LogError> {
    let asked = sqlx::query_scalar!(
        r#"select pg_try_advisory_lock($1, hashtext($2)) as "acquired!""#,
        LOCK_SPACE,
        role
    )
    .fetch_one(connection);
    Ok(timeout(PATIENCE, asked).await.map_err(|_| LogError::no_answer())??)
}
