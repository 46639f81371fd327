//! Departments that help each other, and sections inside one.

use crate::bad_input::{errors, refused, refused_act};
use crate::world::{Department, GAJ, LXB, WJW, World, YBJ, clue, id, moment};
use serde_json::{Value, json};

const SCJ: &str = "320100-scj";

async fn accepted(world: &World) -> Value {
    let clue = world.clerk(YBJ).await.send_clue(GAJ).await;
    let receiver = world.clerk(GAJ).await;
    receiver.act(&clue, "receipt", json!({})).await;
    receiver.act(&clue, "acceptance", json!({})).await
}

fn request(to: &str, case: &Value) -> Value {
    let mut body = clue(to);
    body["origin"] = json!(id(case));
    body
}

fn types(history: &Value) -> Vec<&str> {
    history["data"].as_array().unwrap().iter().map(|event| event["type"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_reply_to_a_request_for_assistance_lands_on_its_case_which_stays_where_it_is() {
    let world = World::new().await;
    let case = accepted(&world).await;
    let (sender, receiver, helper) = (world.clerk(YBJ).await, world.clerk(GAJ).await, world.clerk(SCJ).await);
    let create = |by: &Department<'_>, body: Value| by.writing("/v1/assistance-requests").json(&body);
    let missing = refused(|| create(&receiver, clue(SCJ)), 422, "request.invalid").await;
    assert_eq!(errors(&missing), [("/origin", "field.required")]);
    refused(|| create(&sender, request(SCJ, &case)), 409, "assistance.needs-case").await;
    let stranger = refused(|| create(&helper, request(WJW, &case)), 422, "request.invalid").await;
    assert_eq!(errors(&stranger), [("/origin", "origin.unknown")]);
    let asked = receiver.send("/v1/assistance-requests", request(SCJ, &case)).await;
    assert_eq!(
        (&asked["kind"], &asked["to"], &asked["origin"]),
        (&json!("assistance_request"), &json!(SCJ), &json!({"transfer": id(&case), "reason": "assistance"}))
    );
    assert_eq!(asked["clocks"][0]["code"], "T14");
    let open = receiver.get("/v1/watch/missing-feedback?include=pending").await.body;
    assert!(open["data"].as_array().unwrap().iter().any(|one| one["id"] == asked["id"]));
    let waiting = json!({"reason": "assistance", "evidence": asked["number"], "until": "2026-10-30"});
    receiver.act(&case, "suspension", waiting).await;
    assert_eq!(helper.act(&asked, "receipt", json!({})).await["state"], "accepted");
    refused_act(
        &helper,
        &asked,
        "objection",
        json!({"reason": "x", "proposed_department": WJW}),
        409,
        "transfer.wrong-kind",
    )
    .await;
    world.clock.set(moment("2026-09-18T09:00:00+08:00"));
    let reply = json!({"kind": "final", "text": "登记信息属实", "outcome": "other"});
    let closed = helper.act(&asked, "feedback", reply).await;
    assert_eq!((&closed["id"], &closed["state"]), (&asked["id"], &json!("closed")));
    let after = receiver.read(&case).await;
    assert_eq!(
        (&after["state"], &after["holder"], &after["suspension"]),
        (&json!("accepted"), &json!(GAJ), &json!(null))
    );
    let history = receiver.get(&format!("/v1/transfers/{}/events", id(&case))).await.body;
    let expected = [
        "clue-transfer.assistance-requested",
        "time-limit.suspended",
        "clue-transfer.assistance-replied",
        "time-limit.resumed",
    ];
    assert!(types(&history).ends_with(&expected), "{:?}", types(&history));
    let replied = &history["data"][5]["data"]["data"];
    assert_eq!((&replied["text"], &replied["department"]), (&json!("登记信息属实"), &json!(SCJ)));
    assert_eq!(
        helper.get(&format!("/v1/transfers/{}", id(&case))).await.status,
        404,
        "the case is not the helper's"
    );
}

#[tokio::test]
async fn a_joint_handling_merges_the_parts_of_its_participants() {
    let world = World::new().await;
    let case = accepted(&world).await;
    let (sender, lead) = (world.clerk(YBJ).await, world.clerk(GAJ).await);
    let joint = json!({"participants": [
        {"department": WJW, "request": "核查诊疗行为"}, {"department": SCJ, "request": "核查进销存"}]});
    refused_act(&sender, &case, "joint-handling", joint.clone(), 403, "transfer.wrong-party").await;
    let wrong = json!({"participants": [{"department": GAJ, "request": "x"}, {"department": "320100-qzf"}]});
    let wrong = refused_act(&lead, &case, "joint-handling", wrong, 422, "request.invalid").await;
    let expected = [
        ("/participants/0/department", "field.conflict"),
        ("/participants/1/department", "department.cannot-receive"),
        ("/participants/1/request", "field.required"),
    ];
    assert_eq!(errors(&wrong), expected);
    let twice =
        json!({"participants": [{"department": WJW, "request": "a"}, {"department": WJW, "request": "b"}]});
    let twice = refused_act(&lead, &case, "joint-handling", twice, 422, "request.invalid").await;
    assert_eq!(errors(&twice), [("/participants/1", "field.repeated")]);
    let many = vec![json!({"department": WJW, "request": "a"}); 21];
    for (body, code) in [
        (json!({}), "field.required"),
        (json!({"participants": []}), "field.empty"),
        (json!({"participants": many}), "field.too-many"),
    ] {
        let nobody = refused_act(&lead, &case, "joint-handling", body, 422, "request.invalid").await;
        assert_eq!(errors(&nobody), [("/participants", code)]);
    }
    let opened = lead.act(&case, "joint-handling", joint.clone()).await;
    assert_eq!((&opened["id"], &opened["parts_outstanding"]), (&case["id"], &json!([WJW, SCJ])));
    assert_eq!(lead.read(&case).await, opened);
    refused_act(&lead, &case, "joint-handling", joint, 409, "transfer.out-of-turn").await;
    let result = json!({"kind": "final", "text": "已处罚", "outcome": "penalty"});
    refused_act(&lead, &case, "feedback", result.clone(), 409, "feedback.parts-outstanding").await;
    let health = world.clerk(WJW).await;
    let part = health.get("/v1/transfers?box=in").await.body["data"][0].clone();
    assert_eq!((&part["kind"], &part["from"]), (&json!("assistance_request"), &json!(GAJ)));
    health.act(&part, "receipt", json!({})).await;
    health
        .act(
            &part,
            "feedback",
            json!({"kind": "final", "text": "诊疗不规范", "outcome": "correction_ordered"}),
        )
        .await;
    assert_eq!(lead.read(&case).await["parts_outstanding"], json!([SCJ]));
    let interim = json!({"kind": "interim", "text": "x", "without_parts": "x"});
    let wrong = refused_act(&lead, &case, "feedback", interim, 422, "request.invalid").await;
    assert_eq!(errors(&wrong), [("/without_parts", "field.conflict")]);
    let mut without = result;
    without["without_parts"] = json!("市场监管部门另行处理");
    assert_eq!(lead.act(&case, "feedback", without).await["state"], "answered");
    let history = sender.get(&format!("/v1/transfers/{}/events", id(&case))).await.body;
    let last = history["data"].as_array().unwrap().last().unwrap()["data"]["data"].clone();
    assert_eq!(
        (&last["parts"][0]["text"], last["parts"].as_array().unwrap().len()),
        (&json!("诊疗不规范"), 1)
    );
    assert_eq!(last["without_parts"], "市场监管部门另行处理");
}

#[tokio::test]
async fn an_internal_assignment_is_seen_by_nobody_else() {
    let world = World::new().await;
    let (sender, receiver) = (world.clerk(YBJ).await, world.clerk(GAJ).await);
    let office = world.supervisor(LXB).await;
    let clue = sender.send_clue(GAJ).await;
    receiver.act(&clue, "receipt", json!({})).await;
    let assignment = json!({"unit": "经侦支队三大队", "due_on": "2026-09-18", "note": "先核票据"});
    refused_act(&sender, &clue, "internal-assignment", assignment.clone(), 403, "transfer.wrong-party").await;
    let late = json!({"unit": "x", "due_on": "2026-12-31"});
    refused_act(&receiver, &clue, "internal-assignment", late, 422, "assignment.outside-clock").await;
    let wrong = json!({"unit": "", "due_on": 5});
    let wrong = refused_act(&receiver, &clue, "internal-assignment", wrong, 422, "request.invalid").await;
    assert_eq!(errors(&wrong), [("/unit", "field.empty"), ("/due_on", "field.wrong-type")]);
    let assigned = receiver.act(&clue, "internal-assignment", assignment.clone()).await;
    assert_eq!(assigned["assignment"], assignment);
    assert_eq!(receiver.read(&clue).await, assigned);
    let region = world.supervisor("320100-rmzf").await;
    let everything =
        world.caller("210000-zsb", contract::actor::Role::Supervisor, accounts::Scope::All).await;
    for other in [&sender, &office, &region, &everything] {
        assert_eq!(other.read(&clue).await["assignment"], json!(null));
        let history = other.get(&format!("/v1/transfers/{}/events?limit=2", id(&clue))).await;
        assert!(!history.text.contains("assigned-internally"), "{}", history.text);
        let next = history.body["next_cursor"].as_str().unwrap().to_owned();
        let rest = other.get(&format!("/v1/transfers/{}/events?limit=2&cursor={next}", id(&clue))).await.body;
        assert_eq!((&rest["data"], &rest["next_cursor"]), (&json!([]), &json!(null)));
        assert!(!other.get("/v1/events").await.text.contains("经侦"), "not in the feed");
    }
    assert!(receiver.get("/v1/events").await.text.contains("经侦"));
    let own = receiver.get(&format!("/v1/transfers/{}/events", id(&clue))).await.body;
    assert!(types(&own).contains(&"clue-transfer.assigned-internally"));
    let again = json!({"unit": "治安支队", "due_on": "2026-09-17"});
    let again = receiver.act(&clue, "internal-assignment", again).await;
    assert_eq!(again["assignment"], json!({"unit": "治安支队", "due_on": "2026-09-17", "note": null}));
}
