//! Folds streams again that were parked: after an upgrade to a program that knows the event, or a repair.

use crate::ProjectorError;
use crate::envelope;
use crate::log_reader::{check, check_events};
use contract::ids::HandoffId;
use log::Log;
use sqlx::PgPool;
use uuid::Uuid;
use views::rebuild::{Copied, LiveLock, Stage};

/// How many streams are folded again at once.
const STREAMS_AT_ONCE: usize = 200;

/// Folds the parked streams again, as the owner of the schema: all, or those of one transfer or handoff. What still cannot
/// be folded is parked again. The projector is held off meanwhile.
pub async fn retry_parked(log: &Log, owner: &PgPool, only: Option<Uuid>) -> Result<Copied, ProjectorError> {
    let stage = Stage::serving(owner).await?;
    let mut lock = LiveLock::take(owner).await?;
    check(log.head().await?, lock.checkpoint)?;
    let mut streams = views::parked::all_streams(owner).await?;
    streams.retain(|stream| {
        let beside = HandoffId::beside(*stream).map(|handoff| handoff.0);
        only.is_none_or(|only| only == *stream || Some(only) == beside)
    });
    let mut copied = Copied::default();
    for streams in streams.chunks(STREAMS_AT_ONCE) {
        let events = log.read_streams(streams, lock.checkpoint.position).await?;
        check_events(&events, lock.checkpoint.epoch)?;
        copied += lock.replace(&stage, events.into_iter().map(envelope::of_log).collect()).await?;
    }
    lock.commit().await?;
    Ok(copied)
}
