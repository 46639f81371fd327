//! The work of the leader: bring the stream level with the log and keep it there.

use crate::RelayError;
use crate::progress::Progress;
use crate::service::RelayConfig;
use crate::status::RelayState;
use crate::verdict::{LogEvent, LogSide, Verdict, judge};
use bus::{Bus, Publisher};
use contract::cloud_event::{self, Message, Recorded, body_hash};
use contract::ids::EventId;
use log::{BatchSize, Leadership, Log, LogError, RecordedEvent};
use std::convert::Infallible;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use uuid::Uuid;

/// How often it says how far it is, and looks whether it still leads, while there is something to publish: after the batch that
/// is under way.
const REPORT_INTERVAL: Duration = Duration::from_secs(1);

/// For so long what was read counts as what the log holds. Whatever held the relay up meanwhile, it may then be another log, and is
/// compared again before more is sent.
const FRESH_FOR: Duration = Duration::from_secs(1);

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
        let before = publisher.acknowledged();
        let asked = ready.batch;
        let is_fresh = !ready.is_stale();
        if is_fresh {
            self.progress.read(ready.bytes, ready.is_full());
        }
        let mut following = JoinSet::new();
        if ready.is_full() && is_fresh {
            let sent = publisher.sent() + length(&ready.messages);
            let (log, batch) = (log.clone(), self.progress.batch());
            let after = Level { last: ready.messages.last().map(|(event, _)| *event), ..*level };
            following.spawn(async move { Ready::read(&log, sent, after, batch).await });
        }
        let outcome = publish_all(publisher, ready, level).await;
        let published = (publisher.acknowledged() - before).unsigned_abs();
        metrics::counter!("casebus_relay_published_events_total").increment(published);
        self.progress.acknowledge(publisher.acknowledged());
        let sent = outcome?;
        match sent {
            Sent::AllThereIs => self.progress.caught_up(),
            Sent::All => {
                // One that died is read again.
                if let Some(Ok(ready)) = following.join_next().await {
                    *read_ahead = Some(ready?);
                }
            }
            // Fewer are read and sent in time.
            Sent::UntilStale => self.progress.was_too_much(asked),
        }
        Ok(matches!(sent, Sent::AllThereIs))
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
            if standing.is_lost {
                return Err(LogError::EventsLost(standing.halted.unwrap_or_default()).into());
            }
            let stream = self.bus.stream_end().await?;
            // Before anything is read here, which would be what this process knows from then on. Lost may also be what was never
            // published, or what the stream has lost as well.
            let kept = self.config.log.check_kept().await;
            // The log is asked after it: it cannot be behind a stream that was filled from it.
            let log = self.log_side(stream.as_ref().map_or(0, |stream| stream.last)).await?;
            // What a process saw before it was frozen, another one may have changed since.
            if !self.leadership.still_held().await {
                return Err(RelayError::LeadershipLost);
            }
            let verdict = judge(&self.bus.config().stream, stream.as_ref(), &log);
            if !matches!(verdict, Verdict::Halt { .. }) {
                kept?;
            }
            match verdict {
                Verdict::Continue { after } => {
                    // Equal on this server, whatever it was before: whoever waits for that may append, also while the stream has
                    // a setting that is not ours.
                    if !self.config.log.resume(&standing).await? {
                        return Err(RelayError::LogMoved);
                    }
                    if stream.is_some_and(|stream| stream.differing_setting.is_some()) {
                        self.bus.update_stream(log.epoch).await?;
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
    /// When it was asked.
    read_at: Instant,
    /// How large their bodies were; the message of an internal one has none.
    bytes: usize,
    /// The messages, each with its event.
    messages: Vec<(Uuid, Message)>,
    /// Why what follows cannot be sent.
    stopped_by: Option<RelayError>,
}

impl Ready {
    /// The next events, read in one statement with the one that was sent last. If that is another one now, the database
    /// has come back without it: what follows must not be put behind what the stream holds, which would hide that.
    async fn read(log: &Log, sent: i64, level: Level, batch: BatchSize) -> Result<Self, RelayError> {
        let read_at = Instant::now();
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
        let mut ready = Self { batch, read_at, bytes, messages, stopped_by: None };
        for event in events {
            match message(&event, sent + length(&ready.messages) + 1, level.epoch) {
                Ok(message) => ready.messages.push((event.event_id, message)),
                Err(error) => {
                    ready.stopped_by = Some(error);
                    break;
                }
            }
        }
        Ok(ready)
    }

    /// Whether as many were read as were asked for.
    fn is_full(&self) -> bool {
        length(&self.messages) >= self.batch.events()
    }

    /// Whether it may no longer be what the log holds. A single event is sent all the same, or a slow network would let none through.
    fn is_stale(&self) -> bool {
        self.batch.events() > 1 && self.read_at.elapsed() >= FRESH_FOR
    }
}

/// How far a batch was sent.
enum Sent {
    /// All of it, and the log had no more; all are in the stream.
    AllThereIs,
    /// All of it.
    All,
    /// Until it was no longer fresh.
    UntilStale,
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

/// Publishes a batch, and notes what was sent last.
async fn publish_all(
    publisher: &mut Publisher,
    mut ready: Ready,
    level: &mut Level,
) -> Result<Sent, RelayError> {
    let is_full = ready.is_full();
    for (event, message) in std::mem::take(&mut ready.messages) {
        publisher.make_room().await?;
        if ready.is_stale() {
            return Ok(Sent::UntilStale);
        }
        publisher.publish(message).await?;
        level.last = Some(event);
    }
    if let Some(error) = ready.stopped_by {
        return Err(error);
    }
    if is_full {
        return Ok(Sent::All);
    }
    publisher.drain().await?;
    Ok(Sent::AllThereIs)
}

fn length(messages: &[(Uuid, Message)]) -> i64 {
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

#[cfg(test)]
mod tests {
    use super::*;
    use bus::BusConfig;

    /// An event as it was read from the log.
    fn ready(read_at: Instant) -> (Uuid, Ready) {
        let id = contract::ids::fresh_id();
        let at = "2026-03-02T10:00:00Z".parse().unwrap();
        let body = format!(
            r#"{{"transfer":{{"id":"{id}","kind":"clue_transfer","from":"320100-ybj","to":"320100-wjw","matter":"{id}"}}}}"#
        );
        let message = cloud_event::message(&Recorded {
            position: 1,
            epoch: 1,
            event_id: EventId(id),
            stream_id: id,
            version: 1,
            event_type: "clue-transfer.sent",
            schema_version: 1,
            number: None,
            occurred_at: at,
            recorded_at: at,
            actor: "320100-ybj/demo",
            traceparent: None,
            body: body.as_bytes(),
        });
        let messages = vec![(id, message.unwrap())];
        (id, Ready { batch: BatchSize::new(2, 2), read_at, bytes: body.len(), messages, stopped_by: None })
    }

    #[tokio::test]
    async fn what_was_read_before_the_relay_was_held_up_is_not_sent() {
        let nats = testkit::nats().await;
        let bus = Bus::connect(BusConfig::new(nats.url.clone())).await.unwrap();
        bus.create_stream(1, 1).await.unwrap();
        let mut publisher = bus.publisher(0);
        let mut level = Level { position: 0, epoch: 1, last: None };

        let long_ago = Instant::now().checked_sub(FRESH_FOR).unwrap();
        let (_, stale) = ready(long_ago);
        let sent = publish_all(&mut publisher, stale, &mut level).await.unwrap();
        assert!(matches!(sent, Sent::UntilStale));
        assert_eq!((publisher.sent(), level.last), (0, None));

        let (id, mut single) = ready(long_ago);
        single.batch = BatchSize::new(1, 1);
        let sent = publish_all(&mut publisher, single, &mut level).await.unwrap();
        assert!(matches!(sent, Sent::All), "one that was asked for alone is sent however long it took");
        assert_eq!((publisher.drain().await.unwrap(), level.last), (1, Some(id)));
    }
}
