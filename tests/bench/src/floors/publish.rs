//! Messages that are at hand, published with the window and the headers of the relay, and nothing else.

use crate::cpu::Watched;
use crate::nats::Bed;
use crate::series::Measured;
use crate::timing::Stopwatch;
use anyhow::ensure;
use async_nats::HeaderMap;
use async_nats::header::{NATS_EXPECTED_LAST_SEQUENCE, NATS_EXPECTED_STREAM};
use async_nats::jetstream::context::PublishAckFuture;
use async_nats::jetstream::{self, message::PublishMessage};
use bytes::Bytes;
use contract::cloud_event::CONTENT_TYPE;
use std::collections::VecDeque;

/// How many messages may wait for their acknowledgement: as many as in the relay.
const IN_FLIGHT: usize = 64;

/// A message as the relay would send it.
pub(crate) struct Prepared {
    pub(crate) subject: String,
    pub(crate) payload: Bytes,
}

/// Messages in a second, into an empty stream that is there.
pub(crate) async fn measure(bed: &Bed, watched: &Watched, messages: &[Prepared]) -> anyhow::Result<Measured> {
    let client = bed.client().await?;
    let jetstream = jetstream::new(client);
    let mut in_flight: VecDeque<PublishAckFuture> = VecDeque::with_capacity(IN_FLIGHT);
    let mut acknowledged = 0_u64;
    let stopwatch = Stopwatch::start(watched)?;
    for (sequence, message) in messages.iter().enumerate() {
        if in_flight.len() >= IN_FLIGHT {
            take_oldest(&mut in_flight, &mut acknowledged).await?;
        }
        let mut headers = HeaderMap::new();
        headers.insert("Content-Type", CONTENT_TYPE);
        headers.insert(NATS_EXPECTED_STREAM, bed.stream());
        headers.insert(NATS_EXPECTED_LAST_SEQUENCE, sequence.to_string());
        let wired = PublishMessage::build().headers(headers).payload(message.payload.clone());
        in_flight.push_back(jetstream.send_publish(message.subject.clone(), wired).await?);
    }
    while !in_flight.is_empty() {
        take_oldest(&mut in_flight, &mut acknowledged).await?;
    }
    let measured = stopwatch.so_far(f64::from(u32::try_from(messages.len())?))?;
    ensure!(acknowledged == u64::try_from(messages.len())?, "the stream ends at {acknowledged}");
    Ok(measured)
}

async fn take_oldest(
    in_flight: &mut VecDeque<PublishAckFuture>,
    acknowledged: &mut u64,
) -> anyhow::Result<()> {
    if let Some(oldest) = in_flight.pop_front() {
        *acknowledged = oldest.await?.sequence;
    }
    Ok(())
}
