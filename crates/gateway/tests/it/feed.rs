//! The feed, in pages and as a stream.

use crate::world::{Department, GAJ, WJW, World, YBJ, answer};
use futures_util::StreamExt;
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

/// Reads a stream until it has so many events, as id and data.
async fn read_stream(by: &Department<'_>, last_event_id: Option<&str>, many: usize) -> Vec<(i64, Value)> {
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
        assert_eq!(field(event, "event:"), data["type"].as_str().unwrap());
        (field(event, "id:").parse().unwrap(), data)
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
    assert_eq!(first.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [1, 2]);
    let following = read_stream(&sender, Some("2"), 1);
    let later = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        receiver.act(&sent, "acceptance", json!({})).await
    };
    let (second, _) = tokio::join!(following, later);
    assert_eq!((second[0].0, &second[0].1["type"]), (3, &json!("clue-transfer.accepted")));
    let wrong = answer(sender.request(Method::GET, "/v1/events/stream").header("last-event-id", "x")).await;
    assert_eq!(wrong.problem(), (400, "request.query"));
}
