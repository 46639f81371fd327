//! One supervision task to three departments, of which one stays silent: the count is always true.

use crate::story::{act, answer, happened, later, refused};
use harness::{Casebus, Options};
use serde_json::{Value, json};

const OFFICE: &str = "210000-rmzf";
const RECEIVERS: [&str; 3] = ["210000-wjw", "210000-ybj", "210000-yjj"];

async fn ledger(casebus: &Casebus, matter: &str, position: i64) -> Value {
    casebus.caller(OFFICE).get_at(&format!("/v1/supervision-tasks/{matter}"), position).await.ok()
}

#[tokio::test]
async fn of_a_task_to_three_departments_two_are_answered_and_the_silent_one_is_urged() {
    let casebus = Casebus::fresh("task-to-three", &Options::demo_at("2026-08-31T10:00:00+08:00")).await;
    let body = json!({
        "departments": RECEIVERS,
        "title": "抗菌药物专项整治",
        "summary": "各部门按职责整改",
        "source": "superior_assignment",
        "measures": ["自查自纠", "建立长效机制"],
        "due_dates": [{ "on": "2026-09-08", "item": "plan" }, { "on": "2026-09-30", "item": "completion" }],
        "purpose": "rectification"
    });
    let office = casebus.caller(OFFICE);
    let sent = office.post("/v1/supervision-tasks", &body).await;
    let position = sent.position.unwrap();
    let first = sent.ok();
    let matter = first["matter"].as_str().unwrap().to_owned();
    let list = ledger(&casebus, &matter, position).await;
    assert_eq!((&list["total"], &list["answered"], &list["struck_off"]), (&json!(3), &json!(0), &json!(0)));
    let of = |list: &Value, to: &str| {
        let mut entries = list["entries"].as_array().unwrap().iter();
        let entry = entries.rfind(|entry| entry["to"] == to).unwrap();
        json!({ "id": entry["id"] })
    };

    for receiver in &RECEIVERS[..2] {
        let (caller, task) = (casebus.caller(receiver), of(&list, receiver));
        act(&caller, &task, "receipt", json!({})).await;
        act(&caller, &task, "plan", json!({ "text": "分三步整改", "measures": ["自查自纠"] })).await;
        act(&caller, &task, "progress", json!({ "text": "已完成自查", "evidence": ["自查报告"] })).await;
        act(&caller, &task, "feedback", answer("整改完成", "rectified")).await;
        assert_eq!(
            refused(&caller, &task, "feedback/1/confirmation", json!({})).await,
            "transfer.wrong-party"
        );
    }
    let struck = act(&office, &of(&list, RECEIVERS[0]), "feedback/1/confirmation", json!({})).await;
    assert_eq!(struck["state"], "closed");
    let list = ledger(&casebus, &matter, struck["position"].as_i64().unwrap()).await;
    assert_eq!((&list["total"], &list["answered"], &list["struck_off"]), (&json!(3), &json!(2), &json!(1)));

    // It opens again: the count falls back by itself.
    let reopened =
        act(&office, &of(&list, RECEIVERS[0]), "reopening", json!({ "reason": "回头看发现反弹" })).await;
    let list = ledger(&casebus, &matter, reopened["position"].as_i64().unwrap()).await;
    assert_eq!((&list["answered"], &list["struck_off"]), (&json!(1), &json!(0)));

    // The third signs nothing; by the task's own date it owes the plan, and it is urged.
    let casebus = later(casebus, "2026-09-10T10:00:00+08:00").await;
    let silent = of(&list, RECEIVERS[2]);
    happened(&casebus.caller(OFFICE), &silent, "time-limit.missed", 2).await;
    happened(&casebus.caller(OFFICE), &silent, "supervision.urged", 1).await;
    let outsider = casebus.caller("320100-wjw").get(&format!("/v1/supervision-tasks/{matter}")).await;
    assert_eq!(outsider.status, 404);
    casebus.stop().await;
}
