//! Repeats, versions and positions.

use crate::world::{Answer, Department, GAJ, World, YBJ, answer, clue, hide_events, id};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

async fn post_as(by: &Department<'_>, path: &str, key: &str, body: &Value) -> Answer {
    answer(by.request(reqwest::Method::POST, path).header("idempotency-key", key).json(body)).await
}

#[tokio::test]
async fn a_repeated_create_gets_the_first_answer_even_when_the_state_has_moved_on() {
    let world = World::new().await;
    let (sender, receiver) = (world.clerk(YBJ).await, world.clerk(GAJ).await);
    let mut body = clue(GAJ);
    body["subjects"] = json!([{"kind": "person", "name": "张三"}]);
    let first = post_as(&sender, "/v1/clue-transfers", "k-1", &body).await;
    receiver.act(&first.body, "receipt", json!({})).await;
    let again = post_as(&sender, "/v1/clue-transfers", "\"k-1\"", &body).await;
    assert_eq!((again.status, again.header("idempotency-replayed")), (201, "true"));
    assert_eq!((&again.body, again.header("casebus-position")), (&first.body, "1"));
    assert_eq!(world.head().await, 2);
    let other = post_as(&sender, "/v1/clue-transfers", "k-1", &clue(GAJ)).await;
    assert_eq!(other.problem(), (422, "idempotency-key.reused"));
    let invalid = post_as(&sender, "/v1/clue-transfers", "k-1", &json!({})).await;
    assert_eq!(invalid.problem(), (422, "idempotency-key.reused"));
    let elsewhere = post_as(&sender, "/v1/notices", "k-1", &body).await;
    assert_eq!(elsewhere.status, 201, "another route is another command");
    let keys: i64 =
        sqlx::query_scalar("select count(*) from accounts.subject_key").fetch_one(&world.pool).await.unwrap();
    assert_eq!(keys, 2, "a repeat makes no new key");
}

#[tokio::test]
async fn a_repeat_is_answered_even_when_the_registry_no_longer_has_the_receiver() {
    let world = World::new().await;
    let sender = world.clerk(YBJ).await;
    let first = post_as(&sender, "/v1/clue-transfers", "k-1", &clue(GAJ)).await;
    world.accounts.import_departments("id,name,canonical_name,level,type,parent,host\n320100-gaj,公安局,公安局,市,LEGACY,320100-rmzf,\n", true).await.unwrap();
    let mut refused = post_as(&sender, "/v1/clue-transfers", "k-2", &clue(GAJ)).await;
    for _ in 0..50 {
        if refused.status == 422 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        refused =
            post_as(&sender, "/v1/clue-transfers", &contract::ids::fresh_id().to_string(), &clue(GAJ)).await;
    }
    assert_eq!(refused.body["errors"][0]["code"], "department.cannot-receive", "{}", refused.body);
    let again = post_as(&sender, "/v1/clue-transfers", "k-1", &clue(GAJ)).await;
    assert_eq!((again.status, again.header("idempotency-replayed")), (201, "true"));
    assert_eq!(again.body["id"], first.body["id"]);
}

#[tokio::test]
async fn a_repeat_is_not_refused_for_good_while_the_log_does_not_say_whether_it_took_effect() {
    let world = World::new().await;
    let sender = world.clerk(YBJ).await;
    let mut body = clue(GAJ);
    body["subjects"] = json!([{"kind": "organisation", "name": "某药店", "uscc": "91210200MA0QECKN5M"}]);
    let first = post_as(&sender, "/v1/clue-transfers", "k-1", &body).await;
    sender.read(&first.body).await;
    let again = post_as(&sender, "/v1/clue-transfers", "k-1", &body).await;
    assert_eq!((again.status, again.header("idempotency-replayed")), (201, "true"));
    let another = post_as(&sender, "/v1/clue-transfers", "k-2", &body).await;
    assert_eq!(another.problem(), (409, "transfer.similar-open"), "the first one is similar to itself");
    hide_events(&world.pool).await;
    let unknown = post_as(&sender, "/v1/clue-transfers", "k-1", &body).await;
    assert_eq!((unknown.problem(), &unknown.body["retryable"]), ((503, "service.unavailable"), &json!(true)));
}

#[tokio::test]
async fn a_repeated_act_has_no_further_effect() {
    let world = World::new().await;
    let (sender, receiver) = (world.clerk(YBJ).await, world.clerk(GAJ).await);
    let sent = sender.send_clue(GAJ).await;
    let path = format!("/v1/transfers/{}/receipt", id(&sent));
    let first = post_as(&receiver, &path, "r", &json!({})).await;
    receiver.act(&sent, "acceptance", json!({})).await;
    let again = post_as(&receiver, &path, "r", &json!({})).await;
    assert_eq!((again.status, &again.body["version"]), (200, &first.body["version"]));
    assert_eq!((again.header("idempotency-replayed"), world.head().await), ("true", 3));
    let bare = answer(receiver.request(reqwest::Method::POST, &path)).await;
    assert_eq!(
        bare.problem(),
        (409, "transfer.already-done"),
        "without a key and a body it is another command"
    );
}

#[tokio::test]
async fn two_of_the_same_at_once_take_effect_once() {
    let world = World::new().await;
    let sender = world.clerk(YBJ).await;
    let body = clue(GAJ);
    let all =
        futures_util::future::join_all((0..8).map(|_| post_as(&sender, "/v1/clue-transfers", "k", &body)))
            .await;
    for one in &all {
        assert!(one.status == 201 || one.problem() == (409, "idempotency-key.in-flight"), "{}", one.body);
    }
    assert_eq!(world.head().await, 1);
}

#[tokio::test]
async fn an_act_on_an_older_version_is_refused_and_says_the_newer_one() {
    let world = World::new().await;
    let (sender, receiver) = (world.clerk(YBJ).await, world.clerk(GAJ).await);
    let sent = sender.send_clue(GAJ).await;
    receiver.act(&sent, "receipt", json!({})).await;
    let path = format!("/v1/transfers/{}/acceptance", id(&sent));
    let stale = answer(receiver.writing(&path).header("if-match", "\"v1\"").json(&json!({}))).await;
    assert_eq!((stale.problem(), &stale.body["current_version"]), ((412, "precondition.failed"), &json!(2)));
    let right = answer(receiver.writing(&path).header("if-match", "\"v2\"").json(&json!({}))).await;
    assert_eq!((right.status, right.header("etag")), (200, "\"v3\""));
}

#[tokio::test]
async fn a_read_that_asks_for_a_position_which_never_comes_gives_up() {
    let world = World::with_projector(false).await;
    let sender = world.clerk(YBJ).await;
    sender.send_clue(GAJ).await;
    let waited = sender.get("/v1/transfers").await;
    assert_eq!((waited.problem(), &waited.body["retryable"]), ((503, "position.not-reached"), &json!(true)));
}

async fn read_at(by: &Department<'_>, position: i64) -> Answer {
    answer(by.request(reqwest::Method::GET, "/v1/transfers").header("casebus-min-position", position)).await
}

#[tokio::test]
async fn a_read_that_asks_for_a_position_which_the_log_does_not_have_is_told_so_at_once() {
    let world = World::with_projector(false).await;
    let sender = world.clerk(YBJ).await;
    sender.send_clue(GAJ).await;
    let asked = Instant::now();
    let unknown = read_at(&sender, 2).await;
    assert_eq!((unknown.problem(), &unknown.body["retryable"]), ((409, "position.unknown"), &json!(false)));
    assert!(asked.elapsed() < Duration::from_millis(1_900), "{:?}", asked.elapsed());
    assert!(unknown.body["detail"].as_str().unwrap().contains("Idempotency-Key"), "{}", unknown.body);
    sqlx::query("alter view log.log_head rename to hidden").execute(&world.pool).await.unwrap();
    let silent = read_at(&sender, 2).await;
    assert_eq!(silent.problem(), (503, "position.not-reached"), "the log does not say where it ends");
}

#[tokio::test]
async fn a_position_that_the_log_has_lost_is_told_after_the_wait() {
    let world = World::with_projector(false).await;
    let sender = world.clerk(YBJ).await;
    sender.send_clue(GAJ).await;
    let lost = "alter table log.event disable trigger all; delete from log.event; alter table log.event enable trigger all";
    sqlx::raw_sql(lost).execute(&world.pool).await.unwrap();
    assert_eq!(read_at(&sender, 1).await.problem(), (409, "position.unknown"));
}

#[tokio::test]
async fn what_was_written_through_another_gateway_is_waited_for() {
    let world = World::new().await;
    let sender = world.clerk(YBJ).await;
    let sent = sender.send_clue(GAJ).await;
    for position in [0, 1] {
        assert_eq!(read_at(&sender, position).await.status, 200);
    }
    // As another gateway would write: this one is told nothing of it.
    world.clock.set(crate::world::moment("2026-09-30T09:00:00+08:00"));
    world.miss(&sent, contract::clock::ClockCode::T02, GAJ).await;
    let head = world.head().await;
    assert!(head > 1);
    assert_eq!(read_at(&sender, head).await.status, 200);
    assert_eq!(read_at(&sender, head + 1).await.problem(), (409, "position.unknown"));
}
