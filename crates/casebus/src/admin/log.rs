//! `casebus log`: check the event log, and begin a new epoch of it.

use super::verify::verify_every_position;
use crate::command_line::{LogCommand, Target};
use crate::connection::Connection;
use crate::database;
use crate::failure::{self, Failure};
use crate::terminal::say;
use sqlx::{PgPool, Postgres, Transaction};
use std::process::ExitCode;
use std::time::Duration;
use tokio::time::timeout;

/// Emptying waits for whoever reads the whole of it, like a backup, and lists wait behind it, so it does not wait for long.
const PATIENCE: Duration = Duration::from_secs(20);

/// Carries out one of them.
pub(crate) async fn log(command: &LogCommand) -> anyhow::Result<ExitCode> {
    match command {
        LogCommand::Verify(target) => verify_every_position(target).await,
        LogCommand::NewEpoch { yes, target } => new_epoch(*yes, target).await.map(|()| ExitCode::SUCCESS),
    }
}

/// Empties the read model and begins the epoch: both or nothing, once it is committed.
async fn begin(owner: &PgPool) -> anyhow::Result<(Transaction<'static, Postgres>, i64)> {
    let mut transaction = owner.begin().await?;
    views::reset(&mut *transaction).await?;
    let epoch = log::schema::begin_epoch(&mut *transaction).await?;
    Ok((transaction, epoch))
}

/// The commit got no answer, as where it waits for a standby.
fn unconfirmed(epoch: i64) -> Failure {
    Failure::new(
        format!(
            "Postgres does not confirm epoch {epoch}, perhaps because it waits for a standby: see to that, and look with \
             `casebus verify` whether the epoch has begun before you run this again"
        ),
        format!(
            "Postgres 未确认第{epoch}纪元，可能在等待备库：请先处理，并用 `casebus verify` 确认新纪元是否已开始，再决定是否重新运行"
        ),
    )
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
    let begun = timeout(PATIENCE, begin(&owner)).await;
    let (transaction, epoch) = begun.unwrap_or_else(|_| Err(failure::busy().into()))?;
    timeout(PATIENCE, transaction.commit()).await.map_err(|_| unconfirmed(epoch))??;
    say(format!(
        "the log is in epoch {epoch}; the read model and the stream are built again from it \
         日志进入第{epoch}纪元，视图和消息流将据此重建"
    ));
    Ok(())
}
