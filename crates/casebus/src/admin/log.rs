//! `casebus log`: check the event log, and begin a new epoch of it.

use super::verify::verify_every_position;
use crate::command_line::{LogCommand, Target};
use crate::connection::Connection;
use crate::database;
use crate::failure::Failure;
use crate::terminal::say;
use std::process::ExitCode;

/// Carries out one of them.
pub(crate) async fn log(command: &LogCommand) -> anyhow::Result<ExitCode> {
    match command {
        LogCommand::Verify(target) => verify_every_position(target).await,
        LogCommand::NewEpoch { yes, target } => new_epoch(*yes, target).await.map(|()| ExitCode::SUCCESS),
    }
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
    // Emptying waits for whoever reads the whole of it, like a backup, and lists wait behind it: not for long, and then nothing has
    // changed.
    let owner = database::migrating_pool(&connection.owner_database_url).await?;
    let mut transaction = owner.begin().await?;
    views::reset(&mut *transaction).await?;
    let epoch = log::schema::begin_epoch(&mut *transaction).await?;
    transaction.commit().await?;
    say(format!(
        "the log is in epoch {epoch}; the read model and the stream are built again from it \
         日志进入第{epoch}纪元，视图和消息流将据此重建"
    ));
    Ok(())
}
