//! Every mistake of the list "Bad input": a problem with a stable code, in both languages, and nothing changes.

use crate::world::{Answer, Department, GAJ, LXB, WJW, World, YBJ, answer, clue, id};
use accounts::{NewKey, Scope};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use contract::actor::Role;
use contract::ids::{DepartmentId, TransferId};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

/// Sends a wrong request in both languages and checks the shape of the problem; answers the English one.
pub async fn refused(request: impl Fn() -> RequestBuilder, status: u16, code: &str) -> Answer {
    let mut titles = Vec::new();
    let mut last = None;
    for language in ["zh-CN", "en"] {
        let mut built = request().build().unwrap();
        built.headers_mut().insert("accept-language", language.parse().unwrap());
        let answer = answer(RequestBuilder::from_parts(reqwest::Client::new(), built)).await;
        assert_eq!(answer.problem(), (status, code), "{}", answer.text);
        assert_eq!(answer.header("content-type"), "application/problem+json");
        assert_eq!(answer.header("content-language"), language);
        let body = &answer.body;
        assert_eq!(body["type"], format!("urn:casebus:problem:{code}"));
        assert_eq!(
            (body["status"].as_u64(), body["request_id"].as_str()),
            (Some(u64::from(status)), Some(answer.header("casebus-request-id")))
        );
        assert!(body["instance"].as_str().unwrap().starts_with('/') && body["retryable"].is_boolean());
        let is_chinese =
            body["detail"].as_str().unwrap().chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        assert!(is_chinese || language == "en", "{body}");
        assert!(!answer.text.contains("{$") && !answer.text.contains("{ $"), "{body}");
        titles.push(body["title"].clone());
        last = Some(answer);
    }
    assert_ne!(titles[0], titles[1]);
    last.unwrap()
}

/// The wrong fields: pointer and code.
pub fn errors(answer: &Answer) -> Vec<(&str, &str)> {
    let errors = answer.body["errors"].as_array().unwrap();
    errors.iter().map(|error| (error["pointer"].as_str().unwrap(), error["code"].as_str().unwrap())).collect()
}

fn with(name: &str, value: Value) -> Value {
    let mut body = clue(GAJ);
    body[name] = value;
    body
}

#[tokio::test]
async fn a_wrong_field_is_named_with_its_pointer_and_changes_nothing() {
    let world = World::new().await;
    let sender = world.clerk(YBJ).await;
    let organisation = |uscc: &str| json!([{"kind": "organisation", "name": "某某药店", "uscc": uscc}]);
    let cases = [
        (with("to", json!("999999-xyz")), "/to", "department.unknown"),
        (with("to", json!("320100-qzf")), "/to", "department.cannot-receive"),
        (with("to", json!("not an id")), "/to", "field.malformed"),
        (with("to", json!(YBJ)), "/to", "transfer.to-oneself"),
        (with("to", Value::Null), "/to", "field.required"),
        (with("subject_matter", json!("党建、行风")), "/subject_matter", "field.conflict"),
        (with("subjects", organisation("91210200MA0QECKN5")), "/subjects/0/uscc", "uscc.malformed"),
        (with("subjects", organisation("91210200MA0QECKN6M")), "/subjects/0/uscc", "uscc.check-character"),
        (with("title", json!("")), "/title", "field.empty"),
        (with("title", json!("字".repeat(201))), "/title", "field.too-long"),
        (with("summary", json!("字".repeat(4001))), "/summary", "field.too-long"),
        (with("summary", json!("a\u{0}b")), "/summary", "field.control-character"),
        (with("urgency", json!("very")), "/urgency", "field.unknown-value"),
        (with("source", json!("rumour")), "/source", "field.unknown-value"),
        (with("colour", json!("red")), "/colour", "field.unknown"),
        (with("deadline", json!("2026-12-31")), "/deadline", "field.unknown"),
        (with("title", json!(7)), "/title", "field.wrong-type"),
        (with("subjects", json!({})), "/subjects", "field.wrong-type"),
        (
            with("subjects", json!(vec![json!({"kind": "organisation", "name": "x"}); 51])),
            "/subjects",
            "field.too-many",
        ),
        (with("discovered_at", json!("2026-09-16T09:00:01+08:00")), "/discovered_at", "field.in-future"),
        (with("discovered_at", json!("yesterday")), "/discovered_at", "field.malformed"),
        (with("origin", json!(TransferId::fresh())), "/origin", "origin.unknown"),
        (json!([]), "", "field.wrong-type"),
    ];
    for (body, pointer, code) in cases {
        let answer =
            refused(|| sender.writing("/v1/clue-transfers").json(&body), 422, "request.invalid").await;
        assert_eq!(errors(&answer), [(pointer, code)], "{}", answer.text);
    }
    let hosted = world.clerk(WJW).await;
    let answer = refused(|| hosted.writing("/v1/notices").json(&clue(LXB)), 422, "request.invalid").await;
    assert_eq!(
        errors(&answer),
        [("/to", "transfer.to-oneself")],
        "an office inside a department counts as it"
    );
    let mut matter = clue(GAJ);
    matter.as_object_mut().unwrap().remove("to");
    matter["subject_matter"] = json!("没有这个事项");
    let answer = refused(|| sender.writing("/v1/notices").json(&matter), 422, "request.invalid").await;
    assert_eq!(errors(&answer), [("/subject_matter", "subject-matter.unknown")]);
    assert_eq!(world.head().await, 0);
}

#[tokio::test]
async fn all_wrong_fields_are_named_at_once() {
    let world = World::new().await;
    let sender = world.clerk(YBJ).await;
    let body = json!({"to": "999999-xyz", "title": "", "urgency": "x", "extra": 1,
        "subjects": [{"kind": "person", "name": "张三", "identity_number": "110105194912310021"}]});
    let answer = refused(|| sender.writing("/v1/case-referrals").json(&body), 422, "request.invalid").await;
    let mut found = errors(&answer);
    found.sort_unstable();
    let expected = [
        ("/extra", "field.unknown"),
        ("/source", "field.required"),
        ("/subjects/0/identity_number", "identity-number.invalid"),
        ("/summary", "field.required"),
        ("/title", "field.empty"),
        ("/to", "department.unknown"),
        ("/urgency", "field.unknown-value"),
    ];
    assert_eq!(found, expected);
    assert!(answer.body["detail"].as_str().unwrap().contains('7'));
    let many: serde_json::Map<_, _> =
        (0..5_000).map(|number| (format!("field {number}"), json!(1))).collect();
    let answer = refused(|| sender.writing("/v1/notices").json(&many), 422, "request.invalid").await;
    assert_eq!(errors(&answer).len(), 100, "a long list of mistakes is cut");
    assert_eq!(world.head().await, 0);
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_refused() {
    let world = World::new().await;
    let sender = world.clerk(YBJ).await;
    let post = |body: &'static str, media_type: &'static str| {
        sender.writing("/v1/clue-transfers").header("content-type", media_type).body(body)
    };
    let broken =
        refused(|| post("{\"title\":\n  \"x\",}", "application/json"), 400, "request.malformed").await;
    assert_eq!((&broken.body["line"], &broken.body["column"]), (&json!(2), &json!(7)));
    for body in ["", "{", "nul", "{\"a\":1}x"] {
        refused(|| post(body, "application/json"), 400, "request.malformed").await;
    }
    let deep: &'static str = Box::leak("[".repeat(100_000).into_boxed_str());
    refused(|| post(deep, "application/json"), 400, "request.malformed").await;
    for media_type in ["text/plain", "application/xml", "application/json; charset=gbk"] {
        refused(|| post("{}", media_type), 415, "request.media-type").await;
    }
    let large = || {
        sender
            .writing("/v1/clue-transfers")
            .header("content-type", "application/json")
            .body(vec![b' '; 2 << 20])
    };
    refused(large, 413, "request.too-large").await;
    let mut many = clue(GAJ);
    many["subjects"] = json!(vec![json!({"": 0}); 10_000]);
    let many =
        refused(|| sender.writing("/v1/clue-transfers").json(&many), 413, "request.too-many-values").await;
    assert!(many.body["detail"].as_str().unwrap().contains("20000"), "{}", many.body);
    assert_eq!(world.head().await, 0);
}

#[tokio::test]
async fn a_missing_foreign_revoked_or_expired_key_is_refused() {
    let world = World::new().await;
    let good = world.clerk(GAJ).await;
    let missing = || world.request(Method::GET, "/v1/transfers");
    let keyless = refused(missing, 401, "key.missing").await;
    assert!(keyless.header("www-authenticate").starts_with("Bearer"));
    let post = || world.request(Method::POST, "/v1/clue-transfers").json(&clue(GAJ));
    refused(post, 401, "key.missing").await;
    for foreign in ["cb_k_000000000000_AAAA", "hunter2"] {
        refused(|| missing().bearer_auth(foreign), 401, "key.unknown").await;
    }
    refused(|| missing().header("authorization", "Basic eDp5"), 401, "key.missing").await;
    for of_a_proxy in ["Basic eDp5", "Negotiate"] {
        let beside = || missing().header("authorization", of_a_proxy).header("x-api-key", &good.key);
        assert_eq!(answer(beside()).await.status, 200, "{of_a_proxy}");
        refused(
            || missing().header("authorization", of_a_proxy).header("x-api-key", "x"),
            401,
            "key.unknown",
        )
        .await;
    }
    let empty = || missing().header("authorization", "Bearer").header("x-api-key", &good.key);
    refused(empty, 401, "key.missing").await;
    let revoked = world.clerk(YBJ).await;
    assert!(world.accounts.revoke_key(&revoked.key_id, world.clock.now()).await.unwrap());
    refused(|| post().bearer_auth(&revoked.key), 401, "key.revoked").await;
    let new = NewKey {
        department: DepartmentId::new(YBJ).unwrap(),
        role: Role::Clerk,
        scope: Scope::Own,
        label: String::new(),
        expires_at: Some(world.clock.now()),
    };
    let expired = world.accounts.create_key(new, world.clock.now()).await.unwrap();
    refused(|| post().bearer_auth(&expired.secret), 401, "key.expired").await;
    assert_eq!(world.head().await, 0);
}

/// Tries an act that must be refused.
pub async fn refused_act(
    by: &Department<'_>,
    sent: &Value,
    act: &str,
    body: Value,
    status: u16,
    code: &str,
) -> Answer {
    refused(|| by.writing(&format!("/v1/transfers/{}/{act}", id(sent))).json(&body), status, code).await
}

#[tokio::test]
async fn an_act_out_of_turn_by_the_wrong_party_twice_or_after_the_end_is_refused() {
    let world = World::new().await;
    let (sender, receiver) = (world.clerk(YBJ).await, world.clerk(GAJ).await);
    let sent = sender.send_clue(GAJ).await;
    let before = refused_act(&receiver, &sent, "acceptance", json!({}), 409, "transfer.out-of-turn").await;
    assert_eq!(before.body["allowed_actions"], json!(["receipt", "internal_assignment"]));
    refused_act(&sender, &sent, "receipt", json!({}), 403, "transfer.wrong-party").await;
    refused_act(&receiver, &sent, "conversion", json!({}), 409, "transfer.wrong-kind").await;
    receiver.act(&sent, "receipt", json!({})).await;
    refused_act(&receiver, &sent, "receipt", json!({}), 409, "transfer.already-done").await;
    receiver.act(&sent, "acceptance", json!({})).await;
    let interim = json!({"kind": "final", "text": "办结", "outcome": "unfounded"});
    receiver.act(&sent, "feedback", interim.clone()).await;
    for number in ["2", "0", "x", "99999999999"] {
        let act = format!("feedback/{number}/confirmation");
        refused_act(&sender, &sent, &act, json!({}), 404, "feedback.unknown").await;
    }
    let office = world.supervisor(LXB).await;
    refused_act(&office, &sent, "feedback/1/confirmation", json!({}), 409, "confirmation.too-early").await;
    let clerk = world.clerk(LXB).await;
    refused_act(&clerk, &sent, "feedback/1/confirmation", json!({}), 403, "role.forbidden").await;
    sender.act(&sent, "feedback/1/confirmation", json!({})).await;
    refused_act(&receiver, &sent, "feedback", interim, 409, "transfer.ended").await;
    refused_act(&sender, &sent, "withdrawal", json!({"reason": "x"}), 409, "transfer.ended").await;
    assert_eq!(world.head().await, 6);
}

#[tokio::test]
async fn a_wrong_body_of_an_act_is_refused() {
    let world = World::new().await;
    let (sender, receiver) = (world.clerk(YBJ).await, world.clerk(GAJ).await);
    let sent = sender.send_clue(GAJ).await;
    let cases = [
        ("receipt", json!({"x": 1}), vec![("/x", "field.unknown")]),
        (
            "supplement-request",
            json!({"reason": "x", "missing": ["", 1]}),
            vec![("/missing/0", "field.empty"), ("/missing/1", "field.wrong-type")],
        ),
        (
            "objection",
            json!({"reason": " "}),
            vec![("/reason", "field.empty"), ("/proposed_department", "field.required")],
        ),
        ("filing", json!({"filed": true, "reason": "x"}), vec![("/reason", "field.conflict")]),
        (
            "filing",
            json!({"filed": false, "case_number": "1"}),
            vec![("/case_number", "field.conflict"), ("/reason", "field.required")],
        ),
        ("feedback", json!({"kind": "final", "text": "x"}), vec![("/outcome", "outcome.required")]),
        (
            "feedback",
            json!({"kind": "interim", "text": "x", "outcome": "other"}),
            vec![("/outcome", "outcome.required")],
        ),
        (
            "feedback",
            json!({"kind": "third", "text": "字".repeat(4001)}),
            vec![("/kind", "field.unknown-value"), ("/text", "field.too-long")],
        ),
    ];
    for (act, body, wrong) in cases {
        let answer = refused_act(&receiver, &sent, act, body, 422, "request.invalid").await;
        assert_eq!(errors(&answer), wrong, "{act}");
    }
    let resending = json!({"to": YBJ});
    let answer = refused_act(&sender, &sent, "resending", resending, 422, "request.invalid").await;
    assert_eq!(errors(&answer), [("/to", "transfer.to-oneself")]);
    assert_eq!(world.head().await, 1);
}

#[tokio::test]
async fn headers_parameters_and_routes_that_are_wrong_are_refused() {
    let world = World::new().await;
    let (sender, receiver) = (world.clerk(YBJ).await, world.clerk(GAJ).await);
    let sent = sender.send_clue(GAJ).await;
    let create = || sender.request(Method::POST, "/v1/clue-transfers").json(&clue(GAJ));
    refused(create, 400, "idempotency-key.missing").await;
    for key in ["", "a b", "\"a"] {
        refused(|| create().header("idempotency-key", key), 400, "idempotency-key.invalid").await;
    }
    let receipt = format!("/v1/transfers/{}/receipt", id(&sent));
    refused(|| receiver.writing(&receipt).header("if-match", "v1"), 400, "precondition.invalid").await;
    let stale =
        refused(|| receiver.writing(&receipt).header("if-match", "\"v7\""), 412, "precondition.failed").await;
    assert_eq!(stale.body["current_version"], 1);
    for query in [
        "colour=red",
        "state=asleep",
        "limit=0",
        "limit=201",
        "limit=x",
        "overdue=maybe",
        "holder=x",
        "box=up",
        "text=",
        "box=in&box=out",
    ] {
        let path = format!("/v1/transfers?{query}");
        refused(|| sender.request(Method::GET, &path), 400, "request.query").await;
    }
    for cursor in ["x", "e30", "%00"] {
        let path = format!("/v1/transfers?cursor={cursor}");
        refused(|| sender.request(Method::GET, &path), 400, "request.cursor").await;
    }
    // A place that no list has given: Postgres does not know such a year.
    sender.send_clue(GAJ).await;
    let path = "/v1/watch/unacknowledged?include=pending&limit=1";
    let list = sender.get(path).await;
    let placed = URL_SAFE_NO_PAD.decode(list.body["next_cursor"].as_str().unwrap()).unwrap();
    let mut placed: Value = serde_json::from_slice(&placed).unwrap();
    placed["place"]["due_at"] = json!("-4800-01-01T00:00:00Z");
    let path = format!("{path}&cursor={}", URL_SAFE_NO_PAD.encode(placed.to_string()));
    refused(|| sender.request(Method::GET, &path), 400, "request.cursor").await;
    // However many there are, they are looked at once.
    let names: Vec<String> = (0..8_000).map(|n| format!("a{n}")).collect();
    let path = format!("/v1/transfers?{}", names.join("&"));
    refused(|| sender.request(Method::GET, &path), 400, "request.query").await;
    refused(
        || sender.request(Method::GET, "/v1/transfers").header("casebus-min-position", "-1"),
        400,
        "request.query",
    )
    .await;
    refused(|| sender.request(Method::GET, "/v1/nothing"), 404, "request.no-route").await;
    let method = refused(|| sender.request(Method::DELETE, "/v1/transfers"), 405, "request.method").await;
    assert!(method.header("allow").contains("GET"));
    assert_eq!(world.head().await, 2);
}
