//! Migrations of the schema `views_1`, and what the service may do in it.

use crate::ViewsError;
use sqlx::migrate::Migrator;
use sqlx::{PgExecutor, PgPool};

/// Brings the schema up to date. The record of applied migrations is a table inside the schema. `service_role`, where
/// one is named, gets the rights that the services need; it must exist.
pub async fn migrate(pool: &PgPool, service_role: Option<&str>) -> Result<(), ViewsError> {
    migrator().run(pool).await?;
    if let Some(role) = service_role {
        sqlx::query!("select views_1.grant_service($1)", role).execute(pool).await?;
    }
    Ok(())
}

/// Whether the schema is that of an older version: a migration of this one was not run.
pub async fn is_behind(pool: &PgPool) -> Result<bool, ViewsError> {
    let applied: Vec<i64> = sqlx::query_scalar("select version from views_1._sqlx_migrations where success")
        .fetch_all(pool)
        .await?;
    Ok(migrator().iter().any(|migration| !applied.contains(&migration.version)))
}

/// The migrations of the read model that serves.
pub(crate) fn migrator() -> Migrator {
    let mut migrator = sqlx::migrate!();
    migrator.create_schema("views_1");
    migrator.dangerous_set_table_name("views_1._sqlx_migrations");
    migrator
}

/// Empties the read model; a projector then builds it again from the log, in whatever epoch the log is.
pub async fn reset(executor: impl PgExecutor<'_>) -> Result<(), ViewsError> {
    sqlx::query!("select views_1.reset()").execute(executor).await?;
    Ok(())
}
