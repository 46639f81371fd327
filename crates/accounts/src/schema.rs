//! Brings the schema `accounts` up to date.

use crate::error::AccountsError;
use sqlx::migrate::Migrator;
use sqlx::{AssertSqlSafe, Executor, PgPool};

/// Applies the migrations that are missing, and gives `service_role`, where one is named, the rights that the
/// services need: they read keys and registry, which only the owner changes. The role must exist.
///
/// The record of applied migrations is a table inside the schema, apart from those of other crates.
pub async fn migrate(pool: &PgPool, service_role: Option<&str>) -> Result<(), AccountsError> {
    migrator().run(pool).await?;
    if let Some(role) = service_role {
        sqlx::query!("SELECT accounts.grant_service($1)", role).execute(pool).await?;
        let role = role.replace('"', "\"\"");
        let grant = format!("GRANT SELECT ON accounts._sqlx_migrations TO \"{role}\"");
        pool.execute(AssertSqlSafe(grant)).await?;
    }
    Ok(())
}

/// Whether the schema is that of an older version: a migration of this one was not run.
pub async fn is_behind(pool: &PgPool) -> Result<bool, AccountsError> {
    let applied: Vec<i64> = sqlx::query_scalar("SELECT version FROM accounts._sqlx_migrations WHERE success")
        .fetch_all(pool)
        .await?;
    Ok(migrator().iter().any(|migration| !applied.contains(&migration.version)))
}

fn migrator() -> Migrator {
    let mut migrator = sqlx::migrate!();
    migrator.create_schema("accounts");
    migrator.dangerous_set_table_name("accounts._sqlx_migrations");
    migrator
}
