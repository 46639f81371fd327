//! Connections to the database, and its schema.

use crate::failure::{self, Failure};
use anyhow::Context;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection, Executor, PgConnection, PgPool};
use std::time::Duration;
use tokio::time::timeout;

/// The role of the services in a private Postgres.
pub(crate) const SERVICE_ROLE: &str = "casebus_service";
/// Makes that role.
const MAKE_SERVICE_ROLE: &str = include_str!("../migrations/service_role.sql");
/// How long a connection may be waited for.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long an unused connection is kept.
const IDLE: Duration = Duration::from_mins(5);

/// A connection that was idle for less is used without asking whether it still stands, which costs a round trip.
const BELIEVED: Duration = Duration::from_secs(1);
/// One that does not answer in this time stands no more, and another one is used.
const ANSWERS_WITHIN: Duration = Duration::from_secs(2);

/// How long a statement of the gateway may take, as Postgres reads it; the writer of the log has no such limit.
const STATEMENT_TIMEOUT: &str = "15s";
/// How long a migration or a new epoch may wait for a lock, as Postgres reads it.
const LOCK_TIMEOUT: &str = "10s";
/// The system of Postgres asks after half a minute of silence whether the client is still there, and gives the connection up a minute
/// after the last sign of it, also where something was sent that nobody acknowledged. Else a transaction of one that is gone would hold
/// its locks for hours.
const ASK_FOR_CLIENT: [(&str, &str); 4] = [
    ("tcp_keepalives_idle", "30"),
    ("tcp_keepalives_interval", "10"),
    ("tcp_keepalives_count", "3"),
    ("tcp_user_timeout", "60000"),
];
/// Postgres compiles what it takes for expensive before it runs it. By its estimates that is much of what is told to look into indexes
/// only, and takes longer than the statement.
const COMPILE_NOTHING: (&str, &str) = ("jit", "off");
/// A connection that was given back in the middle of a statement and does not answer in this time stands no more. It counts as
/// used meanwhile, so that callers who go away do not make Postgres work on more statements than there are connections.
const ENDS_WITHIN: Duration = Duration::from_secs(16);
/// Connections of the writer of the log: one for each of its two calls, and one to notify others.
const WRITER_CONNECTIONS: u32 = 3;
/// A service needs so many: the writer's, and some to read with beside it.
pub(crate) const FEWEST_CONNECTIONS: u32 = 6;

/// The connections of a service, apart by what they are for, so that slow reads hold up nothing but slow reads.
#[derive(Clone)]
pub(crate) struct Pools {
    /// The log and the accounts: short statements.
    pub(crate) short: PgPool,
    /// The read model, whose lists may be slow.
    pub(crate) lists: PgPool,
    /// The writer of the log.
    pub(crate) writer: PgPool,
}

impl Pools {
    /// Those of a gateway, together not more than so many, which are at least [`FEWEST_CONNECTIONS`].
    pub(crate) async fn of_gateway(url: &str, max_connections: u32) -> anyhow::Result<Self> {
        let limited = connect_options(url)?.options([("statement_timeout", STATEMENT_TIMEOUT)]);
        let for_reads = max_connections - WRITER_CONNECTIONS;
        let lists = for_reads / 2;
        Ok(Self {
            writer: pool(url, WRITER_CONNECTIONS).await?,
            lists: pool_options(lists).connect_lazy_with(limited.clone()),
            short: pool_options(for_reads - lists).connect_lazy_with(limited),
        })
    }

    /// The same connections for everything.
    pub(crate) fn shared(pool: PgPool) -> Self {
        Self { short: pool.clone(), lists: pool.clone(), writer: pool }
    }
}

/// Opens connections, the first at once, so that a wrong address is told here.
pub(crate) async fn pool(url: &str, max_connections: u32) -> anyhow::Result<PgPool> {
    pool_with(connect_options(url)?, max_connections).await
}

/// Opens those of migrations and new epochs. What waits for a lock on a whole table makes everybody wait who comes after it, so it
/// does not wait for long.
pub(crate) async fn migrating_pool(url: &str) -> anyhow::Result<PgPool> {
    pool_with(connect_options(url)?.options([("lock_timeout", LOCK_TIMEOUT)]), 2).await
}

async fn pool_with(options: PgConnectOptions, max_connections: u32) -> anyhow::Result<PgPool> {
    let opened = match pool_options(max_connections).connect_with(options.clone()).await {
        // A pool tries again and again, and tells in the end that it had no more time.
        Err(sqlx::Error::PoolTimedOut) => {
            match timeout(ANSWERS_WITHIN, PgConnection::connect_with(&options)).await {
                Ok(Err(why)) => Err(why),
                Ok(Ok(_)) | Err(_) => {
                    pool_options(max_connections).acquire_timeout(ANSWERS_WITHIN).connect_with(options).await
                }
            }
        }
        opened => opened,
    };
    opened.map_err(|error| unreachable(&error).into())
}

fn pool_options(max_connections: u32) -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(max_connections)
        .acquire_timeout(PATIENCE)
        .idle_timeout(IDLE)
        .test_before_acquire(false)
        .before_acquire(|connection, meta| {
            Box::pin(async move {
                if meta.idle_for > BELIEVED {
                    let answered = timeout(ANSWERS_WITHIN, connection.ping()).await;
                    answered.map_err(|_| sqlx::Error::PoolTimedOut)??;
                }
                Ok(true)
            })
        })
        .after_release(|connection, _| {
            Box::pin(async move {
                // Whoever went away in the middle of a statement leaves it to be ended here. If that statement began a transaction,
                // nobody would end that.
                let free = timeout(ENDS_WITHIN, log::is_free(connection)).await;
                free.map_err(|_| sqlx::Error::PoolTimedOut)?
            })
        })
}

fn connect_options(url: &str) -> Result<PgConnectOptions, Failure> {
    let options: PgConnectOptions = url.parse().map_err(|error| unreachable(&error))?;
    Ok(options.options(ASK_FOR_CLIENT).options([COMPILE_NOTHING]))
}

fn unreachable(error: &sqlx::Error) -> Failure {
    Failure::new(
        format!("the database cannot be reached ({error}): check database.url, and whether Postgres runs"),
        format!("无法连接数据库（{error}）：请检查 database.url 以及 Postgres 是否在运行"),
    )
}

/// Makes the role of the services, as the owner of a private Postgres.
pub(crate) async fn make_service_role(owner: &PgPool) -> anyhow::Result<()> {
    owner.execute(MAKE_SERVICE_ROLE).await.context("the role of the services was not made")?;
    Ok(())
}

/// Brings all schemas up to date, and gives the role its rights on them.
pub(crate) async fn migrate(owner: &PgPool, service_role: Option<&str>) -> anyhow::Result<()> {
    log::migrate(owner, service_role).await?;
    accounts::migrate(owner, service_role).await?;
    views::migrate(owner, service_role).await?;
    Ok(())
}

/// Whether the database is that of an older version, which a service does not get newer by waiting. An older one did not let the
/// services read of which version it is.
pub(crate) async fn is_behind(pool: &PgPool) -> anyhow::Result<bool> {
    match is_a_schema_behind(pool).await {
        Err(error) if failure::lacks_right(&error) => Ok(true),
        answer => answer,
    }
}

async fn is_a_schema_behind(pool: &PgPool) -> anyhow::Result<bool> {
    Ok(log::schema::is_behind(pool).await?
        || accounts::schema::is_behind(pool).await?
        || views::schema::is_behind(pool).await?)
}

/// The same address for another user.
pub(crate) fn url_of_service(owner_url: &str) -> String {
    owner_url.replace("user=casebus&", &format!("user={SERVICE_ROLE}&"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::Row;
    use tokio::time::sleep;

    #[tokio::test]
    async fn a_transaction_whose_beginning_was_given_up_is_left_to_nobody() {
        let database = testkit::database().await;
        let pool = pool(&database.url, 1).await.unwrap();
        // The statement has gone to Postgres, and nobody waits for its answer.
        let mut given_up = 0;
        for _ in 0..20 {
            let slow = "begin; select pg_sleep(0.05)";
            given_up += u32::from(timeout(Duration::from_millis(10), pool.begin_with(slow)).await.is_err());
            let mut connection = pool.acquire().await.unwrap();
            assert!(
                log::is_free(&mut connection).await.unwrap(),
                "it is in a transaction that somebody else began"
            );
        }
        assert!(given_up > 0, "no beginning was given up");
    }

    #[tokio::test]
    async fn no_connection_compiles_statements_whatever_the_database_says() {
        let database = testkit::database().await;
        let owner = migrating_pool(&database.url).await.unwrap();
        let compiles =
            "do $$ begin execute format('alter database %I set jit = on', current_database()); end $$";
        owner.execute(compiles).await.unwrap();
        let pools = Pools::of_gateway(&database.url, FEWEST_CONNECTIONS).await.unwrap();
        for pool in [&pools.short, &pools.lists, &pools.writer] {
            assert_eq!(pool.fetch_one("show jit").await.unwrap().get::<String, _>(0), "off");
        }
    }

    #[tokio::test]
    async fn a_migration_waits_for_a_lock_for_some_time_only_and_says_so() {
        let database = testkit::database().await;
        let owner = migrating_pool(&database.url).await.unwrap();
        assert_eq!(owner.fetch_one("show lock_timeout").await.unwrap().get::<String, _>(0), LOCK_TIMEOUT);
        migrate(&owner, None).await.unwrap();
        let mut other = owner.begin().await.unwrap();
        other.execute("lock table views_1._sqlx_migrations in access exclusive mode").await.unwrap();
        let impatient = connect_options(&database.url).unwrap().options([("lock_timeout", "50ms")]);
        let impatient = pool_with(impatient, 2).await.unwrap();
        let said = failure::sentences(&migrate(&impatient, None).await.unwrap_err());
        assert!(
            said.contains("run it again when they have ended") && said.contains("请待其结束后重试"),
            "{said}"
        );
    }

    #[tokio::test]
    async fn a_connection_that_answers_no_more_is_replaced() {
        let database = testkit::database().await;
        let pool = pool(&database.url, 1).await.unwrap();
        let pid_now = async || -> i32 { pool.fetch_one("select pg_backend_pid()").await.unwrap().get(0) };
        let pid = pid_now().await;
        let signal = async |name: &str| {
            let sent =
                tokio::process::Command::new("kill").arg(format!("-{name}")).arg(pid.to_string()).status();
            assert!(sent.await.unwrap().success());
        };
        // What was begun when it was given back ends first: a process that is stopped in it may hold up the whole server.
        sleep(Duration::from_millis(300)).await;
        signal("STOP").await;
        // Idle for longer than a connection is believed.
        sleep(BELIEVED).await;
        let next = timeout(Duration::from_secs(9), pid_now()).await;
        signal("CONT").await;
        assert_ne!(next.unwrap(), pid);
    }

    #[test]
    fn the_services_connect_to_the_same_socket_as_another_user() {
        let url = url_of_service("postgres:///casebus?host=/d/user=casebus/s&user=casebus&port=5432");
        assert!(url.ends_with("&user=casebus_service&port=5432"), "{url}");
    }
}
