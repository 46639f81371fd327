//! `casebus views`: build the next read model and switch to it, mend parked streams, say how it stands.

use crate::command_line::{Target, ViewsCommand};
use crate::connection::Connection;
use crate::database;
use crate::failure::Failure;
use crate::terminal::say;
use log::Log;
use projector::ProjectorError;
use projector::rebuild::{Progress, Rebuilt};
use sqlx::PgPool;
use std::process::ExitCode;
use std::time::Duration;
use uuid::Uuid;
use views::{Views, ViewsError};

/// How many parked events are listed.
const LISTED: i64 = 20;

/// Carries out one of them.
pub(crate) async fn views(command: &ViewsCommand) -> anyhow::Result<ExitCode> {
    match command {
        ViewsCommand::Rebuild { workers, target } => rebuild(usize::from(*workers), target).await,
        ViewsCommand::DropFormer(target) => drop_former(target).await,
        ViewsCommand::Retry { id, target } => retry(*id, target).await,
        ViewsCommand::Status(target) => status(target).await,
    }
}

async fn owner(target: &Target, connections: u32) -> anyhow::Result<PgPool> {
    database::pool(&Connection::find(target)?.owner_database_url, connections).await
}

async fn rebuild(workers: usize, target: &Target) -> anyhow::Result<ExitCode> {
    let connections = u32::try_from(workers)? * 2 + 4;
    let owner = owner(target, connections).await?;
    let log = Log::open(owner.clone()).await?;
    let rebuilt = projector::rebuild::rebuild(&log, &owner, workers, tell).await.map_err(in_words)?;
    say(summary(&rebuilt));
    say(
        "the former read model is kept until `casebus views drop-former` 旧视图保留至执行 `casebus views drop-former`",
    );
    if rebuilt.copied.parked > 0 {
        say(format!(
            "{} events could not be folded: `casebus views status` says why \
             {}个事件无法计入视图，原因见 `casebus views status`",
            rebuilt.copied.parked, rebuilt.copied.parked
        ));
    }
    Ok(ExitCode::SUCCESS)
}

fn tell(progress: Progress) {
    say(match progress {
        Progress::Filling { events, of } => format!("events folded 已计入事件: {events} / {of}"),
        Progress::Indexing => "making keys and indexes 正在建立索引".to_owned(),
        Progress::CatchingUp { streams } => {
            format!("catching up with what happened meanwhile 正在追赶新事件: {streams} streams 个事件流")
        }
        Progress::Switching => "switching 正在切换".to_owned(),
    });
}

fn summary(rebuilt: &Rebuilt) -> String {
    let Rebuilt { copied, position, filling, indexing, switching } = rebuilt;
    format!(
        "the read model was built anew and serves 视图已重建并启用: position 位置 {position}, {} events 事件, {} rows 行; \
         folded in 计入用时 {:.1} s ({:.0} events/s), indexed in 索引用时 {:.1} s, projector held off for 暂缓投影 {} ms",
        copied.events,
        copied.rows,
        filling.as_secs_f64(),
        per_second(copied.events, *filling),
        indexing.as_secs_f64(),
        switching.as_millis()
    )
}

fn per_second(events: u64, time: Duration) -> f64 {
    let events = u32::try_from(events).map_or(f64::INFINITY, f64::from);
    events / time.as_secs_f64().max(f64::EPSILON)
}

/// What an operator can act on, in both languages; the rest as it is.
pub(super) fn in_words(error: ProjectorError) -> anyhow::Error {
    match error {
        ProjectorError::Views(ViewsError::FormerKept) => Failure::new(
            "the read model from before the last switch is still there: run `casebus views drop-former` first",
            "上次切换前的旧视图仍在：请先执行 `casebus views drop-former`",
        )
        .into(),
        ProjectorError::RebuildUnderWay => Failure::new(
            "a rebuild is under way: wait until it ends",
            "视图正在重建：请等待其结束",
        )
        .into(),
        error => error.into(),
    }
}

async fn drop_former(target: &Target) -> anyhow::Result<ExitCode> {
    let was_there = views::rebuild::drop_former(&owner(target, 1).await?).await?;
    say(if was_there {
        "the former read model was dropped 旧视图已删除"
    } else {
        "there is no former read model 没有旧视图"
    });
    Ok(ExitCode::SUCCESS)
}

async fn retry(id: Option<Uuid>, target: &Target) -> anyhow::Result<ExitCode> {
    let owner = owner(target, 4).await?;
    let log = Log::open(owner.clone()).await?;
    let copied = projector::retry_parked(&log, &owner, id).await.map_err(in_words)?;
    if let (Some(id), 0) = (id, copied.events) {
        return Err(Failure::new(
            format!("nothing of {id} is parked: `casebus views status` lists what is"),
            format!("{id} 没有无法计入的事件：请用 `casebus views status` 查看"),
        )
        .into());
    }
    let (folded, parked) = (copied.events - copied.parked, copied.parked);
    say(format!(
        "{folded} events were folded, {parked} are still parked 已计入{folded}个事件，仍有{parked}个无法计入"
    ));
    Ok(if parked == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn status(target: &Target) -> anyhow::Result<ExitCode> {
    let pool = database::pool(&Connection::find(target)?.database_url, 2).await?;
    let head = Log::open(pool.clone()).await?.head().await?;
    if views::rebuild::is_begun(&pool).await? {
        say(
            "a rebuild is under way, or was broken off; the next one begins anew 视图正在重建或重建已中断，再次重建将重新开始",
        );
    }
    if views::rebuild::is_former_kept(&pool).await? {
        say(
            "the former read model is kept until `casebus views drop-former` 旧视图保留至执行 `casebus views drop-former`",
        );
    }
    let views = Views::new(pool);
    let checkpoint = views.checkpoint().await?;
    let (position, epoch) = (checkpoint.position, checkpoint.epoch);
    let lag = head.position - position;
    let end = head.position;
    say(format!("position 位置: {position} of 共 {end}, {lag} behind 落后, epoch 纪元: {epoch}"));
    let parked = views.parked(0, LISTED).await?;
    for event in &parked {
        say(format!("parked 无法计入: {} at 位置 {}: {}", event.stream_id, event.position, event.reason));
    }
    if parked.is_empty() {
        say("nothing is parked 没有无法计入的事件");
    }
    Ok(if parked.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
