//! Acts of an administrator: migrations, keys, imports, rules, checks.

mod check;
mod doctor;
mod import;
mod key;
mod log;
mod programs;
mod rules;
mod verify;
mod views;

use crate::command_line::MigrateArguments;
use crate::connection::Connection;
use crate::database;
use crate::terminal::say;

pub(crate) use doctor::doctor;
pub(crate) use import::import;
pub(crate) use key::key;
pub(crate) use log::log;
pub(crate) use rules::rules;
pub(crate) use verify::verify;
pub(crate) use views::views;

/// `casebus migrate`.
pub(crate) async fn migrate(arguments: &MigrateArguments) -> anyhow::Result<()> {
    let connection = Connection::find(&arguments.target)?;
    let owner = database::migrating_pool(&connection.owner_database_url).await?;
    database::migrate(&owner, arguments.service_role.as_deref()).await?;
    say("the database is up to date 数据库已是最新");
    Ok(())
}

/// `casebus openapi`.
pub(crate) fn openapi() -> anyhow::Result<()> {
    say(serde_json::to_string_pretty(&gateway::openapi())?);
    Ok(())
}
