//! After the bulk: what happened meanwhile, and the switch.

use super::{Progress, in_time};
use crate::ProjectorError;
use crate::log_reader::check_epoch;
use crate::streams::{STREAMS, Streams};
use log::{BatchSize, Log};
use sqlx::PgPool;
use std::time::{Duration, Instant};
use uuid::Uuid;
use views::Checkpoint;
use views::rebuild::{Copied, LiveLock, Stage};

/// With so few streams left the projector can be held off for the rest.
const FEW_STREAMS: usize = 100;
/// How often it is tried to get so far, before the projector is held off for more.
const ROUNDS: u32 = 100;

/// What the switch came to.
pub(super) struct Switched {
    pub(super) copied: Copied,
    pub(super) position: i64,
    /// How long the projector was held off.
    pub(super) held: Duration,
}

/// Folds what happened after a position until little is left, then the rest while the projector is held off, and
/// switches.
pub(super) async fn catch_up_and_switch(
    log: &Log,
    owner: &PgPool,
    stage: &Stage,
    mut at: i64,
    tell: &impl Fn(Progress),
) -> Result<Switched, ProjectorError> {
    let mut connection = owner.acquire().await.map_err(views::ViewsError::from)?;
    let mut copied = Copied::default();
    let mut at_once = STREAMS;
    for _ in 0..ROUNDS {
        let head = log.head().await?;
        check_epoch(head, log.epoch())?;
        let streams = in_time(log.streams_between(at, head.position)).await?;
        if streams.len() <= FEW_STREAMS {
            break;
        }
        tell(Progress::CatchingUp { streams: streams.len() });
        let up_to = Checkpoint { position: head.position, epoch: log.epoch() };
        copied += build_anew(log, stage, &mut connection, &streams, up_to, &mut at_once).await?;
        at = head.position;
    }
    tell(Progress::Switching);
    let begun = Instant::now();
    let lock = in_time(LiveLock::take(owner)).await?;
    check_epoch(log.head().await?, log.epoch())?;
    // The next read model must not stand before the serving one; positions of another epoch say nothing.
    if lock.checkpoint.epoch == log.epoch() && lock.checkpoint.position > at {
        let streams = in_time(log.streams_between(at, lock.checkpoint.position)).await?;
        copied += build_anew(log, stage, &mut connection, &streams, lock.checkpoint, &mut at_once).await?;
        at = lock.checkpoint.position;
    }
    in_time(lock.switch(Checkpoint { position: at, epoch: log.epoch() })).await?;
    Ok(Switched { copied, position: at, held: begun.elapsed() })
}

async fn build_anew(
    log: &Log,
    stage: &Stage,
    connection: &mut sqlx::PgConnection,
    streams: &[Uuid],
    up_to: Checkpoint,
    at_once: &mut BatchSize,
) -> Result<Copied, ProjectorError> {
    let mut copied = Copied::default();
    let mut streams = Streams::new(streams, at_once);
    while let Some(events) = streams.next(log, up_to).await? {
        copied += in_time(stage.replace(connection, events)).await?;
    }
    Ok(copied)
}
