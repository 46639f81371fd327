//! Making the stream, its settings and its end.

use crate::support::{connect, event, fill};
use bus::{Bus, BusConfig, EndEvent};
use contract::cloud_event::CloudEvent;

#[tokio::test]
async fn the_end_of_the_stream_tells_the_last_event() {
    let (_nats, bus) = connect().await;
    assert_eq!(bus.stream_end().await.unwrap(), None);

    bus.create_stream(1, 1).await.unwrap();
    let end = bus.stream_end().await.unwrap().unwrap();
    assert_eq!((end.epoch, end.last, end.event), (Some(1), 0, EndEvent::Empty));
    assert_eq!(end.differing_setting, None);

    fill(&bus, 0, 3).await;
    let end = bus.stream_end().await.unwrap().unwrap();
    let message = event(3);
    let written = CloudEvent::parse(&message.payload).unwrap();
    let expected =
        EndEvent::Event { event_id: written.id, body_hash: written.datahash.clone(), position: 3, epoch: 1 };
    assert_eq!((end.first, end.last, end.event), (1, 3, expected));
}

#[tokio::test]
async fn a_stream_can_begin_at_a_later_position() {
    let (_nats, bus) = connect().await;
    bus.create_stream(50, 1).await.unwrap();
    assert_eq!(bus.stream_end().await.unwrap().unwrap().last, 49);
    fill(&bus, 49, 51).await;
    assert_eq!(bus.read_message(50).await.unwrap().unwrap().payload[..], event(50).payload[..]);
    assert_eq!(bus.read_message(49).await.unwrap(), None);
}

#[tokio::test]
async fn a_limited_stream_keeps_the_newest() {
    let (nats, bus) = connect().await;
    let limited = BusConfig {
        max_messages: 10,
        stream: bus.config().stream.clone(),
        ..BusConfig::new(nats.url.clone())
    };
    let bus = Bus::connect(limited).await.unwrap();
    bus.create_stream(1, 1).await.unwrap();
    fill(&bus, 0, 25).await;
    let end = bus.stream_end().await.unwrap().unwrap();
    assert_eq!((end.first, end.last), (16, 25));
}

#[tokio::test]
async fn the_end_is_told_while_a_limited_stream_drops_it() {
    let (nats, bus) = connect().await;
    let limited = BusConfig {
        max_messages: 1,
        stream: bus.config().stream.clone(),
        ..BusConfig::new(nats.url.clone())
    };
    let bus = Bus::connect(limited).await.unwrap();
    bus.create_stream(1, 1).await.unwrap();
    fill(&bus, 0, 1).await;
    let mut last = 0;
    let look = async {
        while last < 2000 {
            let end = bus.stream_end().await.unwrap().unwrap();
            assert!(end.last >= last, "it ends at {} after {last}", end.last);
            last = end.last;
        }
    };
    tokio::join!(fill(&bus, 1, 2000), look);
}

#[tokio::test]
async fn changed_settings_are_seen_and_put_right() {
    let (nats, bus) = connect().await;
    bus.create_stream(7, 1).await.unwrap();
    fill(&bus, 6, 9).await;
    let limited = BusConfig {
        max_messages: 10,
        stream: bus.config().stream.clone(),
        ..BusConfig::new(nats.url.clone())
    };
    let changed = Bus::connect(limited).await.unwrap();
    assert_eq!(changed.stream_end().await.unwrap().unwrap().differing_setting, Some("max_msgs"));
    changed.update_stream(1).await.unwrap();
    let end = changed.stream_end().await.unwrap().unwrap();
    assert_eq!((end.differing_setting, end.first, end.last), (None, 7, 9));
}

#[tokio::test]
async fn deleting_a_stream_that_is_gone_is_no_error() {
    let (_nats, bus) = connect().await;
    bus.create_stream(1, 1).await.unwrap();
    bus.delete_stream().await.unwrap();
    bus.delete_stream().await.unwrap();
    assert_eq!(bus.stream_end().await.unwrap(), None);
}
