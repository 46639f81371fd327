//! The trace of a request, from its header to its events.

use crate::world::{Department, GAJ, World, YBJ, answer, clue, id};
use contract::traceparent::Traceparent;
use reqwest::Method;
use serde_json::json;

const TRACEPARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const TRACE_ID: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

/// The traces of all events, in order.
async fn traces(world: &World) -> Vec<Traceparent> {
    let events = world.log.read_after(0, 100).await.unwrap();
    events.iter().map(|event| event.traceparent.as_ref().unwrap().parse().unwrap()).collect()
}

/// A clue under a key, perhaps in a trace; answers status, whether it was a repeat, and the request's id.
async fn send(by: &Department<'_>, key: &str, traceparents: &[&[u8]]) -> (u16, bool, String) {
    let mut request = by.request(Method::POST, "/v1/clue-transfers").header("idempotency-key", key);
    for traceparent in traceparents {
        request = request.header("traceparent", *traceparent);
    }
    let sent = answer(request.json(&clue(GAJ))).await;
    let is_repeat = sent.header("idempotency-replayed") == "true";
    (sent.status, is_repeat, sent.header("casebus-request-id").replace('-', ""))
}

#[tokio::test]
async fn the_events_of_a_command_carry_the_trace_of_its_caller_and_name_the_request_as_their_parent() {
    let world = World::new().await;
    let sender = world.clerk(YBJ).await;
    let (status, _, request) = send(&sender, "k", &[TRACEPARENT.as_bytes()]).await;
    assert_eq!(status, 201);
    let recorded = traces(&world).await;
    assert_eq!(recorded[0].to_string(), format!("00-{TRACE_ID}-{}-01", &request[16..]));
}

#[tokio::test]
async fn all_events_of_an_act_and_those_of_a_handoff_carry_its_trace() {
    let world = World::new().await;
    let (sender, receiver) = (world.clerk(YBJ).await, world.clerk(GAJ).await);
    let sent = sender.send_clue(GAJ).await;
    let feedback = json!({"kind": "final", "text": "结", "outcome": "other"});
    for (act, body) in [("receipt", json!({})), ("acceptance", json!({})), ("feedback", feedback)] {
        receiver.act(&sent, act, body).await;
    }
    let path = format!("/v1/transfers/{}/feedback/1/confirmation", id(&sent));
    let before = world.head().await;
    let confirmed = answer(sender.writing(&path).header("traceparent", TRACEPARENT).json(&json!({}))).await;
    assert_eq!(confirmed.status, 200, "{}", confirmed.body);
    let opening = json!({ "to": GAJ, "title": "非法行医", "summary": "检查发现", "suspicion": "已达移送标准",
        "suspects": [{ "kind": "unknown", "name": "无名氏", "offence": "诈骗罪" }] });
    let opening = sender.writing("/v1/criminal-handoffs").header("traceparent", TRACEPARENT).json(&opening);
    let opened = answer(opening).await;
    assert_eq!(opened.status, 201, "{}", opened.body);
    let recorded = traces(&world).await;
    let (of_others, own) = recorded.split_at(usize::try_from(before).unwrap());
    assert!(of_others.iter().all(|trace| trace.trace_id().to_string() != TRACE_ID));
    assert!(own.len() >= 3, "closed with the confirmation, and a handoff: {}", own.len());
    assert!(own.iter().all(|trace| trace.trace_id().to_string() == TRACE_ID));
}

#[tokio::test]
async fn a_request_without_a_usable_trace_succeeds_and_begins_one_under_its_own_id() {
    let world = World::new().await;
    let sender = world.clerk(YBJ).await;
    let malformed: [&[&[u8]]; 8] = [
        &[],
        &[b""],
        &[b"00-00000000000000000000000000000000-00f067aa0ba902b7-01"],
        &[b"00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01"],
        &[b"00-4BF92F3577B34DA6A3CE929D0E0E4736-00F067AA0BA902B7-01"],
        &[b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more"],
        &[b"\xff\xfe\x80"],
        &[TRACEPARENT.as_bytes(), TRACEPARENT.as_bytes()],
    ];
    let mut expected = Vec::new();
    for (number, headers) in malformed.into_iter().enumerate() {
        let (status, _, request) = send(&sender, &format!("k-{number}"), headers).await;
        assert_eq!(status, 201, "{headers:?}");
        expected.push(request);
    }
    let begun: Vec<String> = traces(&world).await.iter().map(|trace| trace.trace_id().to_string()).collect();
    assert_eq!(begun, expected);
}

#[tokio::test]
async fn a_retry_in_another_trace_gets_the_first_answer_and_leaves_the_first_trace() {
    let world = World::new().await;
    let sender = world.clerk(YBJ).await;
    let first = send(&sender, "k", &[TRACEPARENT.as_bytes()]).await;
    let other = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
    let retried = send(&sender, "k", &[other.as_bytes()]).await;
    let without = send(&sender, "k", &[]).await;
    assert_eq!([first.0, retried.0, without.0], [201; 3]);
    assert_eq!([first.1, retried.1, without.1], [false, true, true]);
    let recorded = traces(&world).await;
    assert_eq!((recorded.len(), recorded[0].trace_id().to_string()), (1, TRACE_ID.to_owned()));
}

#[tokio::test]
async fn a_read_in_whatever_trace_is_answered() {
    let world = World::new().await;
    let sender = world.clerk(YBJ).await;
    for traceparent in [TRACEPARENT, "nonsense"] {
        let list = sender.request(Method::GET, "/v1/transfers").header("traceparent", traceparent);
        assert_eq!(answer(list).await.status, 200);
    }
}
