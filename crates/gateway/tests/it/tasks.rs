//! Supervision tasks as a ledger: to several departments, each with its own state, struck off by another than the one
//! that did the work.

use crate::bad_input::{errors, refused, refused_act};
use crate::world::{GAJ, GOVERNMENT, LXB, WJW, World, YBJ, clue, id, moment};
use serde_json::{Value, json};

const PATH: &str = "/v1/supervision-tasks";

/// A task with nothing but what all have, to nobody yet.
fn task() -> Value {
    let mut body = clue("");
    body.as_object_mut().unwrap().remove("to");
    body["source"] = json!("rectification_list");
    body
}

fn with(name: &str, value: Value) -> Value {
    let mut body = task();
    body[name] = value;
    body
}

#[tokio::test]
async fn a_task_to_three_departments_is_one_ledger_whose_counts_are_always_true() {
    let world = World::new().await;
    let office = world.supervisor(GOVERNMENT).await;
    let mut body = with("departments", json!([YBJ, GAJ, WJW]));
    body["measures"] = json!(["核查全部门店", "追回资金"]);
    body["purpose"] = json!("rectification");
    body["deadline"] = json!("2026-12-31");
    body["due_dates"] = json!([
        {"on": "2026-10-20", "item": "progress"}, {"on": "2026-09-25", "item": "plan"}]);
    let sent = office.post(PATH, body).await;
    assert_eq!(sent.status, 201, "{}", sent.text);
    let location = sent.header("location").to_owned();
    assert_eq!(location, format!("/v1/supervision-tasks/{}", sent.body["matter"].as_str().unwrap()));
    assert_eq!(sent.header("casebus-group-complete"), "");
    assert_eq!(sent.body["measures"], json!(["核查全部门店", "追回资金"]));
    let dates = json!([{"on": "2026-09-25", "item": "plan"}, {"on": "2026-10-20", "item": "progress"},
        {"on": "2026-12-31", "item": "completion"}]);
    assert_eq!((&sent.body["due_dates"], &sent.body["deadline"]), (&dates, &json!("2026-12-31")));
    assert_eq!(office.read(&sent.body).await, sent.body);
    let counts = |ledger: &Value| {
        let of = |name: &str| ledger[name].as_u64().unwrap();
        (of("total"), of("signed"), of("plan_filed"), of("answered"), of("struck_off"), of("overdue"))
    };
    let ledger = office.get(&location).await.body;
    assert_eq!(counts(&ledger), (3, 0, 0, 0, 0, 0));
    let entries = ledger["entries"].as_array().unwrap();
    let task_of = |department: &str| entries.iter().find(|entry| entry["to"] == department).unwrap().clone();
    for department in [YBJ, GAJ] {
        let (clerk, task) = (world.clerk(department).await, task_of(department));
        assert_eq!(clerk.act(&task, "receipt", json!({})).await["state"], "accepted");
        assert_eq!(clerk.clock(&task, "T21").await["due_on"], "2026-09-25");
        let plan = json!({"text": "整改方案", "measures": ["逐店核查"]});
        clerk.act(&task, "plan", plan).await;
        assert_eq!(clerk.clock(&task, "T21").await["due_on"], "2026-10-20", "the next of its own dates");
        clerk.act(&task, "progress", json!({"text": "已核查十家", "evidence": ["台账第3页"]})).await;
        assert_eq!(clerk.clock(&task, "T21").await["due_on"], "2026-12-31");
        clerk
            .act(&task, "feedback", json!({"kind": "final", "text": "已整改", "outcome": "rectified"}))
            .await;
    }
    let struck_off = office.act(&task_of(YBJ), "feedback/1/confirmation", json!({})).await;
    assert_eq!((&struck_off["state"], &struck_off["struck_off"]), (&json!("closed"), &json!(true)));
    world.clock.set(moment("2026-09-28T09:00:00+08:00"));
    let ledger = office.get(&location).await.body;
    assert_eq!(counts(&ledger), (3, 2, 2, 2, 1, 2), "two of three answered, one silent");
    let silent =
        ledger["entries"].as_array().unwrap().iter().find(|entry| entry["to"] == WJW).unwrap().clone();
    assert_eq!(
        (&silent["state"], &silent["overdue"], &silent["reports"]),
        (&json!("delivered"), &json!(true), &json!(0))
    );
    office.act(&task_of(YBJ), "reopening", json!({"reason": "复查发现反弹"})).await;
    assert_eq!(counts(&office.get(&location).await.body), (3, 2, 2, 1, 0, 2));
    let listed = office.get(PATH).await.body;
    assert_eq!(
        (listed["data"].as_array().unwrap().len(), counts(&listed["data"][0])),
        (1, (3, 2, 2, 1, 0, 2))
    );
    let own = world.clerk(WJW).await.get(&location).await.body;
    assert_eq!(counts(&own).0, 1, "a department sees its own task only");
}

#[tokio::test]
async fn a_repeat_of_a_task_to_several_departments_gets_the_first_answer() {
    let world = World::new().await;
    let office = world.supervisor(GOVERNMENT).await;
    let body = with("departments", json!([YBJ, GAJ]));
    let send = || {
        crate::world::answer(
            office.request(reqwest::Method::POST, PATH).header("idempotency-key", "k1").json(&body),
        )
    };
    let (first, again) = (send().await, send().await);
    assert_eq!((first.status, again.status, again.header("idempotency-replayed")), (201, 201, "true"));
    assert_eq!((&first.body, first.header("location")), (&again.body, again.header("location")));
    assert_eq!(world.head().await, 2);
}

#[tokio::test]
async fn a_set_of_departments_stands_for_its_members_and_says_when_it_is_not_complete() {
    let world = World::new().await;
    let office = world.supervisor(GOVERNMENT).await;
    let sent = office.post(PATH, with("departments", json!(["320100-qzf", GAJ]))).await;
    assert_eq!((sent.status, sent.header("casebus-group-complete")), (201, ""), "{}", sent.text);
    let ledger = office.get(sent.header("location")).await.body;
    assert_eq!(ledger["total"], 12);
    let province = world.supervisor("210000-rmzf").await;
    let partly = province.post(PATH, with("departments", json!(["210000-xsz", "210000-ybj"]))).await;
    assert_eq!((partly.status, partly.header("casebus-group-complete")), (201, "false"), "{}", partly.text);
}

#[tokio::test]
async fn a_long_task_goes_to_few_departments() {
    let world = World::new().await;
    let office = world.supervisor(GOVERNMENT).await;
    // 800 KiB, within the limit of a body.
    let mut body = with("departments", json!(["320100-qzf", GAJ]));
    let text = serde_json::to_string(&body).unwrap();
    let padded = format!("{}{text}", " ".repeat(800 * 1024));
    let send = || {
        let request = office.writing(PATH).header("content-type", "application/json");
        request.body(padded.clone())
    };
    refused(send, 413, "request.too-large").await;
    assert_eq!(world.head().await, 0);
    body["departments"] = json!([GAJ, YBJ]);
    let padded = format!("{}{body}", " ".repeat(800 * 1024));
    let request = office.writing(PATH).header("content-type", "application/json").body(padded);
    assert_eq!(crate::world::answer(request).await.status, 201);
}

#[tokio::test]
async fn only_who_oversees_a_department_gives_it_a_task() {
    let world = World::new().await;
    let (clerk, office) = (world.clerk(YBJ).await, world.supervisor(LXB).await);
    let to = |department: &str| with("to", json!(department));
    let wrong = refused(|| clerk.writing(PATH).json(&to(GAJ)), 422, "request.invalid").await;
    assert_eq!(errors(&wrong), [("/to", "department.not-overseen")]);
    let wrong = refused(|| office.writing(PATH).json(&to("120106-ybj")), 422, "request.invalid").await;
    assert_eq!(errors(&wrong), [("/to", "department.not-overseen")]);
    let wrong = refused(|| office.writing(PATH).json(&to(LXB)), 422, "request.invalid").await;
    assert_eq!(errors(&wrong), [("/to", "transfer.to-oneself")]);
    let several = with("departments", json!([GAJ, "120106-ybj", GAJ, "999999-x", LXB, "x"]));
    let wrong = refused(|| office.writing(PATH).json(&several), 422, "request.invalid").await;
    assert_eq!(errors(&wrong), [("/departments/5", "field.malformed")]);
    let several = with("departments", json!([GAJ, "120106-ybj", GAJ, "999999-x", LXB]));
    let wrong = refused(|| office.writing(PATH).json(&several), 422, "request.invalid").await;
    let expected = [
        ("/departments/1", "department.not-overseen"),
        ("/departments/2", "field.repeated"),
        ("/departments/3", "department.unknown"),
        ("/departments/4", "transfer.to-oneself"),
    ];
    assert_eq!(errors(&wrong), expected);
    let mut both = to(GAJ);
    both["departments"] = json!([]);
    let wrong = refused(|| office.writing(PATH).json(&both), 422, "request.invalid").await;
    assert_eq!(errors(&wrong), [("/departments", "field.empty"), ("/to", "field.conflict")]);
    let mut dates = to(GAJ);
    dates["deadline"] = json!("2026-10-01");
    dates["due_dates"] = json!([{"on": "2026-09-15", "item": "plan"}, {"on": "2026-12-31", "item": "completion"},
        {"on": "2026-12-31", "item": "completion"}, {"on": "x"}]);
    let wrong = refused(|| office.writing(PATH).json(&dates), 422, "request.invalid").await;
    let expected = [
        ("/due_dates/0/on", "field.in-past"),
        ("/due_dates/3/on", "field.malformed"),
        ("/due_dates/3/item", "field.required"),
    ];
    assert_eq!(errors(&wrong), expected);
    dates["due_dates"].as_array_mut().unwrap().pop();
    let wrong = refused(|| office.writing(PATH).json(&dates), 422, "request.invalid").await;
    let expected = [
        ("/due_dates/0/on", "field.in-past"),
        ("/due_dates/2", "field.repeated"),
        ("/deadline", "field.conflict"),
    ];
    assert_eq!(errors(&wrong), expected);
    assert_eq!(world.head().await, 0);
}

#[tokio::test]
async fn nobody_strikes_off_its_own_work() {
    let world = World::new().await;
    let (hosted, host) = (world.supervisor(LXB).await, world.clerk(WJW).await);
    let task = hosted.send(PATH, with("to", json!(WJW))).await;
    assert_eq!((&task["approver"], &task["office"]), (&json!(GOVERNMENT), &json!(GOVERNMENT)));
    host.act(&task, "receipt", json!({})).await;
    host.act(&task, "feedback", json!({"kind": "final", "text": "已整改", "outcome": "rectified"})).await;
    refused_act(&hosted, &task, "feedback/1/confirmation", json!({}), 403, "transfer.wrong-party").await;
    let clerk = world.clerk(GOVERNMENT).await;
    refused_act(&clerk, &task, "feedback/1/confirmation", json!({}), 403, "role.forbidden").await;
    let government = world.supervisor(GOVERNMENT).await;
    let struck_off = government.act(&task, "feedback/1/confirmation", json!({})).await;
    assert_eq!(struck_off["struck_off"], true);
    refused_act(&hosted, &task, "reopening", json!({"reason": "x"}), 403, "transfer.wrong-party").await;
    refused_act(&clerk, &task, "reopening", json!({"reason": "x"}), 403, "role.forbidden").await;
    let wrong = refused_act(&government, &task, "reopening", json!({}), 422, "request.invalid").await;
    assert_eq!(errors(&wrong), [("/reason", "field.required")]);
    let reopened = government.act(&task, "reopening", json!({"reason": "问题反弹"})).await;
    assert_eq!((&reopened["state"], &reopened["holder"]), (&json!("accepted"), &json!(WJW)));
    assert_eq!(government.read(&task).await, reopened);
    refused_act(&government, &task, "reopening", json!({"reason": "x"}), 409, "transfer.out-of-turn").await;
}

#[tokio::test]
async fn who_sent_what_was_closed_may_have_it_looked_at_again() {
    let world = World::new().await;
    let (sender, receiver) = (world.clerk(YBJ).await, world.clerk(GAJ).await);
    let sent = sender.send_clue(GAJ).await;
    let mut again = with("to", json!(GAJ));
    again["purpose"] = json!("reinspection");
    let wrong = refused(|| sender.writing(PATH).json(&again), 422, "request.invalid").await;
    assert_eq!(errors(&wrong), [("/origin", "field.required"), ("/to", "department.not-overseen")]);
    again["origin"] = json!(id(&sent));
    refused(|| sender.writing(PATH).json(&again), 409, "reinspection.too-early").await;
    let wrong = refused(|| receiver.writing(PATH).json(&again), 422, "request.invalid").await;
    assert_eq!(errors(&wrong), [("/to", "transfer.to-oneself")]);
    receiver.act(&sent, "receipt", json!({})).await;
    receiver.act(&sent, "acceptance", json!({})).await;
    receiver.act(&sent, "feedback", json!({"kind": "final", "text": "已处罚", "outcome": "penalty"})).await;
    sender.act(&sent, "feedback/1/confirmation", json!({})).await;
    let task = sender.send(PATH, again.clone()).await;
    assert_eq!(task["origin"], json!({"transfer": id(&sent), "reason": "reinspection"}));
    again["to"] = json!(WJW);
    let wrong = refused(|| sender.writing(PATH).json(&again), 422, "request.invalid").await;
    assert_eq!(errors(&wrong), [("/to", "department.not-overseen")]);
}

#[tokio::test]
async fn plans_and_progress_belong_to_the_department_that_has_the_task() {
    let world = World::new().await;
    let (office, receiver) = (world.supervisor(LXB).await, world.clerk(GAJ).await);
    let task = office.send(PATH, with("to", json!(GAJ))).await;
    for act in ["plan", "progress"] {
        let body = json!({"text": "已开始"});
        refused_act(&office, &task, act, body.clone(), 403, "transfer.wrong-party").await;
        refused_act(&receiver, &task, act, body, 409, "transfer.out-of-turn").await;
    }
    receiver.act(&task, "receipt", json!({})).await;
    let wrong = json!({"measures": [" ", 3]});
    let wrong = refused_act(&receiver, &task, "plan", wrong, 422, "request.invalid").await;
    let expected =
        [("/text", "field.required"), ("/measures/0", "field.empty"), ("/measures/1", "field.wrong-type")];
    assert_eq!(errors(&wrong), expected);
    let wrong = json!({"text": "x", "evidence": vec!["x"; 51]});
    let wrong = refused_act(&receiver, &task, "progress", wrong, 422, "request.invalid").await;
    assert_eq!(errors(&wrong), [("/evidence", "field.too-many")]);
    let clue = world.clerk(YBJ).await.send_clue(GAJ).await;
    for act in ["plan", "progress", "reopening"] {
        let body = if act == "reopening" { json!({"reason": "x"}) } else { json!({"text": "x"}) };
        refused_act(&receiver, &clue, act, body, 409, "transfer.wrong-kind").await;
    }
}
