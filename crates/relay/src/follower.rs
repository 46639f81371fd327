//! The work of the leader: bring the stream level with the log and keep it there.

use crate::RelayError;
use crate::progress::Progress;
use crate::service::RelayConfig;
use crate::status::RelayState;
use crate::verdict::{LogEvent, LogSide, Verdict, judge};
use bus::{Bus, Publisher};
use contract::cloud_event::{self, Message, Recorded, body_hash};
use contract::ids::EventId;
use log::{BatchSize, Leadership, Log, RecordedEvent};
use std::convert::Infallible;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use uuid::Uuid;

/// How often it says how far it is, and looks whether it still leads, while there is something to publish: after the batch that
/// is under way.
const REPORT_INTERVAL: Duration = Duration::from_secs(1);

/// The leader at work.
pub(crate) struct Follower<'a> {
    pub(crate) config: &'a RelayConfig,
    pub(crate) bus: &'a Bus,
    pub(crate) leadership: &'a Leadership,
    pub(crate) progress: &'a mut Progress,
}

/// Where the stream and the log were found to be equal.
#[derive(Clone, Copy)]
struct Level {
    position: i64,
    epoch: i64,
    /// The event there, where there is one.
    last: Option<Uuid>,
}

impl Follower<'_> {
    /// Publishes until something goes wrong.
    pub(crate) async fn follow(&mut self) -> Result<Infallible, RelayError> {
        let mut breaks = self.bus.breaks();
        let mut level = self.settle().await?;
        let mut publisher = self.bus.publisher(level.position);
        let mut read_ahead = None;
        self.report(&publisher).await?;
        let mut reported = Instant::now();
        loop {
            let before = publisher.sent();
            let caught_up = self.publish_batch(&mut publisher, &mut level, &mut read_ahead).await?;
            // What this process has appended meanwhile need not be asked for.
            let more_is_known =
                publisher.sent() > before && self.config.log.has_heard_of_more(publisher.sent());
            self.tell(&publisher);
            if reported.elapsed() >= REPORT_INTERVAL {
                self.report(&publisher).await?;
                if !self.leadership.still_held().await {
                    return Err(RelayError::LeadershipLost);
                }
                reported = Instant::now();
            }
            if !caught_up || more_is_known {
                continue;
            }
            let check_every = self.config.check_every;
            let head = tokio::select! {
                head = self.config.log.wait_after(publisher.sent(), check_every) => head?,
                // JetStream may come back without its tail: look at once.
                _ = breaks.changed() => publisher.sent(),
            };
            if head <= publisher.sent() {
                level = self.settle().await?;
                if level.position != publisher.sent() {
                    tracing::warn!(
                        stream_ends_at = level.position,
                        relayed = publisher.sent(),
                        "the stream does not end where we left it; filling it again from the log"
                    );
                    metrics::counter!("casebus_relay_rewinds_total").increment(1);
                    publisher = self.bus.publisher(level.position);
                }
            }
        }
    }

    /// Publishes the next events of the log, and where there are probably more makes those ready meanwhile; answers
    /// whether none are left and all are in the stream.
    async fn publish_batch(
        &mut self,
        publisher: &mut Publisher,
        level: &mut Level,
        read_ahead: &mut Option<Ready>,
    ) -> Result<bool, RelayError> {
        let log = &self.config.log;
        let ready = match read_ahead.take() {
            Some(ready) => ready,
            None => Ready::read(log, publisher.sent(), *level, self.progress.batch()).await?,
        };
        self.progress.read(ready.bytes, ready.is_full());
        let before = publisher.acknowledged();
        let sent = publisher.sent() + length(&ready.messages);
        level.last = ready.last.or(level.last);
        let mut following = JoinSet::new();
        if ready.is_full() {
            let (log, level, batch) = (log.clone(), *level, self.progress.batch());
            following.spawn(async move { Ready::read(&log, sent, level, batch).await });
        }
        let outcome = publish_all(publisher, ready).await;
        let published = (publisher.acknowledged() - before).unsigned_abs();
        metrics::counter!("casebus_relay_published_events_total").increment(published);
        self.progress.acknowledge(publisher.acknowledged());
        let caught_up = outcome?;
        if caught_up {
            self.progress.caught_up();
        }
        // One that died is read again.
        if let Some(Ok(ready)) = following.join_next().await {
            *read_ahead = Some(ready?);
        }
        Ok(caught_up)
    }

    async fn report(&self, publisher: &Publisher) -> Result<(), RelayError> {
        report_lag(&self.config.log, publisher.acknowledged()).await
    }

    /// How far it is, for those in this process, once something has come of it.
    fn tell(&self, publisher: &Publisher) {
        if !self.progress.has_succeeded() {
            return;
        }
        let state = RelayState::Relaying { acknowledged: publisher.acknowledged() };
        if !matches!(self.config.status.set(state), RelayState::Relaying { .. }) {
            tracing::info!(position = publisher.acknowledged(), "relaying");
        }
    }

    /// Compares the stream with the log and makes it fit to be continued.
    async fn settle(&mut self) -> Result<Level, RelayError> {
        loop {
            // Asked before all else: what is compared below counts only for this server, and only while nobody else acts.
            let standing = self.config.log.standing().await?;
            let stream = self.bus.stream_end().await?;
            // The log is asked after it: it cannot be behind a stream that was filled from it.
            let log = self.log_side(stream.as_ref().map_or(0, |stream| stream.last)).await?;
            // What a process saw before it was frozen, another one may have changed since.
            if !self.leadership.still_held().await {
                return Err(RelayError::LeadershipLost);
            }
            match judge(&self.bus.config().stream, stream.as_ref(), &log) {
                Verdict::Continue { after } => {
                    if stream.is_some_and(|stream| stream.differing_setting.is_some()) {
                        self.bus.update_stream(log.epoch).await?;
                    }
                    // Equal on this server, whatever it was before: whoever waits for that may append.
                    if !self.config.log.resume(&standing).await? {
                        tracing::warn!("the log is not as it was before the comparison; comparing again");
                        continue;
                    }
                    self.progress.compared(after);
                    let last = log.at_stream_end.map(|event| event.event_id);
                    return Ok(Level { position: after, epoch: log.epoch, last });
                }
                Verdict::Make { first } => {
                    self.bus.create_stream(first, log.epoch).await?;
                    if log.head > 0 {
                        tell_made_again(first, log.epoch);
                    }
                }
                Verdict::MakeAgain { first } => {
                    self.bus.delete_stream().await?;
                    self.bus.create_stream(first, log.epoch).await?;
                    tell_made_again(first, log.epoch);
                }
                Verdict::Halt { reason } => return Err(RelayError::StreamDiffers(reason)),
            }
        }
    }

    async fn log_side(&self, stream_last: i64) -> Result<LogSide, RelayError> {
        let log = &self.config.log;
        let at_stream_end = if stream_last > 0 {
            let found = log.read_after(stream_last - 1, 1).await?;
            found.into_iter().find(|event| event.position == stream_last)
        } else {
            None
        };
        let head = log.head().await?;
        Ok(LogSide {
            head: head.position,
            epoch: head.epoch,
            at_stream_end: at_stream_end
                .map(|event| LogEvent { event_id: event.event_id, body_hash: body_hash(&event.body) }),
            first_kept: self.bus.config().first_kept(head.position),
        })
    }
}

/// The stream is another one than before, if there was one: whoever read there must know.
fn tell_made_again(first: i64, epoch: i64) {
    tracing::warn!(
        first,
        epoch,
        "the stream is made again from the log; if departments had consumers, they are gone: make them again"
    );
}

/// Says how much of the log is not in the stream, which ends at a position, and for how long.
pub(crate) async fn report_lag(log: &Log, acknowledged: i64) -> Result<(), RelayError> {
    let head = log.head().await?;
    let lag = u32::try_from(head.position - acknowledged).unwrap_or_default();
    let waiting = match lag {
        0 => Duration::ZERO,
        _ => log.waiting_since(acknowledged).await?,
    };
    set_lag(lag, waiting);
    Ok(())
}

/// So many events are not in the stream, as far as this relay has to put them there.
pub(crate) fn set_lag(events: u32, waiting: Duration) {
    metrics::gauge!("casebus_relay_lag_events").set(f64::from(events));
    metrics::gauge!("casebus_relay_lag_seconds").set(waiting.as_secs_f64());
}

/// Events that are ready to be sent.
struct Ready {
    /// For so many was asked.
    batch: BatchSize,
    /// How large their bodies were; the message of an internal one has none.
    bytes: usize,
    messages: Vec<Message>,
    /// The last event of them.
    last: Option<Uuid>,
    /// Why what follows cannot be sent.
    stopped_by: Option<RelayError>,
}

impl Ready {
    /// The next events, read in one statement with the one that was sent last. If that is another one now, the database
    /// has come back without it: what follows must not be put behind what the stream holds, which would hide that.
    async fn read(log: &Log, sent: i64, level: Level, batch: BatchSize) -> Result<Self, RelayError> {
        let mut events = match level.last {
            None => log.read_after(sent, batch.events()).await?,
            Some(_) => log.read_after(sent - 1, batch.events() + 1).await?,
        };
        if let Some(last) = level.last {
            let is_there =
                events.first().is_some_and(|event| (event.position, event.event_id) == (sent, last));
            if !is_there {
                return Err(RelayError::LogChanged(sent));
            }
            events.remove(0);
        }
        let bytes = events.iter().map(|event| event.body.len()).sum();
        let messages = Vec::with_capacity(events.len());
        let mut ready = Self { batch, bytes, messages, last: None, stopped_by: None };
        for event in events {
            match message(&event, sent + length(&ready.messages) + 1, level.epoch) {
                Ok(message) => ready.messages.push(message),
                Err(error) => {
                    ready.stopped_by = Some(error);
                    break;
                }
            }
            ready.last = Some(event.event_id);
        }
        Ok(ready)
    }

    /// Whether as many were read as were asked for.
    fn is_full(&self) -> bool {
        length(&self.messages) >= self.batch.events()
    }
}

/// The message of the event that must stand at a position.
fn message(event: &RecordedEvent, position: i64, epoch: i64) -> Result<Message, RelayError> {
    if event.position != position {
        return Err(RelayError::Hole(position));
    }
    if event.epoch != epoch {
        return Err(RelayError::EpochChanged);
    }
    Ok(cloud_event::message(&recorded(event))?)
}

async fn publish_all(publisher: &mut Publisher, ready: Ready) -> Result<bool, RelayError> {
    let caught_up = !ready.is_full();
    for message in ready.messages {
        publisher.publish(message).await?;
    }
    if let Some(error) = ready.stopped_by {
        return Err(error);
    }
    if caught_up {
        publisher.drain().await?;
    }
    Ok(caught_up)
}

fn length(messages: &[Message]) -> i64 {
    i64::try_from(messages.len()).unwrap_or(i64::MAX)
}

fn recorded(event: &RecordedEvent) -> Recorded<'_> {
    Recorded {
        position: event.position,
        epoch: event.epoch,
        event_id: EventId(event.event_id),
        stream_id: event.stream_id,
        version: event.version,
        event_type: &event.event_type,
        schema_version: event.schema_version,
        number: event.number,
        occurred_at: event.occurred_at,
        recorded_at: event.recorded_at,
        actor: &event.actor,
        traceparent: event.traceparent.as_deref(),
        body: &event.body,
    }
}
