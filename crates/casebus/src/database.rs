//! Connections to the database, and its schema.

use crate::failure::Failure;
use anyhow::Context;
use sqlx::postgres::PgPoolOptions;
use sqlx::{Executor, PgPool};
use std::time::Duration;

/// The role of the services in a private Postgres.
pub(crate) const SERVICE_ROLE: &str = "casebus_service";
/// Makes that role.
const MAKE_SERVICE_ROLE: &str = include_str!("../migrations/service_role.sql");
/// How long a connection may be waited for.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long an unused connection is kept.
const IDLE: Duration = Duration::from_mins(5);

/// Opens connections, the first at once, so that a wrong address is told here.
pub(crate) async fn pool(url: &str, max_connections: u32) -> anyhow::Result<PgPool> {
    let options = PgPoolOptions::new()
        .max_connections(max_connections)
        .acquire_timeout(PATIENCE)
        .idle_timeout(IDLE)
        .connect(url)
        .await;
    options.map_err(|error| {
        Failure::new(
            format!(
                "the database cannot be reached ({error}): check database.url, and whether Postgres runs"
            ),
            format!("无法连接数据库（{error}）：请检查 database.url 以及 Postgres 是否在运行"),
        )
        .into()
    })
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

/// The same address for another user.
pub(crate) fn url_of_service(owner_url: &str) -> String {
    owner_url.replace("user=casebus&", &format!("user={SERVICE_ROLE}&"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_services_connect_to_the_same_socket_as_another_user() {
        let url = super::url_of_service("postgres:///casebus?host=/d/user=casebus/s&user=casebus&port=5432");
        assert!(url.ends_with("&user=casebus_service&port=5432"), "{url}");
    }
}
