//! Reading through outages and losses.

use crate::support::{connect, event, fill};
use bus::Feed;
use std::time::Duration;
use tokio::time::timeout;

async fn expect(feed: &mut Feed, positions: impl IntoIterator<Item = i64>) {
    for position in positions {
        let received = timeout(Duration::from_secs(30), feed.next()).await.unwrap();
        assert_eq!(received.sequence, position);
        assert_eq!(received.payload[..], event(position).payload[..]);
    }
}

#[tokio::test]
async fn messages_come_in_order_from_the_wanted_position_on() {
    let (_nats, bus) = connect().await;
    bus.create_stream(1, 1).await.unwrap();
    fill(&bus, 0, 20).await;
    let mut feed = bus.subscribe_from(5);
    expect(&mut feed, 5..=20).await;
    assert!(timeout(Duration::from_millis(200), feed.next()).await.is_err());
    fill(&bus, 20, 25).await;
    expect(&mut feed, 21..=25).await;
    assert_eq!(feed.wanted(), 26);
}

#[tokio::test]
async fn a_batch_holds_what_has_arrived_and_no_more_than_asked_for() {
    let (_nats, bus) = connect().await;
    bus.create_stream(1, 1).await.unwrap();
    fill(&bus, 0, 700).await;
    let mut feed = bus.subscribe_from(1);
    let mut seen = 0;
    while seen < 700 {
        let batch = timeout(Duration::from_secs(30), feed.next_batch(50)).await.unwrap();
        assert!((1..=50).contains(&batch.len()));
        for received in batch {
            seen += 1;
            assert_eq!(received.sequence, seen);
        }
    }
}

#[tokio::test]
async fn a_feed_waits_for_a_stream_that_is_not_there_yet() {
    let (_nats, bus) = connect().await;
    let mut feed = bus.subscribe_from(1);
    assert!(timeout(Duration::from_millis(400), feed.next()).await.is_err());
    bus.create_stream(1, 1).await.unwrap();
    fill(&bus, 0, 3).await;
    expect(&mut feed, 1..=3).await;
}

#[tokio::test]
async fn what_the_stream_does_not_hold_is_seen_as_a_gap() {
    let (_nats, bus) = connect().await;
    bus.create_stream(10, 1).await.unwrap();
    fill(&bus, 9, 12).await;
    let mut feed = bus.subscribe_from(3);
    expect(&mut feed, 10..=12).await;
}

#[tokio::test]
async fn a_feed_lives_through_a_killed_server() {
    let (nats, bus) = connect().await;
    bus.create_stream(1, 1).await.unwrap();
    fill(&bus, 0, 5).await;
    let mut feed = bus.subscribe_from(1);
    expect(&mut feed, 1..=5).await;
    nats.kill().await;
    nats.restart().await;
    // What was lost with the server is filled again, as the relay does it.
    let last = loop {
        match bus.stream_end().await {
            Ok(end) => break end.map_or(0, |end| end.last),
            Err(error) => assert_eq!(error.remedy(), bus::Remedy::Wait),
        }
    };
    fill(&bus, last, 9).await;
    expect(&mut feed, 6..=9).await;
}

#[tokio::test]
async fn a_stream_that_lost_its_tail_shows_nothing_twice() {
    let (_nats, bus) = connect().await;
    bus.create_stream(1, 1).await.unwrap();
    fill(&bus, 0, 10).await;
    let mut feed = bus.subscribe_from(1);
    expect(&mut feed, 1..=10).await;
    bus.delete_stream().await.unwrap();
    bus.create_stream(1, 1).await.unwrap();
    fill(&bus, 0, 4).await;
    assert!(timeout(Duration::from_secs(1), feed.next()).await.is_err());
    fill(&bus, 4, 12).await;
    expect(&mut feed, 11..=12).await;
}
