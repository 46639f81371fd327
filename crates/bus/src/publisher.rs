//! Publishing: many messages in flight, each fenced by what must stand before it.

use crate::connection::PATIENCE;
use crate::stream::sequence;
use crate::{Bus, BusError};
use async_nats::client::{PublishError, PublishErrorKind};
use async_nats::header::{NATS_EXPECTED_LAST_SEQUENCE, NATS_EXPECTED_STREAM};
use async_nats::jetstream::{self, ErrorCode};
use async_nats::{Client, HeaderMap, StatusCode, Subject, Subscriber};
use contract::cloud_event::{CONTENT_TYPE, Message};
use futures_util::{FutureExt, StreamExt};
use serde::Deserialize;
use tokio::sync::watch;
use tokio::time::timeout;

/// How many messages may wait for their acknowledgement; more makes it no faster.
const IN_FLIGHT: i64 = 64;
/// Once so many wait, none is sent until this many fewer do: what is sent in a row shares its way to the server.
const IN_A_ROW: i64 = 32;

/// Publishes the events that follow a position, in order.
///
/// Each message names the sequence that must stand before it, so after a lost one all later ones are refused: the
/// stream stays a prefix of the log, and a second publisher is refused as well. After an error the publisher is of no
/// more use: compare the end of the stream with the log, then make a new one.
#[derive(Debug)]
pub struct Publisher {
    client: Client,
    stream: String,
    /// Where all acknowledgements arrive.
    inbox: String,
    /// Where each of the messages in flight is acknowledged. They are used in turns, because the server keeps what it
    /// knows of a subject.
    replies: Vec<Subject>,
    /// From the first message on.
    acknowledgements: Option<Subscriber>,
    breaks: watch::Receiver<u64>,
    sent: i64,
    acknowledged: i64,
}

/// What `JetStream` says to a message.
#[derive(Deserialize)]
struct Answer {
    error: Option<jetstream::Error>,
    seq: Option<u64>,
}

impl Bus {
    /// A publisher of the events after a position, which must be the end of the stream.
    pub fn publisher(&self, after: i64) -> Publisher {
        // One of its own: what is still said to an earlier publisher is not heard.
        let inbox = self.client.new_inbox();
        Publisher {
            client: self.client.clone(),
            stream: self.config.stream.clone(),
            replies: (0..IN_FLIGHT).map(|turn| format!("{inbox}.{turn}").into()).collect(),
            inbox,
            acknowledgements: None,
            breaks: self.breaks(),
            sent: after,
            acknowledged: after,
        }
    }
}

impl Publisher {
    /// The last position that was sent.
    pub fn sent(&self) -> i64 {
        self.sent
    }

    /// The last position that is in the stream with all before it.
    pub fn acknowledged(&self) -> i64 {
        self.acknowledged
    }

    /// Waits until fewer than 64 wait for their acknowledgement, so that the next one can be sent at once.
    pub async fn make_room(&mut self) -> Result<(), BusError> {
        if self.sent - self.acknowledged >= IN_FLIGHT {
            self.wait_for(self.sent - IN_FLIGHT + IN_A_ROW).await?;
        }
        if self.acknowledgements.is_none() {
            self.acknowledgements = Some(self.subscribe().await?);
        }
        Ok(())
    }

    /// Sends the next position, as soon as there is room.
    pub async fn publish(&mut self, message: Message) -> Result<(), BusError> {
        self.make_room().await?;
        let position = self.sent + 1;
        let reply = self.reply_to(position).clone();
        let mut headers = HeaderMap::new();
        headers.insert("Content-Type", CONTENT_TYPE);
        headers.insert(NATS_EXPECTED_STREAM, self.stream.as_str());
        headers.insert(NATS_EXPECTED_LAST_SEQUENCE, sequence(self.sent).to_string());
        let (subject, payload) = (message.subject, message.payload.into());
        timeout(PATIENCE, self.client.publish_with_reply_and_headers(subject, reply, headers, payload))
            .await
            .map_err(|_| BusError::TimedOut(position))?
            .map_err(|error| not_sent(position, error))?;
        self.sent = position;
        Ok(())
    }

    /// Waits until all that was sent is in the stream; answers the last position.
    pub async fn drain(&mut self) -> Result<i64, BusError> {
        self.wait_for(self.sent).await?;
        Ok(self.acknowledged)
    }

    async fn subscribe(&self) -> Result<Subscriber, BusError> {
        let all = format!("{}.*", self.inbox);
        self.client.subscribe(all).await.map_err(BusError::refused("listen for acknowledgements"))
    }

    /// Waits until everything up to a position is in the stream.
    async fn wait_for(&mut self, position: i64) -> Result<(), BusError> {
        while self.acknowledged < position {
            let answer = self.next_answer().await?;
            self.check(&answer, self.acknowledged + 1)?;
            self.acknowledged += 1;
        }
        Ok(())
    }

    async fn next_answer(&mut self) -> Result<async_nats::Message, BusError> {
        let awaited = self.acknowledged + 1;
        let Some(acknowledgements) = &mut self.acknowledgements else {
            return Err(BusError::Disconnected(awaited));
        };
        // Most have come already; then there is nothing to wait with.
        let answer = if let Some(answer) = acknowledgements.next().now_or_never() {
            answer
        } else {
            tokio::select! {
                biased;
                answer = timeout(PATIENCE, acknowledgements.next()) => {
                    answer.map_err(|_| BusError::TimedOut(awaited))?
                }
                // Waiting longer is of no use: the answer went with the connection.
                _ = self.breaks.changed() => return Err(BusError::Disconnected(awaited)),
            }
        };
        answer.ok_or(BusError::Disconnected(awaited))
    }

    /// Whether an answer says that this position is in the stream, where it belongs.
    fn check(&self, answer: &async_nats::Message, position: i64) -> Result<(), BusError> {
        if answer.status == Some(StatusCode::NO_RESPONDERS) {
            return Err(BusError::StreamNotFound(self.stream.clone()));
        }
        let said: Answer =
            serde_json::from_slice(&answer.payload).map_err(BusError::refused("answer in its own words"))?;
        match (said.error, said.seq) {
            (Some(error), _) if error.error_code() == ErrorCode::STREAM_WRONG_LAST_SEQUENCE => {
                Err(BusError::WrongLastSequence(position))
            }
            (Some(error), _) => Err(BusError::refused("take a message")(error)),
            // Answers come in order: the one that was awaited is lost.
            (None, _) if answer.subject != *self.reply_to(position) => Err(BusError::TimedOut(position)),
            (None, stored) if stored == Some(sequence(position)) => Ok(()),
            (None, stored) => Err(BusError::WrongSequence { position, sequence: stored.unwrap_or_default() }),
        }
    }

    fn reply_to(&self, position: i64) -> &Subject {
        let turn = sequence(position) % sequence(IN_FLIGHT);
        &self.replies[usize::try_from(turn).unwrap_or_default()]
    }
}

fn not_sent(position: i64, error: PublishError) -> BusError {
    match error.kind() {
        PublishErrorKind::MaxPayloadExceeded => BusError::TooLarge(position),
        PublishErrorKind::Send => BusError::Disconnected(position),
        PublishErrorKind::InvalidSubject => BusError::refused("take a message")(error),
    }
}
