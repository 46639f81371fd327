//! After the bulk: what happened meanwhile, and the switch.

use super::Progress;
use crate::ProjectorError;
use crate::envelope;
use crate::log_reader::{check_epoch, check_events};
use log::Log;
use sqlx::PgPool;
use std::time::{Duration, Instant};
use uuid::Uuid;
use views::Checkpoint;
use views::rebuild::{Copied, LiveLock, Stage};

/// How many streams are built anew at once.
const STREAMS_AT_ONCE: usize = 200;
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
    for _ in 0..ROUNDS {
        let head = log.head().await?;
        check_epoch(head, log.epoch())?;
        let streams = log.streams_between(at, head.position).await?;
        if streams.len() <= FEW_STREAMS {
            break;
        }
        tell(Progress::CatchingUp { streams: streams.len() });
        copied += build_anew(log, stage, &mut connection, &streams, head.position).await?;
        at = head.position;
    }
    tell(Progress::Switching);
    let begun = Instant::now();
    let lock = LiveLock::take(owner).await?;
    check_epoch(log.head().await?, log.epoch())?;
    // The next read model must not stand before the serving one; positions of another epoch say nothing.
    if lock.checkpoint.epoch == log.epoch() && lock.checkpoint.position > at {
        let streams = log.streams_between(at, lock.checkpoint.position).await?;
        copied += build_anew(log, stage, &mut connection, &streams, lock.checkpoint.position).await?;
        at = lock.checkpoint.position;
    }
    lock.switch(Checkpoint { position: at, epoch: log.epoch() }).await?;
    Ok(Switched { copied, position: at, held: begun.elapsed() })
}

async fn build_anew(
    log: &Log,
    stage: &Stage,
    connection: &mut sqlx::PgConnection,
    streams: &[Uuid],
    up_to: i64,
) -> Result<Copied, ProjectorError> {
    let mut copied = Copied::default();
    for streams in streams.chunks(STREAMS_AT_ONCE) {
        let events = log.read_streams(streams, up_to).await?;
        check_events(&events, log.epoch())?;
        copied += stage.replace(connection, events.into_iter().map(envelope::of_log).collect()).await?;
    }
    Ok(copied)
}
