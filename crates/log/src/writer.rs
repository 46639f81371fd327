//! Group commit: one task gathers the commands that wait and appends them in one call, never waiting to fill a batch. While
//! commands come one by one, each is appended by its caller, which spares it the way to the task and back. Where many wait,
//! the next call goes to Postgres behind the one under way, and begins when that one is durable.

use crate::appender::Appender;
use crate::finishing::Finishing;
use crate::{Log, NewCommand, Outcome};
use futures_util::stream::{FuturesUnordered, StreamExt};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{Mutex, Notify, OwnedMutexGuard, OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// Commands that may wait; more are turned away.
const QUEUE_LENGTH: usize = 4_096;
/// Bytes of bodies that may wait or be on their way; more are turned away, whatever the number of commands.
const QUEUE_BYTES: usize = 64 * 1024 * 1024;
/// Commands in one call.
const BATCH_COMMANDS: usize = 512;
/// Bytes of bodies in one call.
const BATCH_BYTES: usize = 8 * 1024 * 1024;
/// So many must wait before a call goes behind another one; fewer are better off together in the next one.
const BEHIND_COMMANDS: usize = 128;
/// A call that takes longer may be stuck; those who wait then need not be many to go behind it.
const STUCK_AFTER: Duration = Duration::from_millis(50);

/// Where the commands of a process go.
#[derive(Clone, Debug)]
pub struct Writer {
    queue: mpsc::Sender<Waiting>,
    room: Arc<Semaphore>,
    way: Arc<Way>,
}

/// The way into the log, which one call goes at a time; Postgres holds back another one behind it.
#[derive(Debug)]
struct Way {
    /// One for each call. The first is also for whoever comes alone.
    appenders: [Arc<Mutex<Appender>>; 2],
    /// Whether there seem to be several who append at the same time.
    several: AtomicBool,
    /// How many must wait for a call to go behind the one under way.
    behind: AtomicUsize,
    /// So many wait.
    enough: Notify,
}

#[derive(Debug)]
struct Waiting {
    command: NewCommand,
    answer: oneshot::Sender<Result<Outcome, WriterError>>,
    /// Given back when the command is answered.
    room: OwnedSemaphorePermit,
}

/// A command that did not get an outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WriterError {
    /// It may or may not be in the log; append it again under the same id.
    #[error("the command has no known outcome; append it again under the same id")]
    Unknown,
    /// The log has begun another epoch.
    #[error("the event log has begun another epoch")]
    EpochChanged,
    /// Nothing may be appended until an operator has acted.
    #[error("the event log is halted until an operator acts")]
    Halted,
    /// The server of the log began anew, and no relay has compared the log with the stream since.
    #[error("the event log waits for a relay to compare it with the stream")]
    NotCompared,
    /// Too many commands wait; it is not in the log. Append it again in a moment.
    #[error("too many commands wait for the event log")]
    Overloaded,
    /// The command can never be appended.
    #[error("the event log cannot take this command")]
    Rejected,
    /// The writer has ended; the command is not in the log.
    #[error("the writer of the event log has ended")]
    Ended,
}

impl Writer {
    /// The writer and its task; the task ends when every handle is gone and the queue is empty.
    pub fn new(log: Log) -> (Self, impl Future<Output = ()> + Send) {
        let (queue, waiting) = mpsc::channel(QUEUE_LENGTH);
        let way = Arc::new(Way::new(&log));
        let ends = Ends(way.clone());
        let work = async move {
            tokio::select! {
                () = work(&ends.0, waiting) => (),
                never = log.notify() => match never {},
            }
        };
        (Self { queue, room: Arc::new(Semaphore::new(QUEUE_BYTES)), way }, work)
    }

    /// Appends a command and waits for its outcome. Where no more may wait it is turned away at once, before memory grows.
    pub async fn append(&self, command: NewCommand) -> Result<Outcome, WriterError> {
        let bytes = u32::try_from(command.body_bytes()).map_err(|_| WriterError::Rejected)?;
        let room = self.room.clone().try_acquire_many_owned(bytes).map_err(|_| WriterError::Overloaded)?;
        if self.nobody_waits()
            && let Ok(appender) = self.way.appenders[0].clone().try_lock_owned()
        {
            return Finishing::new(append_alone(appender, command, room)).await;
        }
        let (answer, outcome) = oneshot::channel();
        let waiting = Waiting { command, answer, room };
        self.queue.try_send(waiting).map_err(|refused| match refused {
            TrySendError::Full(_) => WriterError::Overloaded,
            TrySendError::Closed(_) => WriterError::Ended,
        })?;
        if QUEUE_LENGTH - self.queue.capacity() >= self.way.behind.load(Ordering::Relaxed) {
            self.way.enough.notify_one();
        }
        outcome.await.map_err(|_| WriterError::Unknown)?
    }

    /// Whether commands come one by one. A writer whose task has ended takes none any more.
    fn nobody_waits(&self) -> bool {
        !self.way.several.load(Ordering::Relaxed)
            && self.queue.capacity() == QUEUE_LENGTH
            && !self.queue.is_closed()
    }
}

impl Way {
    fn new(log: &Log) -> Self {
        let appender = || Arc::new(Mutex::new(Appender::new(log)));
        Self {
            appenders: [appender(), appender()],
            several: AtomicBool::new(true),
            behind: AtomicUsize::new(BEHIND_COMMANDS),
            enough: Notify::new(),
        }
    }

    /// The first appender, once whoever came alone has done with it; where that takes long, the other one.
    async fn next_appender(&self) -> OwnedMutexGuard<Appender> {
        let [first, second] = &self.appenders;
        let mut first = pin!(first.clone().lock_owned());
        if let Ok(appender) = timeout(STUCK_AFTER, &mut first).await {
            return appender;
        }
        tokio::select! {
            appender = first => appender,
            appender = second.clone().lock_owned() => appender,
        }
    }

    /// The appender that no call has. One that must connect first is made ready beside the calls: those who wait are not for it
    /// to keep waiting.
    fn idle_appender(&self, opening: &mut JoinSet<()>) -> Option<OwnedMutexGuard<Appender>> {
        let mut appender = self.appenders.iter().find_map(|one| one.clone().try_lock_owned().ok())?;
        if appender.is_ready() {
            return Some(appender);
        }
        while opening.try_join_next().is_some() {}
        opening.spawn(async move {
            if let Err(error) = appender.make_ready().await {
                tracing::debug!(
                    error = &error as &dyn std::error::Error,
                    "no second connection to append on"
                );
                // It is not asked for again at once.
                sleep(STUCK_AFTER).await;
            }
        });
        None
    }

    /// Appends those who waited. A call goes behind this one when half as many wait again.
    async fn call(&self, appender: OwnedMutexGuard<Appender>, batch: Vec<Waiting>) {
        self.behind.store(BEHIND_COMMANDS.max(batch.len() / 2), Ordering::Relaxed);
        append_batch(appender, batch).await;
    }
}

/// Closes the connections when the task of the writer ends, whoever still has a handle of it.
struct Ends(Arc<Way>);

impl Drop for Ends {
    fn drop(&mut self) {
        self.0.appenders.iter().filter_map(|one| one.try_lock().ok()).for_each(|mut one| one.close());
    }
}

async fn work(way: &Way, mut waiting: mpsc::Receiver<Waiting>) {
    let mut calls = FuturesUnordered::new();
    let mut opening = JoinSet::new();
    loop {
        if calls.is_empty() {
            let first = match waiting.try_recv() {
                Ok(first) => {
                    way.several.store(true, Ordering::Relaxed);
                    first
                }
                Err(_) => match waiting.recv().await {
                    Some(first) => first,
                    None => return,
                },
            };
            let appender = way.next_appender().await;
            if way.several.load(Ordering::Relaxed) {
                // Callers who were just answered and have more to append get into this call.
                tokio::task::yield_now().await;
            }
            let batch = gather(vec![first], &mut waiting);
            way.several.store(batch.len() > 1, Ordering::Relaxed);
            calls.push(way.call(appender, batch));
        }
        let mut needed = way.behind.load(Ordering::Relaxed);
        tokio::select! {
            _done = calls.next() => needed = way.behind.load(Ordering::Relaxed),
            () = way.enough.notified(), if calls.len() == 1 => tokio::task::yield_now().await,
            () = sleep(STUCK_AFTER), if calls.len() == 1 => needed = 1,
        }
        if calls.len() == 1
            && waiting.len() >= needed
            && let Some(appender) = way.idle_appender(&mut opening)
        {
            calls.push(way.call(appender, gather(Vec::new(), &mut waiting)));
        }
    }
}

/// Those who wait, as many as go into a call.
fn gather(mut batch: Vec<Waiting>, waiting: &mut mpsc::Receiver<Waiting>) -> Vec<Waiting> {
    let mut bytes: usize = batch.iter().map(|first| first.command.body_bytes()).sum();
    while batch.len() < BATCH_COMMANDS && bytes < BATCH_BYTES {
        let Ok(next) = waiting.try_recv() else { break };
        bytes += next.command.body_bytes();
        batch.push(next);
    }
    batch
}

/// Appends for a caller who came alone; the room is given back at the end.
async fn append_alone(
    mut appender: OwnedMutexGuard<Appender>,
    command: NewCommand,
    _room: OwnedSemaphorePermit,
) -> Result<Outcome, WriterError> {
    alone(appender.append_told(&[command]).await)
}

async fn append_batch(mut appender: OwnedMutexGuard<Appender>, batch: Vec<Waiting>) {
    let (commands, answers): (Vec<_>, Vec<_>) =
        batch.into_iter().map(|Waiting { command, answer, room }| (command, (answer, room))).unzip();
    let appended = match appender.append_told(&commands).await {
        Err(WriterError::Rejected | WriterError::Halted) if commands.len() > 1 => None,
        appended => Some(appended),
    };
    let mut log_answers = true;
    // One command may have spoilt the call for all: then each is tried alone.
    for (place, (command, (answer, room))) in commands.into_iter().zip(answers).enumerate() {
        let outcome = match &appended {
            Some(Ok(outcomes)) => outcomes.get(place).copied().ok_or(WriterError::Unknown),
            // What is in the log already gets its first answer also while nothing new is taken.
            Some(Err(WriterError::NotCompared)) if log_answers => {
                let earlier = appender.earlier(&command).await;
                log_answers = earlier.is_ok();
                earlier.ok().flatten().ok_or(WriterError::NotCompared)
            }
            Some(Err(error)) => Err(*error),
            None => alone(appender.append_until_known(&[command]).await),
        };
        drop(room);
        // A caller that has gone away finds its answer under the same command id.
        let _caller_may_be_gone = answer.send(outcome);
    }
}

fn alone(outcomes: Result<Vec<Outcome>, WriterError>) -> Result<Outcome, WriterError> {
    outcomes.and_then(|outcomes| outcomes.first().copied().ok_or(WriterError::Unknown))
}
