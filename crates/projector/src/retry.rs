//! Folds streams again that were parked: after an upgrade to a program that knows the event, or a repair.

use crate::ProjectorError;
use crate::log_reader::check;
use crate::rebuild::hold_off;
use crate::streams::{STREAMS, Streams};
use contract::ids::HandoffId;
use log::Log;
use sqlx::PgPool;
use uuid::Uuid;
use views::rebuild::{Copied, LiveLock, Stage};

/// Folds the parked streams again, as the owner of the schema: all, or those of one transfer or handoff. What still cannot
/// be folded is parked again. The projector is held off meanwhile.
pub async fn retry_parked(log: &Log, owner: &PgPool, only: Option<Uuid>) -> Result<Copied, ProjectorError> {
    // A rebuild would put another read model in the place of the one in which this goes on.
    let _no_rebuild = hold_off(owner).await?;
    let stage = Stage::serving(owner).await?;
    let mut lock = LiveLock::take(owner).await?;
    check(log.head().await?, lock.checkpoint)?;
    let mut streams = views::parked::all_streams(owner).await?;
    streams.retain(|stream| {
        let beside = HandoffId::beside(*stream).map(|handoff| handoff.0);
        only.is_none_or(|only| only == *stream || Some(only) == beside)
    });
    let mut copied = Copied::default();
    let mut at_once = STREAMS;
    let mut streams = Streams::new(&streams, &mut at_once);
    while let Some(events) = streams.next(log, lock.checkpoint).await? {
        copied += lock.replace(&stage, events).await?;
    }
    lock.commit().await?;
    Ok(copied)
}
