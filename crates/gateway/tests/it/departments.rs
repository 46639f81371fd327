//! What departments say about themselves, and their digest.

use crate::world::{Answer, Department, GAJ, World, YBJ, answer, id};
use reqwest::Method;
use serde_json::{Value, json};

async fn put(caller: &Department<'_>, path: &str, body: Value) -> Answer {
    answer(caller.request(Method::PUT, path).json(&body)).await
}

/// The wrong fields of an answer.
fn pointers(answer: &Answer) -> Vec<&str> {
    let errors = answer.body["errors"].as_array().into_iter().flatten();
    errors.map(|error| error["pointer"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_department_sets_its_own_quiet_hours_also_across_midnight() {
    let world = World::new().await;
    let (clerk, head) = (world.clerk(YBJ).await, world.head_of(YBJ).await);
    let path = format!("/v1/departments/{YBJ}/notification-settings");
    let none = clerk.get(&path).await.body;
    assert_eq!(none, json!({"department": YBJ, "quiet_hours": null, "digest_at": null}));
    let wanted = json!({"quiet_hours": {"from": "22:00", "to": "07:30"}, "digest_at": "08:30"});
    assert_eq!(put(&clerk, &path, wanted.clone()).await.problem(), (403, "role.forbidden"));
    let set = put(&head, &path, wanted.clone()).await;
    assert_eq!(set.status, 200, "{}", set.body);
    let read = clerk.get(&path).await.body;
    assert_eq!((&read["quiet_hours"], &read["digest_at"]), (&wanted["quiet_hours"], &wanted["digest_at"]));
    let wrong = json!({"quiet_hours": {"from": "22:00", "to": "22:00", "x": 1}, "digest_at": "8:30"});
    let refused = put(&head, &path, wrong).await;
    assert_eq!(refused.problem(), (422, "request.invalid"));
    assert_eq!(pointers(&refused), ["/quiet_hours/to", "/quiet_hours/x", "/digest_at"]);
    let long = put(&head, &path, json!({"quiet_hours": {"from": "18:00", "to": "08:30"}})).await;
    assert_eq!(pointers(&long), ["/quiet_hours/to"]);
    let said = long.body["errors"][0]["detail"].as_str().unwrap();
    assert!(said.contains("12"), "{said}");
    let half = put(&head, &path, json!({"quiet_hours": {"from": "25:00"}})).await;
    assert_eq!(pointers(&half), ["/quiet_hours/from", "/quiet_hours/to"]);
    let supervisor = world.supervisor(YBJ).await;
    assert_eq!(put(&supervisor, &path, json!({})).await.body["quiet_hours"], Value::Null);
    let stranger = world.supervisor(GAJ).await;
    for refused in [stranger.get(&path).await, put(&stranger, &path, json!({})).await] {
        assert_eq!(refused.problem(), (403, "department.not-yours"));
    }
}

#[tokio::test]
async fn the_contact_is_handed_over_from_a_day_and_everybody_may_ask() {
    let world = World::new().await;
    let (clerk, head, stranger) = (world.clerk(YBJ).await, world.head_of(YBJ).await, world.clerk(GAJ).await);
    let path = format!("/v1/departments/{YBJ}/contact");
    assert_eq!(stranger.get(&path).await.body["contact"], Value::Null);
    let contact =
        |from: Option<&str>, name: &str| json!({"from": from, "name": name, "phone": "025-58880000"});
    assert_eq!(put(&clerk, &path, contact(None, "李某")).await.status, 200);
    let later = put(&head, &path, contact(Some("2026-10-08"), "王某")).await;
    assert_eq!((later.status, &later.body["on"]), (200, &json!("2026-10-08")));
    let name_on =
        async |query: &str| stranger.get(&format!("{path}{query}")).await.body["contact"]["name"].clone();
    assert_eq!(name_on("").await, "李某");
    assert_eq!(name_on("?on=2026-10-07").await, "李某");
    assert_eq!(name_on("?on=2026-10-08").await, "王某");
    let past = put(&clerk, &path, contact(Some("2026-09-15"), "王某")).await;
    assert_eq!(pointers(&past), ["/from"]);
    assert_eq!(put(&stranger, &path, contact(None, "赵某")).await.problem(), (403, "department.not-yours"));
    let supervisor = world.supervisor(YBJ).await;
    assert_eq!(put(&supervisor, &path, contact(None, "赵某")).await.problem(), (403, "role.forbidden"));
    let nobody = stranger.get("/v1/departments/999999-xxx/contact").await;
    assert_eq!(nobody.problem(), (404, "department.not-found"));
    let wrong = stranger.get(&format!("{path}?on=tomorrow")).await;
    assert_eq!(wrong.problem(), (400, "request.query"));
}

#[tokio::test]
async fn a_colleague_covers_an_absence_and_nobody_covers_itself() {
    let world = World::new().await;
    let (clerk, head, stranger) = (world.clerk(YBJ).await, world.head_of(YBJ).await, world.clerk(GAJ).await);
    let path = format!("/v1/departments/{YBJ}/absences");
    let absence =
        |cover: &str, from: &str, until: &str| json!({"covered_by": cover, "from": from, "until": until});
    let good = absence(&head.key_id, "2026-09-16", "2026-09-18");
    let named = |body: &Value| clerk.request(Method::POST, &path).header("idempotency-key", "a").json(body);
    let (first, again) = (answer(named(&good)).await, answer(named(&good)).await);
    assert_eq!((first.status, &first.body), (201, &again.body));
    assert_eq!(first.body["key_id"], json!(clerk.key_id));
    let other = absence(&head.key_id, "2026-09-16", "2026-09-19");
    assert_eq!(answer(named(&other)).await.problem(), (422, "idempotency-key.reused"));
    let unnamed = answer(clerk.request(Method::POST, &path).json(&good)).await;
    assert_eq!(unnamed.problem(), (400, "idempotency-key.missing"));
    for (body, pointer) in [
        (absence(&clerk.key_id, "2026-09-16", "2026-09-18"), "/covered_by"),
        (absence(&stranger.key_id, "2026-09-16", "2026-09-18"), "/covered_by"),
        (absence(&head.key_id, "2026-09-18", "2026-09-17"), "/until"),
        (absence(&head.key_id, "2026-09-14", "2026-09-15"), "/until"),
    ] {
        let refused = clerk.post(&path, body.clone()).await;
        assert_eq!((refused.status, pointers(&refused)), (422, vec![pointer]), "{body}");
    }
    let listed = head.get(&path).await.body;
    assert_eq!((&listed["data"], listed["keys"].as_array().unwrap().len()), (&json!([first.body]), 2));
    assert_eq!(head.get(&format!("{path}?on=2026-09-19")).await.body["data"], json!([]));
    assert_eq!(head.get("/v1/digest").await.body["covering"], json!([clerk.key_id]));
    assert_eq!(stranger.get(&path).await.problem(), (403, "department.not-yours"));
}

#[tokio::test]
async fn a_repeat_of_an_absence_gets_the_same_answer_also_when_it_is_over() {
    let world = World::new().await;
    let (clerk, head) = (world.clerk(YBJ).await, world.head_of(YBJ).await);
    let path = format!("/v1/departments/{YBJ}/absences");
    let note = async |until: &str| {
        let body = json!({"covered_by": head.key_id, "from": "2026-09-16", "until": until});
        answer(clerk.request(Method::POST, &path).header("idempotency-key", "a").json(&body)).await
    };
    // Both arrive at the same time: one is noted, and the other is another one under its key.
    let (one, other) = tokio::join!(note("2026-09-17"), note("2026-09-18"));
    let (noted, refused) = if one.status == 201 { (&one, &other) } else { (&other, &one) };
    assert_eq!((noted.status, refused.problem()), (201, (422, "idempotency-key.reused")));
    let until = noted.body["until"].as_str().unwrap();
    world.clock.set(crate::world::moment("2026-10-08T09:00:00+08:00"));
    let again = note(until).await;
    assert_eq!((again.status, &again.body), (201, &noted.body));
    assert_eq!(note("2026-09-16").await.problem(), (422, "idempotency-key.reused"));
}

#[tokio::test]
async fn only_a_head_notes_the_absence_of_a_head() {
    let world = World::new().await;
    let (clerk, head) = (world.clerk(YBJ).await, world.head_of(YBJ).await);
    let path = format!("/v1/departments/{YBJ}/absences");
    let body = json!({
        "key_id": head.key_id, "covered_by": clerk.key_id, "from": "2026-09-16", "until": "2026-09-18"
    });
    for other in [&clerk, &world.supervisor(YBJ).await] {
        assert_eq!(other.post(&path, body.clone()).await.problem(), (403, "role.forbidden"));
    }
    assert_eq!(head.post(&path, body).await.status, 201);
}

#[tokio::test]
async fn the_digest_counts_what_is_due_overdue_urged_and_new() {
    let world = World::new().await;
    let (sender, receiver) = (world.clerk(YBJ).await, world.clerk(GAJ).await);
    let old = sender.send_clue(GAJ).await;
    let digest = receiver.get("/v1/digest").await.body;
    let counts = |digest: &Value| {
        ["due_today", "due_tomorrow", "overdue", "urgings", "new"].map(|name| digest[name].as_i64().unwrap())
    };
    assert_eq!(counts(&digest), [0, 1, 0, 0, 1], "a clue is signed by the end of the next working day");
    assert_eq!(digest["data"][0]["because"], json!(["due_tomorrow", "new"]));
    world.clock.set(crate::world::moment("2026-09-18T09:00:00+08:00"));
    let new = sender.send_clue(GAJ).await;
    let office = world.supervisor("320100-lxb").await;
    office.act(&old, "urge", json!({"reason": "请尽快签收。"})).await;
    let digest = receiver.get("/v1/digest").await.body;
    // The eighteenth is a Friday, and the twentieth a make-up Sunday.
    assert_eq!(counts(&digest), [0, 0, 1, 1, 1], "{digest}");
    let shown: Vec<_> =
        digest["data"].as_array().unwrap().iter().map(|entry| id(&entry["transfer"])).collect();
    assert_eq!(shown, [id(&old), id(&new)], "the most urgent comes first");
    assert_eq!(counts(&sender.get("/v1/digest").await.body), [0; 5], "it is of the caller's department");
}
