//! Reading few events and many.

use crate::fixture::{command, fresh, id, stream};
use log::{Log, RecordedEvent, StreamPlace};
use sqlx::postgres::PgPoolOptions;
use std::time::Duration;
use uuid::Uuid;

/// More than are read in the way for few.
const EVENTS: u128 = 700;

#[tokio::test]
async fn many_events_at_once_are_the_same_as_a_few_at_a_time() {
    let fixture = fresh().await;
    for first in (0..EVENTS).step_by(100) {
        let commands: Vec<_> = (first..first + 100)
            .map(|number| {
                let mut command = command(number, stream(number % 50), i64::try_from(number / 50).unwrap());
                let event = &mut command.events[0];
                event.body =
                    format!("{{\"n\":{number},\"text\":\"{}\"}}", "线索\\u0022".repeat(number as usize))
                        .into_bytes();
                event.causation_id = number.is_multiple_of(3).then(|| id(number + 1));
                event.number_series = number.is_multiple_of(5).then(|| "移".to_owned());
                event.traceparent =
                    number.is_multiple_of(7).then(|| format!("00-{number:032x}-{number:016x}-01"));
                command
            })
            .collect();
        fixture.log.append(&commands).await.unwrap();
    }

    let mut few: Vec<RecordedEvent> = Vec::new();
    while few.len() < 700 {
        let last = few.last().map_or(0, |event| event.position);
        few.extend(fixture.log.read_after(last, 99).await.unwrap());
    }
    assert_eq!(fixture.log.read_after(0, 10_000).await.unwrap(), few);
    assert_eq!(fixture.log.read_after(100, 500).await.unwrap(), few[100..600]);
    assert!(few.iter().any(|event| event.number.is_some() && event.traceparent.is_some()));
    assert!(few.iter().any(|event| event.causation_id.is_none() && event.number.is_none()));

    few.sort_by_key(|event| (event.stream_id, event.version));
    let all = StreamPlace { stream_id: Uuid::nil(), version: 0 };
    let by_stream = fixture.log.read_by_stream(all, Uuid::max(), 700, 5_000).await.unwrap();
    assert_eq!(by_stream, few);
    let (after, last) = (StreamPlace { stream_id: stream(3), version: 4 }, stream(40));
    let some: Vec<_> = few
        .into_iter()
        .filter(|event| {
            (event.stream_id, event.version) > (after.stream_id, after.version)
                && event.stream_id <= last
                && event.position <= 600
        })
        .collect();
    assert_eq!(fixture.log.read_by_stream(after, last, 600, 5_000).await.unwrap(), some);
    assert_eq!(fixture.log.read_by_stream(after, last, 600, 499).await.unwrap(), some[..some.len().min(499)]);
}

#[tokio::test]
async fn reading_many_events_of_an_empty_log_finds_none() {
    let fixture = fresh().await;
    assert_eq!(fixture.log.read_after(0, 1_000).await.unwrap(), []);
}

#[tokio::test]
async fn a_reader_that_is_dropped_half_way_leaves_no_answer_to_the_next_one() {
    let fixture = fresh().await;
    for first in (0..600).step_by(100) {
        let commands: Vec<_> = (first..first + 100)
            .map(|number| {
                let mut command = command(number, stream(number), 0);
                command.events[0].body = format!("{{\"text\":\"{}\"}}", "x".repeat(10_000)).into_bytes();
                command
            })
            .collect();
        fixture.log.append(&commands).await.unwrap();
    }
    let one = PgPoolOptions::new().max_connections(1).connect(&fixture.database.url).await.unwrap();
    let log = Log::open(one).await.unwrap();
    for microseconds in (0..10_000).step_by(500) {
        let patience = Duration::from_micros(microseconds);
        let _whether_it_came = tokio::time::timeout(patience, log.read_after(0, 1_000)).await;
        assert_eq!(log.head().await.unwrap().position, 600);
        assert_eq!(log.read_after(590, 5).await.unwrap().len(), 5);
    }
    assert_eq!(log.read_after(0, 1_000).await.unwrap().len(), 600);
}
