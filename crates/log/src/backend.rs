//! The process of Postgres that works for a connection. Where the network drops a connection without a word, this end would
//! wait for an answer until TCP gives up, a quarter of an hour later; Postgres can be asked whether there is any to come.

use chrono::{DateTime, Utc};
use sqlx::{Connection, PgConnection, PgPool, Row};
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// How long a call goes on before Postgres is asked for it, and how often it is asked again.
const ASKED_EVERY: Duration = Duration::from_secs(5);
/// Bytes a second that the network carries at least: while a call is on its way, Postgres has nothing to do for it.
const SLOWEST: usize = 256 * 1024;
/// How long Postgres may take to answer that.
const PATIENCE: Duration = Duration::from_secs(5);

/// Whether there is no transaction on a connection but that of the question; one that somebody left began before.
pub async fn is_free(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    // Without parameters, for else what prepares the question begins the transaction that answers it.
    sqlx::raw_sql("select now() = statement_timestamp()").fetch_one(connection).await?.try_get(0)
}

/// A process of Postgres. Numbers of processes come again; a number and a start do not.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Backend {
    pid: i32,
    started_at: DateTime<Utc>,
}

impl Backend {
    /// The one behind a connection.
    pub(crate) async fn of(connection: &mut PgConnection) -> Result<Self, sqlx::Error> {
        sqlx::query_as!(
            Self,
            r#"select pid as "pid!", backend_start as "started_at!" from pg_stat_activity where pid = pg_backend_pid()"#
        )
        .fetch_one(connection)
        .await
    }

    /// Waits until Postgres has nothing more to answer on the connection to a call of so many bytes. While it cannot be asked,
    /// nobody knows.
    pub(crate) async fn has_nothing_to_answer(self, bytes: usize, pool: &PgPool) {
        let on_its_way = Duration::from_secs(u64::try_from(bytes / SLOWEST).unwrap_or(u64::MAX));
        let mut pause = ASKED_EVERY + on_its_way;
        loop {
            sleep(std::mem::replace(&mut pause, ASKED_EVERY)).await;
            match timeout(PATIENCE, self.works(pool)).await {
                Ok(Ok(true)) => {}
                Ok(Ok(false)) => return,
                Ok(Err(error)) => tracing::debug!(
                    error = &error as &dyn std::error::Error,
                    "Postgres cannot be asked whether it works for a call"
                ),
                Err(_) => tracing::debug!("Postgres does not answer whether it works for a call"),
            }
        }
    }

    /// Whether it is at work. One that has waited for some time for its client to say something is not: what the client said
    /// never came, or the answer never arrived. Asked on a new connection, since others may be dropped like this one.
    async fn works(self, pool: &PgPool) -> Result<bool, sqlx::Error> {
        let mut connection = PgConnection::connect_with(&pool.connect_options()).await?;
        let works = sqlx::query_scalar!(
            r#"select exists (
                 select from pg_stat_activity where pid = $1 and backend_start = $2
                   and (wait_event is distinct from 'ClientRead' or state_change > clock_timestamp() - interval '3 s')
               ) as "works!""#,
            self.pid,
            self.started_at
        )
        .fetch_one(&mut connection)
        .await?;
        connection.close().await?;
        Ok(works)
    }
}
