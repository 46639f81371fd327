//! Reading the stream from a position on.

use crate::stream::{position, sequence};
use crate::{Bus, BusError};
use async_nats::jetstream::consumer::pull::{Config, Stream};
use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy};
use bytes::Bytes;
use futures_util::{FutureExt, StreamExt};
use std::time::Duration;
use tokio::sync::watch;

/// How many messages are asked for at once.
const AT_ONCE: usize = 500;
/// How long such a request lasts.
const REQUEST_LASTS: Duration = Duration::from_secs(30);
/// The server says so often that it is still there.
const HEARTBEAT: Duration = Duration::from_secs(5);
/// The server forgets a reader after this silence.
const FORGOTTEN_AFTER: Duration = Duration::from_mins(1);
/// Pause after trouble.
const PAUSE: Duration = Duration::from_millis(250);

/// A message of the stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// Its stream sequence, which is its position.
    pub sequence: i64,
    /// Its subject.
    pub subject: String,
    /// Its bytes: a `CloudEvent` in structured JSON.
    pub payload: Bytes,
}

/// The messages of the stream from a position on, in order, each once.
///
/// It ends never: it lives through outages, and through the loss of the stream. A sequence that is not the last one
/// plus one means that the stream does not hold what lies between; the caller fetches that from the log. After a new
/// epoch the stream begins again, and what lies before the wanted position is not shown a second time: callers
/// compare the epoch of each message with their own.
pub struct Feed {
    bus: Bus,
    breaks: watch::Receiver<u64>,
    messages: Option<Stream>,
    wanted: i64,
    gap_seen: bool,
}

impl Bus {
    /// The messages from this position on, that one included.
    pub fn subscribe_from(&self, position: i64) -> Feed {
        Feed {
            bus: self.clone(),
            breaks: self.breaks(),
            messages: None,
            wanted: position.max(1),
            gap_seen: false,
        }
    }
}

impl Feed {
    /// The position that comes next if nothing is missing.
    pub fn wanted(&self) -> i64 {
        self.wanted
    }

    /// The next message, however long it takes. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Received {
        loop {
            match self.attempt().await {
                Ok(Some(message)) => return message,
                Ok(None) => {}
                Err(error) => {
                    tracing::debug!(%error, cause = ?std::error::Error::source(&error), "the feed begins again");
                    self.messages = None;
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    /// The next message, however long it takes, and with it what has already arrived, up to a number. Dropping the
    /// future loses nothing.
    pub async fn next_batch(&mut self, most: usize) -> Vec<Received> {
        let mut batch = vec![self.next().await];
        while batch.len() < most {
            match self.attempt().now_or_never() {
                Some(Ok(Some(message))) => batch.push(message),
                Some(Ok(None)) => {}
                // The trouble is met again, and waited out, by the next call.
                Some(Err(_)) | None => break,
            }
        }
        batch
    }

    /// One step: a message, or nothing because it was not the wanted one.
    async fn attempt(&mut self) -> Result<Option<Received>, BusError> {
        let Some(messages) = &mut self.messages else {
            self.breaks.mark_unchanged();
            self.messages = Some(self.bus.open(self.wanted).await?);
            return Ok(None);
        };
        let arrived = tokio::select! {
            biased;
            arrived = messages.next() => arrived,
            _ = self.breaks.changed() => None,
        };
        let action = "deliver the next message";
        let Some(message) = arrived else {
            return Err(BusError::refused(action)("the connection or the consumer went away"));
        };
        let message = message.map_err(BusError::refused(action))?;
        let stream_sequence = message.info().map_err(BusError::refused(action))?.stream_sequence;
        Ok(self.admit(Received {
            sequence: position(stream_sequence),
            subject: message.subject.to_string(),
            payload: message.payload.clone(),
        }))
    }

    fn admit(&mut self, message: Received) -> Option<Received> {
        if message.sequence < self.wanted {
            return None;
        }
        if message.sequence > self.wanted && !self.gap_seen {
            // A message lost on the way looks like one lost from the stream: ask a second time.
            self.gap_seen = true;
            self.messages = None;
            return None;
        }
        self.gap_seen = false;
        self.wanted = message.sequence + 1;
        Some(message)
    }
}

impl std::fmt::Debug for Feed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Feed").field("wanted", &self.wanted).finish_non_exhaustive()
    }
}

impl Bus {
    /// A reader that the server forgets by itself; it keeps no acknowledgements, the caller keeps its position.
    async fn open(&self, from: i64) -> Result<Stream, BusError> {
        let config = Config {
            deliver_policy: DeliverPolicy::ByStartSequence { start_sequence: sequence(from) },
            ack_policy: AckPolicy::None,
            inactive_threshold: FORGOTTEN_AFTER,
            memory_storage: true,
            num_replicas: 1,
            ..Config::default()
        };
        let consumer = self
            .jetstream
            .create_consumer_on_stream(config, &self.config.stream)
            .await
            .map_err(BusError::refused("make a reader of the stream"))?;
        consumer
            .stream()
            .max_messages_per_batch(AT_ONCE)
            .expires(REQUEST_LASTS)
            .heartbeat(HEARTBEAT)
            .messages()
            .await
            .map_err(BusError::refused("deliver messages"))
    }
}
