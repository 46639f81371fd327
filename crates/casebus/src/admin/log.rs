//! `casebus log`: check the event log, and begin a new epoch of it.

use super::verify::verify_every_position;
use crate::command_line::{LogCommand, Target};
use crate::connection::Connection;
use crate::database;
use crate::failure::{self, Failure};
use crate::terminal::say;
use sqlx::PgPool;
use std::process::ExitCode;
use std::time::Duration;

/// Emptying waits for whoever reads the whole of it, like a backup, and lists wait behind it, so it does not wait for long.
const PATIENCE: Duration = Duration::from_secs(20);

/// Carries out one of them.
pub(crate) async fn log(command: &LogCommand) -> anyhow::Result<ExitCode> {
    match command {
        LogCommand::Verify(target) => verify_every_position(target).await,
        LogCommand::NewEpoch { yes, target } => new_epoch(*yes, target).await.map(|()| ExitCode::SUCCESS),
    }
}

/// Empties the read model and begins the epoch: both or nothing.
async fn begin(owner: &PgPool) -> anyhow::Result<i64> {
    let mut transaction = owner.begin().await?;
    views::reset(&mut *transaction).await?;
    let epoch = log::schema::begin_epoch(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(epoch)
}

async fn new_epoch(yes: bool, target: &Target) -> anyhow::Result<()> {
    if !yes {
        return Err(Failure::new(
            "a new epoch makes every reader begin again: if positions may have been used twice, say so with --yes",
            "新纪元会使所有读取方重新开始：如确认位置号可能被重复使用，请加 --yes",
        )
        .into());
    }
    let connection = Connection::find(target)?;
    let owner = database::migrating_pool(&connection.owner_database_url).await?;
    // A rebuild would put its read model in the place of the one that is emptied.
    let _no_rebuild = projector::rebuild::hold_off(&owner).await.map_err(super::views::in_words)?;
    let epoch = tokio::time::timeout(PATIENCE, begin(&owner))
        .await
        .unwrap_or_else(|_| Err(failure::busy().into()))?;
    say(format!(
        "the log is in epoch {epoch}; the read model and the stream are built again from it \
         日志进入第{epoch}纪元，视图和消息流将据此重建"
    ));
    Ok(())
}
