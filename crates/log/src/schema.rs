//! Migrations of the schema `log`, and what the service may do in it.

use crate::LogError;
use sqlx::migrate::Migrator;
use sqlx::{AssertSqlSafe, Executor, PgExecutor, PgPool};

static MIGRATOR: Migrator = sqlx::migrate!("./migrations");

/// Brings the schema up to date. A service role gets the right to read and to call the functions that append,
/// halt and resume, nothing else.
pub async fn migrate(pool: &PgPool, service_role: Option<&str>) -> Result<(), LogError> {
    let mut connection = pool.acquire().await?.detach();
    connection.execute("create schema if not exists log").await?;
    connection.execute("set search_path = log").await?;
    MIGRATOR.run(&mut connection).await.map_err(LogError::Migration)?;
    if let Some(role) = service_role {
        let role = quoted(role);
        let grants = format!(
            "grant usage on schema log to {role}; grant select on all tables in schema log to {role}; \
             grant execute on function log.append_one, log.append_single, log.append_lean, \
               log.append_many, log.halt, log.check_kept, log.resume, log.resume_as_seen to {role}"
        );
        connection.execute(AssertSqlSafe(grants)).await?;
    }
    Ok(())
}

/// Whether the schema is that of an older version: a migration of this one was not run.
pub async fn is_behind(pool: &PgPool) -> Result<bool, LogError> {
    let applied: Vec<i64> =
        sqlx::query_scalar("select version from log._sqlx_migrations where success").fetch_all(pool).await?;
    Ok(MIGRATOR.iter().any(|migration| !applied.contains(&migration.version)))
}

/// Begins a new epoch: an operator's act after positions may have been used twice. Its number is the time in seconds since 1970, so
/// that the same backup that is restored twice does not come to the same one.
pub async fn begin_epoch(executor: impl PgExecutor<'_>) -> Result<i64, LogError> {
    let epoch = sqlx::query_scalar!(
        "update log.log_state
            set epoch = greatest(epoch + 1, extract(epoch from clock_timestamp())::bigint), halted = null,
                compared_on = pg_postmaster_start_time()
          returning epoch"
    )
    .fetch_one(executor)
    .await?;
    Ok(epoch)
}

/// An identifier in SQL.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
