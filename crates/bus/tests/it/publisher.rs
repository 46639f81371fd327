//! Publishing in order, fenced.

use crate::support::{connect, event, fill};
use bus::{BusError, Remedy};

#[tokio::test]
async fn sequence_equals_position_and_bytes_stay_as_they_are() {
    let (_nats, bus) = connect().await;
    bus.create_stream(1, 1).await.unwrap();
    fill(&bus, 0, 300).await;
    for position in [1, 64, 65, 300] {
        let stored = bus.read_message(position).await.unwrap().unwrap();
        assert_eq!(stored.sequence, position);
        assert_eq!(stored.subject, event(position).subject);
        assert_eq!(stored.payload[..], event(position).payload[..]);
    }
}

#[tokio::test]
async fn a_publisher_that_is_not_at_the_end_is_refused_and_leaves_no_trace() {
    let (_nats, bus) = connect().await;
    bus.create_stream(1, 1).await.unwrap();
    fill(&bus, 0, 3).await;
    for after in [0, 2, 4] {
        let mut stray = bus.publisher(after);
        stray.publish(event(after + 1)).await.unwrap();
        let error = stray.drain().await.unwrap_err();
        assert!(matches!(error, BusError::WrongLastSequence(position) if position == after + 1), "{error:?}");
        assert_eq!(error.remedy(), Remedy::Compare);
    }
    assert_eq!(bus.stream_end().await.unwrap().unwrap().last, 3);
}

#[tokio::test]
async fn of_two_publishers_at_once_one_is_refused_and_no_position_stands_twice() {
    let (_nats, bus) = connect().await;
    bus.create_stream(1, 1).await.unwrap();
    let publish = async |mut publisher: bus::Publisher| {
        for position in 1..=200 {
            publisher.publish(event(position)).await?;
        }
        publisher.drain().await
    };
    let (one, other) = tokio::join!(publish(bus.publisher(0)), publish(bus.publisher(0)));
    assert!(one.is_err() || other.is_err());
    let last = bus.stream_end().await.unwrap().unwrap().last;
    for position in 1..=last {
        let stored = bus.read_message(position).await.unwrap().unwrap();
        assert_eq!(stored.payload[..], event(position).payload[..]);
    }
}

#[tokio::test]
async fn without_a_stream_the_error_says_so() {
    let (_nats, bus) = connect().await;
    let mut publisher = bus.publisher(0);
    publisher.publish(event(1)).await.unwrap();
    let error = publisher.drain().await.unwrap_err();
    assert!(matches!(error, BusError::StreamNotFound(_)), "{error:?}");
}

#[tokio::test]
async fn a_message_that_is_too_large_is_refused_before_it_is_sent() {
    let (_nats, bus) = connect().await;
    bus.create_stream(1, 1).await.unwrap();
    let mut message = event(1);
    message.payload = vec![b' '; 2 * 1024 * 1024];
    let error = bus.publisher(0).publish(message).await.unwrap_err();
    assert!(matches!(error, BusError::TooLarge(1)), "{error:?}");
}

#[tokio::test]
async fn a_killed_server_ends_the_publisher_and_the_stream_stays_a_prefix() {
    let (nats, bus) = connect().await;
    bus.create_stream(1, 1).await.unwrap();
    let mut publisher = bus.publisher(0);
    for position in 1..=40 {
        publisher.publish(event(position)).await.unwrap();
    }
    nats.kill().await;
    let outcome = publisher.drain().await;
    nats.restart().await;
    assert!(
        matches!(outcome, Ok(40) | Err(BusError::Disconnected(_) | BusError::TimedOut(_))),
        "{outcome:?}"
    );
    let end = loop {
        match bus.stream_end().await {
            Ok(end) => break end.unwrap(),
            Err(error) => assert_eq!(error.remedy(), Remedy::Wait),
        }
    };
    for position in 1..=end.last {
        let stored = bus.read_message(position).await.unwrap().unwrap();
        assert_eq!(stored.payload[..], event(position).payload[..]);
    }
}
