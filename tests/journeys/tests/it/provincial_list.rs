//! Story 6, the provincial list: all thirty rows of the rectification list run to striking off, and one opens again.

use crate::story::{act, answer};
use futures_util::{StreamExt, stream};
use harness::{Casebus, Options};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const SENDER: &str = "210000-zsb";

/// Every ledger of the sender's list.
async fn ledgers(casebus: &Casebus) -> Vec<Value> {
    let caller = casebus.caller(SENDER);
    let mut path = "/v1/supervision-tasks?limit=50".to_owned();
    let mut all = Vec::new();
    loop {
        let page = caller.get(&path).await.ok();
        all.extend(page["data"].as_array().unwrap().iter().cloned());
        let Some(cursor) = page["next_cursor"].as_str() else { return all };
        path = format!("/v1/supervision-tasks?limit=50&cursor={cursor}");
    }
}

#[tokio::test]
async fn the_thirty_rows_of_the_rectification_list_run_to_striking_off() {
    let casebus = Casebus::fresh("provincial-list", &Options::demo()).await;
    let lists = ledgers(&casebus).await;
    assert_eq!(lists.len(), 30, "one matter for each row");
    let callers: BTreeMap<String, _> = lists
        .iter()
        .flat_map(|list| list["entries"].as_array().unwrap())
        .map(|entry| entry["to"].as_str().unwrap().to_owned())
        .map(|name| (name.clone(), casebus.caller(&name)))
        .collect();
    let tasks: Vec<_> = lists.iter().flat_map(|list| list["entries"].as_array().unwrap().clone()).collect();
    let total: i64 = lists.iter().map(|list| list["total"].as_i64().unwrap()).sum();
    assert_eq!(i64::try_from(tasks.len()).unwrap(), total);

    let finished: Vec<i64> = stream::iter(&tasks)
        .map(|task| finish(&casebus, &callers[task["to"].as_str().unwrap()], task))
        .buffer_unordered(16)
        .collect()
        .await;
    let position = finished.into_iter().max().unwrap();
    let one = lists[0]["matter"].as_str().unwrap();
    casebus.caller(SENDER).get_at(&format!("/v1/supervision-tasks/{one}"), position).await.ok();
    for list in ledgers(&casebus).await {
        assert_eq!((&list["answered"], &list["struck_off"]), (&list["total"], &list["total"]), "{list:#}");
    }

    // One of them opens again.
    let own = |entry: &&Value| entry["to"].as_str().unwrap() != "210000-wjw";
    let task = lists[0]["entries"].as_array().unwrap().iter().find(own).unwrap();
    let reopened =
        act(&casebus.caller(SENDER), task, "reopening", json!({ "reason": "复查发现问题反弹" })).await;
    assert_eq!((&reopened["state"], &reopened["holder"]), (&json!("accepted"), &task["to"]));
    casebus.stop().await;
}

/// Signs, reports and has a task struck off, from wherever the demonstration has left it; the position of the last act.
async fn finish(casebus: &Casebus, receiver: &harness::Caller, task: &Value) -> i64 {
    let path = format!("/v1/transfers/{}", task["id"].as_str().unwrap());
    let mut seen = receiver.get(&path).await.ok();
    if seen["state"] == "delivered" {
        seen = act(receiver, task, "receipt", json!({})).await;
    }
    if seen["state"] == "accepted" {
        act(receiver, task, "progress", json!({ "text": "按期推进", "evidence": ["台账"] })).await;
        seen = act(receiver, task, "feedback", answer("已完成整改", "rectified")).await;
    }
    if seen["state"] == "contested" {
        let office = casebus.caller(seen["office"].as_str().unwrap());
        let ruling = json!({ "ruling": "upheld", "reason": "整改到位" });
        seen = act(&office, task, "contest/ruling", ruling).await;
    }
    if seen["state"] == "answered" {
        // Whoever holds it now approves: the sender, or the office where the sender sits in the receiver.
        let approver = seen["holder"].as_str().unwrap().to_owned();
        assert_ne!(approver, task["to"].as_str().unwrap(), "nobody strikes off its own work");
        let number = seen["feedback"].as_array().unwrap().len();
        let strike = format!("feedback/{number}/confirmation");
        seen = act(&casebus.caller(&approver), task, &strike, json!({})).await;
    }
    assert_eq!(seen["state"], "closed", "{seen:#}");
    seen["position"].as_i64().unwrap()
}
