//! Builds the next read model from the log beside the one that serves, and switches to it. Readers and projector go on
//! all the while; an attempt that ends early leaves the serving one as it was.

mod catch_up;
mod slices;
mod worker;

use crate::ProjectorError;
use crate::log_reader::check_epoch;
use log::{Leadership, Log};
use slices::Slices;
use sqlx::PgPool;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use views::rebuild::{Copied, Stage};

/// One rebuild at a time.
const ROLE: &str = "views rebuild";
/// For so long a rebuild that is under way is waited for: of one that has just ended Postgres notices that a little later.
const RELEASED_WITHIN: Duration = Duration::from_secs(2);
/// How often it is looked for meanwhile.
const LOOK_AGAIN: Duration = Duration::from_millis(100);
/// How often the progress of the bulk is told.
const TELL_INTERVAL: Duration = Duration::from_secs(1);

/// How long one of its many steps may take, which are of seconds. On a connection that the network dropped without a word it would be
/// for ever, and nobody could begin another rebuild.
const PATIENCE: Duration = Duration::from_mins(10);

/// What a step comes to, in time.
async fn in_time<T, E>(step: impl Future<Output = Result<T, E>>) -> Result<T, ProjectorError>
where
    ProjectorError: From<E>,
{
    Ok(tokio::time::timeout(PATIENCE, step).await.map_err(|_| ProjectorError::NoAnswer)??)
}

/// How far a rebuild is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Folding the log as it stood when the rebuild began.
    Filling {
        /// Events that are folded.
        events: u64,
        /// Events in all.
        of: u64,
    },
    /// Making keys and indexes.
    Indexing,
    /// Folding what happened meanwhile; so many streams are left.
    CatchingUp {
        /// Streams to build anew.
        streams: usize,
    },
    /// Putting it in the place of the serving one.
    Switching,
}

/// What a rebuild came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rebuilt {
    /// What was written, catching up included.
    pub copied: Copied,
    /// Where the read model stands now.
    pub position: i64,
    /// How long the bulk took, without its indexes.
    pub filling: Duration,
    /// How long keys and indexes took.
    pub indexing: Duration,
    /// How long the projector was held off for the switch.
    pub switching: Duration,
}

/// Holds rebuilds off for as long as the value lives, unless one is under way.
pub async fn hold_off(owner: &PgPool) -> Result<Leadership, ProjectorError> {
    let begun = Instant::now();
    loop {
        if let Some(held) = Leadership::try_hold(owner, ROLE).await? {
            return Ok(held);
        }
        if begun.elapsed() >= RELEASED_WITHIN {
            return Err(ProjectorError::RebuildUnderWay);
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

/// Builds and switches, as the owner of the schema, with so many workers.
pub async fn rebuild(
    log: &Log,
    owner: &PgPool,
    workers: usize,
    tell: impl Fn(Progress),
) -> Result<Rebuilt, ProjectorError> {
    let _only_one = hold_off(owner).await?;
    let stage = Stage::beside(owner).await?;
    let head = log.head().await?;
    check_epoch(head, log.epoch())?;
    let begun = Instant::now();
    let mut copied = fill(log, owner, &stage, head.position, workers, &tell).await?;
    let filling = begun.elapsed();
    tell(Progress::Indexing);
    let begun = Instant::now();
    stage.complete(owner).await?;
    let indexing = begun.elapsed();
    let switched = catch_up::catch_up_and_switch(log, owner, &stage, head.position, &tell).await?;
    copied += switched.copied;
    Ok(Rebuilt { copied, position: switched.position, filling, indexing, switching: switched.held })
}

/// Folds the log up to a position into an empty stage.
async fn fill(
    log: &Log,
    owner: &PgPool,
    stage: &Stage,
    up_to: i64,
    workers: usize,
    tell: &impl Fn(Progress),
) -> Result<Copied, ProjectorError> {
    let of = up_to.unsigned_abs();
    tell(Progress::Filling { events: 0, of });
    let slices = Arc::new(Slices::of(log, up_to).await?);
    let events = Arc::new(AtomicU64::new(0));
    let mut tasks = JoinSet::new();
    for _ in 0..workers.max(1) {
        let (log, owner, stage) = (log.clone(), owner.clone(), stage.clone());
        tasks.spawn(worker::work(log, owner, stage, up_to, slices.clone(), events.clone()));
    }
    let mut copied = Copied::default();
    loop {
        match tokio::time::timeout(TELL_INTERVAL, tasks.join_next()).await {
            Ok(Some(done)) => copied += done.map_err(|_| ProjectorError::WorkerDied)??,
            Ok(None) => break,
            Err(_) => tell(Progress::Filling { events: events.load(Ordering::Relaxed), of }),
        }
    }
    tell(Progress::Filling { events: copied.events, of });
    Ok(copied)
}
