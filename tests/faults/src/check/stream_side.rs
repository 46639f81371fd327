//! `JetStream` and a department's own consumer against the log.

use super::Checker;
use crate::consumer::Consumer;
use crate::deployment::{Deployment, STREAM};
use crate::template::RECEIVER;
use anyhow::Context;
use async_nats::jetstream::message::StreamMessage;
use async_nats::jetstream::stream::{RawMessageError, Stream};
use contract::cloud_event::{Message, Recorded, message};
use contract::ids::EventId;
use futures_util::{StreamExt, TryStreamExt, stream};
use log::RecordedEvent;
use std::time::{Duration, Instant};

/// Messages that are asked for at once.
const AT_ONCE: usize = 64;
/// How long the stream may elect a leader before it shows a message.
const STREAM_PATIENCE: Duration = Duration::from_secs(10);
/// Pause before it is asked again.
const PAUSE: Duration = Duration::from_millis(100);
/// How long a consumer may take to see what is in the stream.
const CONSUMER_PATIENCE: Duration = Duration::from_secs(20);

impl Checker {
    /// Every message of the stream is the event of its position, byte for byte.
    pub(super) async fn compare_stream(
        &mut self,
        deployment: &Deployment,
        events: &[RecordedEvent],
    ) -> anyhow::Result<()> {
        let context = deployment.jetstream().await?;
        let found = context.get_stream(STREAM).await.context("there is no stream")?;
        let (found, asked) = (&found, stream::iter(events));
        let asked = asked.map(|event| async move {
            let expected = expected(event)?;
            let sequence = u64::try_from(event.position)?;
            let got = raw_message(found, sequence).await;
            let got = got.with_context(|| format!("the stream shows no message {sequence}"))?;
            let is_equal = got.subject.as_str() == expected.subject && *got.payload == *expected.payload;
            anyhow::Ok(
                (!is_equal).then(|| format!("the message at {sequence} differs from the event of the log")),
            )
        });
        let different: Vec<Option<String>> = asked.buffered(AT_ONCE).try_collect().await?;
        for what in different.into_iter().flatten() {
            self.found(what);
        }
        Ok(())
    }

    /// The department's consumer has seen all that is its, in order; it is given a moment.
    pub(super) async fn compare_consumer(&mut self, consumer: &Consumer) {
        let begun = Instant::now();
        let wanted: Vec<(i64, String)> = (1..)
            .zip(&self.events)
            .filter(|(_, event)| {
                self.transfers
                    .get(&event.stream_id)
                    .is_some_and(|transfer| transfer.from == RECEIVER || transfer.to == RECEIVER)
            })
            .map(|(position, event)| (position, event.event_id.to_string()))
            .collect();
        loop {
            let missing = {
                let seen = consumer.seen();
                let is_seen = |(position, id): &&(i64, String)| seen.events.get(position) != Some(id);
                wanted.iter().find(is_seen).cloned().filter(|_| seen.epoch <= self.epoch)
            };
            let Some((position, id)) = missing else { break };
            if begun.elapsed() > CONSUMER_PATIENCE {
                self.found(format!("the department's consumer has not seen {id} at {position}"));
                break;
            }
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
        let wrong: Vec<String> = consumer.seen().wrong.iter().skip(self.consumer_wrong).cloned().collect();
        self.consumer_wrong += wrong.len();
        for what in wrong {
            self.found(format!("the department's consumer: {what}"));
        }
    }
}

/// The message that the relay has to publish.
fn expected(event: &RecordedEvent) -> anyhow::Result<Message> {
    let recorded = Recorded {
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
    };
    Ok(message(&recorded)?)
}

/// A message, also when the stream is just electing a leader.
async fn raw_message(stream: &Stream, sequence: u64) -> Result<StreamMessage, RawMessageError> {
    let begun = Instant::now();
    loop {
        match stream.get_raw_message(sequence).await {
            Err(_) if begun.elapsed() < STREAM_PATIENCE => tokio::time::sleep(PAUSE).await,
            answered => return answered,
        }
    }
}
