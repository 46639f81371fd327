//! Departments' own consumers.

use crate::support::{between, connect, department};
use async_nats::jetstream::consumer::PullConsumer;
use bus::{Bus, department::consumer_name};
use futures_util::StreamExt;

const SENDER: &str = "320100-ybj";
const RECEIVER: &str = "320100-wjw";
const STRANGER: &str = "320200-gaj";

async fn fetch(bus: &Bus, url: &str, name: &str, acknowledged: usize) -> Vec<u64> {
    let client = async_nats::ConnectOptions::new()
        .user_and_password("casebus".into(), password(url).into())
        .connect(url)
        .await
        .unwrap();
    let consumer: PullConsumer = async_nats::jetstream::new(client)
        .get_consumer_from_stream(name, &bus.config().stream)
        .await
        .unwrap();
    let mut messages = consumer.fetch().max_messages(10).messages().await.unwrap();
    let mut sequences = Vec::new();
    while let Some(message) = messages.next().await {
        let message = message.unwrap();
        sequences.push(message.info().unwrap().stream_sequence);
        if sequences.len() <= acknowledged {
            message.double_ack().await.unwrap();
        }
    }
    sequences
}

fn password(url: &str) -> &str {
    url.split_once("casebus:").unwrap().1.split_once('@').unwrap().0
}

#[tokio::test]
async fn a_department_gets_what_it_sent_and_received_and_its_acknowledgements_are_seen() {
    let (nats, bus) = connect().await;
    bus.create_stream(1, 1).await.unwrap();
    let receiver = department(RECEIVER);
    assert_eq!(bus.acknowledged_through(&receiver).await.unwrap(), None);

    let name = bus.create_department_consumer(&receiver).await.unwrap();
    assert_eq!(name, consumer_name(&receiver));
    assert_eq!(bus.create_department_consumer(&receiver).await.unwrap(), name);
    assert_eq!(bus.acknowledged_through(&receiver).await.unwrap(), Some(0));

    let mut publisher = bus.publisher(0);
    let pairs = [(SENDER, RECEIVER), (SENDER, STRANGER), (RECEIVER, STRANGER), (SENDER, RECEIVER)];
    for (position, (from, to)) in (1..).zip(pairs) {
        publisher.publish(between(position, from, to)).await.unwrap();
    }
    publisher.drain().await.unwrap();

    assert_eq!(fetch(&bus, &nats.url, &name, 2).await, [1, 3, 4]);
    assert_eq!(bus.acknowledged_through(&receiver).await.unwrap(), Some(3));
}
