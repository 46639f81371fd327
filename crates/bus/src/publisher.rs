//! Publishing: many messages in flight, each fenced by what must stand before it.

use crate::connection::PATIENCE;
use crate::stream::sequence;
use crate::{Bus, BusError};
use async_nats::HeaderMap;
use async_nats::header::{NATS_EXPECTED_LAST_SEQUENCE, NATS_EXPECTED_STREAM};
use async_nats::jetstream::context::{ContextBuilder, PublishAckFuture, PublishError, PublishErrorKind};
use async_nats::jetstream::{self, message::PublishMessage};
use contract::cloud_event::{CONTENT_TYPE, Message};
use std::collections::VecDeque;
use tokio::sync::watch;

/// How many messages may wait for their acknowledgement; more makes it no faster.
const IN_FLIGHT: usize = 64;

/// Publishes the events that follow a position, in order.
///
/// Each message names the sequence that must stand before it, so after a lost one all later ones are refused: the
/// stream stays a prefix of the log, and a second publisher is refused as well. After an error the publisher is of no
/// more use: compare the end of the stream with the log, then make a new one.
#[derive(Debug)]
pub struct Publisher {
    jetstream: jetstream::Context,
    stream: String,
    breaks: watch::Receiver<u64>,
    in_flight: VecDeque<PublishAckFuture>,
    sent: i64,
    acknowledged: i64,
}

impl Bus {
    /// A publisher of the events after a position, which must be the end of the stream.
    pub fn publisher(&self, after: i64) -> Publisher {
        Publisher {
            // A context of its own: what an earlier publisher left behind takes no place here.
            jetstream: ContextBuilder::new()
                .timeout(PATIENCE)
                .ack_timeout(PATIENCE)
                .build(self.client.clone()),
            stream: self.config.stream.clone(),
            breaks: self.breaks(),
            in_flight: VecDeque::with_capacity(IN_FLIGHT),
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

    /// Sends the next position, as soon as fewer than 64 wait for their acknowledgement.
    pub async fn publish(&mut self, message: Message) -> Result<(), BusError> {
        while self.in_flight.len() >= IN_FLIGHT {
            self.await_oldest().await?;
        }
        let position = self.sent + 1;
        let mut headers = HeaderMap::new();
        headers.insert("Content-Type", CONTENT_TYPE);
        headers.insert(NATS_EXPECTED_STREAM, self.stream.as_str());
        headers.insert(NATS_EXPECTED_LAST_SEQUENCE, sequence(self.sent).to_string());
        let message_on_the_wire = PublishMessage::build().headers(headers).payload(message.payload.into());
        let acknowledgement = self
            .jetstream
            .send_publish(message.subject, message_on_the_wire)
            .await
            .map_err(|error| self.translate(position, error))?;
        self.in_flight.push_back(acknowledgement);
        self.sent = position;
        Ok(())
    }

    /// Waits until all that was sent is in the stream; answers the last position.
    pub async fn drain(&mut self) -> Result<i64, BusError> {
        while !self.in_flight.is_empty() {
            self.await_oldest().await?;
        }
        Ok(self.acknowledged)
    }

    async fn await_oldest(&mut self) -> Result<(), BusError> {
        let Some(oldest) = self.in_flight.pop_front() else { return Ok(()) };
        let position = self.acknowledged + 1;
        let acknowledgement = tokio::select! {
            biased;
            acknowledgement = oldest.into_future() => acknowledgement,
            // Waiting longer is of no use: the answer went with the connection.
            _ = self.breaks.changed() => return Err(BusError::Disconnected(position)),
        };
        let stored = acknowledgement.map_err(|error| self.translate(position, error))?;
        if stored.sequence != sequence(position) {
            return Err(BusError::WrongSequence { position, sequence: stored.sequence });
        }
        self.acknowledged = position;
        Ok(())
    }

    fn translate(&self, position: i64, error: PublishError) -> BusError {
        match error.kind() {
            PublishErrorKind::StreamNotFound => BusError::StreamNotFound(self.stream.clone()),
            PublishErrorKind::WrongLastSequence => BusError::WrongLastSequence(position),
            PublishErrorKind::TimedOut => BusError::TimedOut(position),
            PublishErrorKind::BrokenPipe => BusError::Disconnected(position),
            PublishErrorKind::MaxPayloadExceeded => BusError::TooLarge(position),
            PublishErrorKind::WrongLastMessageId
            | PublishErrorKind::MaxAckPending
            | PublishErrorKind::Other => BusError::refused("take a message")(error),
        }
    }
}
