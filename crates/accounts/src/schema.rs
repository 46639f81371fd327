//! Brings the schema `accounts` up to date.

use crate::error::AccountsError;
use sqlx::PgPool;

/// Applies the migrations that are missing, and gives `service_role`, where one is named, the rights that the
/// services need: they read keys and registry, which only the owner changes. The role must exist.
///
/// The record of applied migrations is a table inside the schema, apart from those of other crates.
pub async fn migrate(pool: &PgPool, service_role: Option<&str>) -> Result<(), AccountsError> {
    let mut migrator = sqlx::migrate!();
    migrator.create_schema("accounts");
    migrator.dangerous_set_table_name("accounts._sqlx_migrations");
    migrator.run(pool).await?;
    if let Some(role) = service_role {
        sqlx::query!("SELECT accounts.grant_service($1)", role).execute(pool).await?;
    }
    Ok(())
}
