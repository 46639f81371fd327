//! The feed, in pages and as a stream.

use crate::world::{Department, GAJ, WJW, World, YBJ, answer, pad_bodies};
use futures_util::StreamExt;
use gateway::Limits;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

#[tokio::test]
async fn the_feed_has_the_exact_bodies_and_says_how_far_it_goes() {
    let world = World::new().await;
    let (sender, receiver) = (world.clerk(YBJ).await, world.clerk(GAJ).await);
    let sent = sender.send_clue(GAJ).await;
    world.clerk(WJW).await.send_clue("320100-scj").await;
    receiver.act(&sent, "receipt", json!({})).await;
    let feed = receiver.get("/v1/events").await;
    let events = feed.body["data"].as_array().unwrap();
    let positions: Vec<_> = events.iter().map(|event| event["position"].as_i64().unwrap()).collect();
    assert_eq!((positions, &feed.body["covered_to"]), (vec![1, 3], &json!(3)));
    let stored = world.log.read_after(0, 1).await.unwrap();
    assert!(feed.text.contains(std::str::from_utf8(&stored[0].body).unwrap()), "the exact bytes");
    assert_eq!((&events[0]["type"], &events[0]["number"]), (&json!("clue-transfer.sent"), &json!(1)));
    assert_eq!(events[1]["actor"], format!("{GAJ}/clerk/{}", receiver.key_id));
    let page = receiver.get("/v1/events?after=0&limit=1").await.body;
    assert_eq!((page["data"].as_array().unwrap().len(), &page["covered_to"]), (1, &json!(1)));
    let rest = receiver.get("/v1/events?after=1").await.body;
    assert_eq!((&rest["data"][0]["position"], &rest["covered_to"]), (&json!(3), &json!(3)));
}

#[tokio::test]
async fn a_feed_covers_nothing_beyond_the_end_of_the_log() {
    let world = World::new().await;
    let (sender, receiver) = (world.clerk(YBJ).await, world.clerk(GAJ).await);
    sender.send_clue(GAJ).await;
    let beyond = receiver.get("/v1/events?after=99").await.body;
    assert_eq!((&beyond["data"], &beyond["covered_to"]), (&json!([]), &json!(1)));
    let stream = receiver.request(Method::GET, "/v1/events/stream?after=99").send().await.unwrap();
    let mut chunks = stream.bytes_stream();
    // What is sent before it looks for the first time lies before where it begins.
    for _ in 0..20 {
        sender.send_clue(GAJ).await;
        if let Ok(chunk) = tokio::time::timeout(Duration::from_secs(1), chunks.next()).await {
            let chunk = chunk.unwrap().unwrap();
            return assert!(std::str::from_utf8(&chunk).unwrap().starts_with("id: 1-"), "{chunk:?}");
        }
    }
    panic!("nothing comes");
}

/// Reads a stream until it has so many events, as id and data.
async fn read_stream(by: &Department<'_>, last_event_id: Option<&str>, many: usize) -> Vec<(String, Value)> {
    let mut request = by.request(Method::GET, "/v1/events/stream");
    if let Some(id) = last_event_id {
        request = request.header("last-event-id", id);
    }
    let response = request.send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut chunks = response.bytes_stream();
    let mut text = String::new();
    while text.matches("\n\n").count() < many {
        let chunk = tokio::time::timeout(Duration::from_secs(10), chunks.next()).await;
        text.push_str(std::str::from_utf8(&chunk.unwrap().unwrap().unwrap()).unwrap());
    }
    let field = |event: &str, name: &str| {
        event.lines().find_map(|line| line.strip_prefix(name)).map(|rest| rest.trim().to_owned()).unwrap()
    };
    let event = |event: &str| {
        let data: Value = serde_json::from_str(&field(event, "data:")).unwrap();
        let is_epoch = data.get("epoch").is_some();
        assert_eq!(field(event, "event:"), if is_epoch { "epoch" } else { data["type"].as_str().unwrap() });
        (field(event, "id:"), data)
    };
    text.split("\n\n").filter(|event| event.contains("id:")).map(event).collect()
}

#[tokio::test]
async fn a_broken_stream_goes_on_where_it_broke() {
    let world = World::new().await;
    let (sender, receiver) = (world.clerk(YBJ).await, world.clerk(GAJ).await);
    let sent = sender.send_clue(GAJ).await;
    receiver.act(&sent, "receipt", json!({})).await;
    let first = read_stream(&sender, None, 2).await;
    assert_eq!(ids(&first), ["1-1", "1-2"]);
    let following = read_stream(&sender, Some("1-2"), 1);
    let later = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        receiver.act(&sent, "acceptance", json!({})).await
    };
    let (second, _) = tokio::join!(following, later);
    assert_eq!((ids(&second), &second[0].1["type"]), (vec!["1-3"], &json!("clue-transfer.accepted")));
    assert_eq!(ids(&read_stream(&sender, Some("2"), 1).await), ["1-3"], "a bare position");
    for malformed in ["x", "-2", "1-", "1-x", "x-2", "1-2-3", "1--2", ""] {
        let request = sender.request(Method::GET, "/v1/events/stream").header("last-event-id", malformed);
        let refused = answer(request).await;
        assert_eq!(refused.problem(), (400, "request.query"), "{malformed}");
        assert!(refused.body["detail"].as_str().unwrap().contains("for example 1-2880"), "{}", refused.body);
    }
}

fn ids(events: &[(String, Value)]) -> Vec<&str> {
    events.iter().map(|(id, _)| id.as_str()).collect()
}

#[tokio::test]
async fn a_stream_that_goes_on_from_another_epoch_says_so_and_begins_anew() {
    let world = World::new().await;
    let (sender, receiver) = (world.clerk(YBJ).await, world.clerk(GAJ).await);
    let sent = sender.send_clue(GAJ).await;
    receiver.act(&sent, "receipt", json!({})).await;
    receiver.read(&sent).await;
    let anew = read_stream(&sender, Some("7-2"), 3).await;
    assert_eq!((ids(&anew), &anew[0].1), (vec!["1-0", "1-1", "1-2"], &json!({"epoch": 1})));
    let after_it = read_stream(&sender, Some("1-0"), 2).await;
    assert_eq!(ids(&after_it), ["1-1", "1-2"], "it is said once");
}

#[tokio::test]
async fn a_stream_under_way_says_that_another_epoch_began() {
    let world = World::new().await;
    let sender = world.clerk(YBJ).await;
    sender.send_clue(GAJ).await;
    let following = read_stream(&sender, Some("1-0"), 3);
    let later = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let moved = "update views_1.checkpoint set epoch = 2, position = 2";
        sqlx::query(moved).execute(&world.pool).await.unwrap();
    };
    let (all, ()) = tokio::join!(following, later);
    assert_eq!((ids(&all), &all[1].1), (vec!["1-1", "2-0", "2-1"], &json!({"epoch": 2})));
}

#[tokio::test]
async fn whoever_goes_on_after_covered_to_gets_everything_however_short_the_pages_are() {
    let world = World::new().await;
    let sender = world.clerk(YBJ).await;
    for _ in 0..3 {
        sender.send_clue(GAJ).await;
    }
    sender.get("/v1/events").await;
    pad_bodies(&world.pool).await;
    let (mut after, mut found) = (json!(0), Vec::new());
    loop {
        let page = sender.get(&format!("/v1/events?limit=1000&after={after}")).await.body;
        let events = page["data"].as_array().unwrap();
        if events.is_empty() {
            break;
        }
        found.extend(events.iter().map(|event| event["position"].as_i64().unwrap()));
        after = page["covered_to"].clone();
    }
    assert_eq!(found, [1, 2, 3]);
    assert_eq!(ids(&read_stream(&sender, None, 3).await), ["1-1", "1-2", "1-3"], "and so does who follows");
}

#[tokio::test]
async fn more_streams_than_there_is_room_for_are_turned_away_until_one_ends() {
    let limits = Limits { streams: 3, streams_of_a_department: 2, ..Limits::default() };
    let world = World::with_limits(limits).await;
    let [sender, receiver, stranger] =
        [world.clerk(YBJ).await, world.clerk(GAJ).await, world.clerk(WJW).await];
    let follow = |department: &Department<'_>| department.request(Method::GET, "/v1/events/stream");
    let mut streams = Vec::new();
    for department in [&receiver, &sender, &sender] {
        let stream = follow(department).send().await.unwrap();
        assert_eq!(stream.status(), 200);
        streams.push(stream);
    }
    assert_eq!(answer(follow(&stranger)).await.problem(), (503, "service.overloaded"));
    drop(streams.remove(0));
    // The gateway notices that the caller went away when it writes to it.
    sender.send_clue(GAJ).await;
    let begun = std::time::Instant::now();
    loop {
        let again = follow(&stranger).send().await.unwrap();
        if again.status() == 200 {
            break streams.push(again);
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "there is no room again");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let too_many = answer(follow(&sender)).await;
    assert_eq!(too_many.problem(), (503, "service.overloaded"), "there is none for anybody");
    drop(streams.pop());
    sender.send_clue(WJW).await;
    let begun = std::time::Instant::now();
    while answer(follow(&sender)).await.problem() != (429, "request.too-many") {
        assert!(begun.elapsed() < Duration::from_secs(20), "a department has more than its share");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
