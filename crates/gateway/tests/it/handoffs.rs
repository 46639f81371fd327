//! Criminal handoffs over HTTP: repeats, versions, roles, and every mistake with its place.

use crate::world::{Answer, Department, GAJ, WJW, World, YBJ, answer, hide_events, id, pad_bodies};
use reqwest::Method;
use serde_json::{Value, json};

fn opening() -> Value {
    json!({ "to": GAJ, "title": "非法行医", "summary": "检查发现", "suspicion": "已达移送标准",
        "suspects": [{ "kind": "person", "name": "张三", "identity_number": "11010519491231002X", "offence": "非法行医罪" }] })
}

fn report() -> Value {
    json!({ "content": "报告", "officers": [
        { "name": "赵一", "certificate": "苏1" }, { "name": "钱二", "certificate": "苏2" }] })
}

async fn act_as(by: &Department<'_>, handoff: &Value, act: &str, key: &str, body: &Value) -> Answer {
    let path = format!("/v1/criminal-handoffs/{}/{act}", id(handoff));
    answer(by.request(Method::POST, &path).header("idempotency-key", key).json(body)).await
}

async fn act(by: &Department<'_>, handoff: &Value, act: &str, body: &Value) -> Answer {
    act_as(by, handoff, act, &contract::ids::fresh_id().to_string(), body).await
}

async fn keys(world: &World) -> i64 {
    sqlx::query_scalar("select count(*) from accounts.subject_key").fetch_one(&world.pool).await.unwrap()
}

#[tokio::test]
async fn a_repeat_gets_the_first_answer_and_makes_no_new_key() {
    let world = World::new().await;
    let agency = world.clerk(WJW).await;
    let path = "/v1/criminal-handoffs";
    let open =
        || answer(agency.request(Method::POST, path).header("idempotency-key", "k-1").json(&opening()));
    let (first, again) = (open().await, open().await);
    assert_eq!((first.status, again.status, again.header("idempotency-replayed")), (201, 201, "true"));
    assert_eq!(first.body, again.body);
    assert_eq!(first.header("location"), format!("/v1/criminal-handoffs/{}", id(&first.body)));
    let reported = act_as(&agency, &first.body, "report", "k-2", &report()).await;
    let made = keys(&world).await;
    let repeated = act_as(&agency, &first.body, "report", "k-2", &report()).await;
    assert_eq!((repeated.status, &repeated.body), (200, &reported.body));
    assert_eq!(keys(&world).await, made);
    let other = act_as(&agency, &first.body, "report", "k-2", &json!({})).await;
    assert_eq!(other.problem(), (422, "idempotency-key.reused"));
    let missing = answer(agency.request(Method::POST, path).json(&opening())).await;
    assert_eq!(missing.problem(), (400, "idempotency-key.missing"));
}

#[tokio::test]
async fn a_handoff_is_not_refused_for_good_while_the_log_does_not_say_whether_it_was_opened() {
    let world = World::new().await;
    let agency = world.clerk(WJW).await;
    let open = || {
        let request = agency.request(Method::POST, "/v1/criminal-handoffs");
        answer(request.header("idempotency-key", "k-1").json(&json!({})))
    };
    assert_eq!(open().await.problem(), (422, "request.invalid"));
    hide_events(&world.pool).await;
    assert_eq!(open().await.problem(), (503, "service.unavailable"));
}

#[tokio::test]
async fn a_transfer_that_is_accepted_after_its_handoff_was_opened_learns_of_the_crime_with_the_next_act() {
    let world = World::new().await;
    let (sender, agency) = (world.clerk(YBJ).await, world.clerk(WJW).await);
    let clue = sender.send_clue(WJW).await;
    agency.act(&clue, "receipt", json!({})).await;
    let mut opening = opening();
    opening["origin"] = json!(id(&clue));
    let opened = agency.post("/v1/criminal-handoffs", opening).await;
    assert_eq!(opened.status, 201, "{}", opened.body);
    agency.act(&clue, "acceptance", json!({})).await;
    assert_eq!(agency.clock(&clue, "T07").await["state"], "running");
    act(&agency, &opened.body, "report", &report()).await;
    assert_eq!(agency.clock(&clue, "T07").await["pause_reason"], "criminal_handoff");
    assert_eq!(agency.clock(&clue, "T08b").await["state"], "running");
}

#[tokio::test]
async fn a_page_of_large_events_ends_early_and_says_where_it_goes_on() {
    let world = World::new().await;
    let agency = world.clerk(WJW).await;
    let opened = agency.post("/v1/criminal-handoffs", opening()).await;
    let path = format!("/v1/criminal-handoffs/{}/events", id(&opened.body));
    assert_eq!(agency.get(&path).await.body["next_cursor"], json!(null));
    pad_bodies(&world.pool).await;
    let first = agency.get(&path).await.body;
    let next = first["next_cursor"].as_str().unwrap();
    let second = agency.get(&format!("{path}?cursor={next}")).await.body;
    let versions = |page: &Value| -> Vec<_> {
        page["data"].as_array().unwrap().iter().map(|event| event["version"].clone()).collect()
    };
    assert_eq!((versions(&first), versions(&second)), (vec![json!(1)], vec![json!(2)]));
    assert_eq!(second["next_cursor"], json!(null));
}

#[tokio::test]
async fn a_write_on_an_older_version_is_refused_and_a_read_has_the_shape_of_the_write() {
    let world = World::new().await;
    let agency = world.clerk(WJW).await;
    let opened = agency.post("/v1/criminal-handoffs", opening()).await;
    let path = format!("/v1/criminal-handoffs/{}", id(&opened.body));
    let stale = agency.writing(&format!("{path}/report")).header("if-match", "\"v1\"").json(&report());
    assert_eq!(answer(stale).await.problem(), (412, "precondition.failed"));
    let read = agency.get(&path).await;
    assert_eq!((read.header("etag"), &read.body), ("\"v2\"", &opened.body));
    assert_eq!(read.body["lanes"][0]["suspect"]["name"], "张三");
    let events = agency.get(&format!("{path}/events")).await;
    assert!(!events.text.contains("张三") && !events.text.contains("11010519491231002X"), "{}", events.text);
    let types: Vec<_> =
        events.body["data"].as_array().unwrap().iter().map(|event| event["type"].clone()).collect();
    assert_eq!(types, [json!("criminal-handoff.opened"), json!("criminal-handoff.suspicion-found")]);
    let page = agency.get(&format!("{path}/events?limit=1")).await.body;
    let rest =
        agency.get(&format!("{path}/events?limit=1&cursor={}", page["next_cursor"].as_str().unwrap())).await;
    assert_eq!(rest.body["data"][0]["version"], 2);
}

#[tokio::test]
async fn every_mistake_of_an_act_is_found_at_once_with_its_place() {
    let world = World::new().await;
    let agency = world.clerk(WJW).await;
    let opened = agency.send("/v1/criminal-handoffs", opening()).await;
    let wrong = json!({ "content": " ", "officers": [{ "name": "赵一" }, "x"], "lanes": [1] });
    let answer = act(&agency, &opened, "report", &wrong).await;
    let mut found: Vec<_> = answer.body["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| format!("{} {}", error["pointer"].as_str().unwrap(), error["code"].as_str().unwrap()))
        .collect();
    found.sort();
    assert_eq!(
        found,
        [
            "/content field.empty",
            "/lanes field.unknown",
            "/officers/0/certificate field.required",
            "/officers/1 field.wrong-type"
        ]
    );
    let mut bad = opening();
    bad["suspects"] = json!([]);
    let none = agency.post("/v1/criminal-handoffs", bad).await;
    assert_eq!(none.problem(), (422, "handoff.opening-unfit"), "{}", none.body);
    let mut bad = opening();
    bad["standard"] = json!("nothing");
    assert_eq!(agency.post("/v1/criminal-handoffs", bad).await.problem(), (422, "handoff.opening-unfit"));
    let mut bad = opening();
    bad["suspects"][0]["uscc"] = json!("91210200MA0QECKN5M");
    let conflict = agency.post("/v1/criminal-handoffs", bad).await;
    assert_eq!(conflict.body["errors"][0]["pointer"], "/suspects/0/uscc", "{}", conflict.body);
}

#[tokio::test]
async fn the_head_decides_and_a_refusal_names_the_article_and_what_is_possible() {
    let world = World::new().await;
    let (agency, head) = (world.clerk(WJW).await, world.head_of(WJW).await);
    let opened = agency.send("/v1/criminal-handoffs", opening()).await;
    let approval = json!({ "approval": { "name": "孙三", "post": "head" } });
    let early = act(&head, &opened, "approval", &approval).await;
    assert_eq!(early.problem(), (409, "handoff.out-of-turn"));
    assert!(early.body["detail"].as_str().unwrap().contains("Decree 310"), "{}", early.body);
    let allowed = early.body["allowed_acts"].as_array().unwrap();
    assert!(allowed.contains(&json!("report")) && !allowed.contains(&json!("approval")), "{allowed:?}");
    act(&agency, &opened, "report", &report()).await;
    assert_eq!(act(&agency, &opened, "approval", &approval).await.problem(), (403, "role.forbidden"));
    let mut deputy = approval.clone();
    deputy["approval"] = json!({ "name": "李四", "post": "presiding_deputy", "presides_from": "2026-09-17" });
    let not_yet = act(&head, &opened, "approval", &deputy).await;
    assert_eq!(not_yet.body["condition"], "head_decides");
    deputy["approval"]["presides_from"] = json!("2026-09-16");
    assert_eq!(act(&head, &opened, "approval", &deputy).await.status, 200);
    let penalty = json!({ "decision": "penalty", "content": "罚款", "fine_fen": 100 });
    let instead = act(&agency, &opened, "administrative-decision", &penalty).await;
    assert_eq!(instead.problem(), (409, "handoff.penalty-instead"));
    let stranger = world.clerk("320100-scj").await;
    assert_eq!(act(&stranger, &opened, "report", &report()).await.problem(), (404, "handoff.not-found"));
    let transfer = agency.get(&format!("/v1/transfers/{}", id(&opened))).await;
    assert_eq!(transfer.problem(), (404, "transfer.not-found"), "a handoff is no transfer");
    let as_transfer = agency.post(&format!("/v1/transfers/{}/receipt", id(&opened)), json!({})).await;
    assert_eq!(as_transfer.problem(), (404, "transfer.not-found"));
}

#[tokio::test]
async fn a_case_is_sent_on_only_by_a_transfer_of_ones_own() {
    let world = World::new().await;
    let (agency, insurance) = (world.clerk(WJW).await, world.clerk(YBJ).await);
    let opened = agency.send("/v1/criminal-handoffs", opening()).await;
    let (own, foreign) = (agency.send_clue(GAJ).await, insurance.send_clue(GAJ).await);
    for stranger in [id(&foreign), id(&opened), "0192a3b4-0000-7000-8000-000000000001"] {
        let refused = act(&agency, &opened, "resending", &json!({ "transfer": stranger })).await;
        assert_eq!(refused.problem(), (422, "request.invalid"), "{stranger}");
        let wrong = &refused.body["errors"][0];
        assert_eq!((&wrong["pointer"], &wrong["code"]), (&json!("/transfer"), &json!("transfer.not-found")));
    }
    let withdrawn = agency.send_clue(GAJ).await;
    agency.act(&withdrawn, "withdrawal", json!({ "reason": "发错单位" })).await;
    let refused = act(&agency, &opened, "resending", &json!({ "transfer": id(&withdrawn) })).await;
    let wrong = &refused.body["errors"][0];
    assert_eq!((&wrong["pointer"], &wrong["code"]), (&json!("/transfer"), &json!("transfer.ended")));
    let early = act(&agency, &opened, "resending", &json!({ "transfer": id(&own) })).await;
    assert_eq!(early.problem(), (409, "handoff.out-of-turn"), "{}", early.body);
}

#[tokio::test]
async fn the_same_person_in_two_handoffs_is_seen_by_whoever_sees_both() {
    let world = World::new().await;
    let (health, insurance) = (world.clerk(WJW).await, world.clerk("320100-ybj").await);
    let procuratorate = world.clerk("320100-jcy").await;
    let one = health.send("/v1/criminal-handoffs", opening()).await;
    let two = insurance.send("/v1/criminal-handoffs", opening()).await;
    let seen = procuratorate.get(&format!("/v1/criminal-handoffs/{}", id(&one))).await.body;
    assert_eq!(seen["same_suspects"], json!([id(&two)]));
    let own = health.get(&format!("/v1/criminal-handoffs/{}", id(&one))).await.body;
    assert_eq!(own["same_suspects"], json!([]));
}
