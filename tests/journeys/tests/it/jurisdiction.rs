//! Story 4, not ours: objection, dispute, designation by the district government.

use harness::{Caller, Casebus, Options};
use serde_json::{Value, json};

const HEALTH: &str = "120106-wjw";
const MARKET: &str = "120106-scj";
const STREET: &str = "120106001-jd";
const GOVERNMENT: &str = "120106-rmzf";

async fn act(caller: &Caller, transfer: &Value, act: &str, body: Value) -> Value {
    let id = transfer["id"].as_str().unwrap();
    caller.post(&format!("/v1/transfers/{id}/{act}"), &body).await.ok()
}

#[tokio::test]
async fn a_disputed_clinic_is_designated_to_the_street_office_and_the_first_sender_gets_the_answer() {
    let casebus = Casebus::fresh("jurisdiction", &Options::demo()).await;
    let [health, market, street, government] =
        [HEALTH, MARKET, STREET, GOVERNMENT].map(|name| casebus.caller(name));
    let body = json!({ "to": MARKET, "title": "无证美容诊所", "summary": "未取得许可开展医疗美容", "source": "complaint" });
    let clue = health.post("/v1/clue-transfers", &body).await.ok();
    act(&market, &clue, "receipt", json!({})).await;
    let objection = json!({ "reason": "属街道综合执法事项", "proposed_department": STREET });
    assert_eq!(act(&market, &clue, "objection", objection).await["state"], "objected");
    let dispute = json!({ "agree": false, "reason": "涉及医疗行为" });
    assert_eq!(act(&health, &clue, "objection/answer", dispute).await["state"], "disputed_negotiating");
    let submitted = act(&health, &clue, "dispute/submission", json!({ "reason": "协商不成" })).await;
    assert_eq!(
        submitted["holder"], GOVERNMENT,
        "the office sits in a party, so the government itself designates"
    );

    let id = clue["id"].as_str().unwrap();
    let stranger = casebus.caller("511400-gaj").get(&format!("/v1/transfers/{id}")).await;
    assert_eq!((stranger.status, &stranger.body["code"]), (404, &json!("transfer.not-found")));
    let designation = json!({ "department": STREET, "reason": "街道综合执法" });
    let linked = act(&government, &clue, "designation", designation).await;
    assert_eq!(
        (&linked["to"], &linked["from"], &linked["state"]),
        (&json!(STREET), &json!(HEALTH), &json!("accepted"))
    );
    assert_eq!(linked["matter"], clue["matter"]);
    let objection = json!({ "reason": "不属本街道", "proposed_department": MARKET });
    let path = format!("/v1/transfers/{}/objection", linked["id"].as_str().unwrap());
    let refused = street.post(&path, &objection).await;
    assert_eq!((refused.status, &refused.body["code"]), (409, &json!("transfer.out-of-turn")));
    act(&street, &linked, "feedback", json!({ "kind": "final", "text": "已取缔", "outcome": "penalty" }))
        .await;
    let closed = act(&health, &linked, "feedback/1/confirmation", json!({})).await;
    assert_eq!(closed["state"], "closed");
    let matter = clue["matter"].as_str().unwrap();
    let position = closed["position"].as_i64().unwrap();
    let matter = health.get_at(&format!("/v1/matters/{matter}"), position).await.ok();
    assert_eq!(matter["transfers"].as_array().unwrap().len(), 2);
    casebus.stop().await;
}
