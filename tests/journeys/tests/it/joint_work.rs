//! Story 11, joint work: ecology leads, health and police join; one feedback, three parts; the result is applied by
//! three others, and each says what it did.

use crate::story::{act, answer, read, refused};
use harness::{Casebus, Options};
use serde_json::{Value, json};

const ECOLOGY: &str = "320100-sthj";
const HEALTH: &str = "320100-wjw";
const POLICE: &str = "320100-gaj";
/// Who applies the result: the credit platform, the insurance agreement, the review of the institution.
const APPLIERS: [(&str, &str); 3] =
    [("320100-fgw", "列入信用记录"), ("320100-ybj", "按协议处理"), ("320100-wjw", "校验时予以考虑")];

async fn requests(caller: &harness::Caller, matter: &str, position: i64) -> Vec<Value> {
    let seen = caller.get_at(&format!("/v1/matters/{matter}"), position).await.ok();
    let transfers = seen["transfers"].as_array().unwrap().iter();
    transfers.filter(|transfer| transfer["kind"] == "assistance_request").cloned().collect()
}

#[tokio::test]
async fn one_lead_three_parts_one_answer_and_the_result_is_applied_by_others() {
    let casebus = Casebus::fresh("joint-work", &Options::demo()).await;
    let body = json!({ "to": ECOLOGY, "title": "医疗废物流失", "summary": "某医院医疗废物去向不明", "source": "complaint" });
    let sender = casebus.caller("320100-ybj");
    let [ecology, health, police] = [ECOLOGY, HEALTH, POLICE].map(|name| casebus.caller(name));
    let clue = sender.post("/v1/clue-transfers", &body).await.ok();
    act(&ecology, &clue, "receipt", json!({})).await;
    act(&ecology, &clue, "acceptance", json!({})).await;
    let participants = json!({ "participants": [
        { "department": HEALTH, "request": "核查院内处置流程" },
        { "department": POLICE, "request": "核查运输人员" }
    ] });
    let joint = act(&ecology, &clue, "joint-handling", participants).await;
    assert_eq!(joint["parts_outstanding"], json!([HEALTH, POLICE]));
    let early = refused(&ecology, &clue, "feedback", answer("查实", "penalty")).await;
    assert_eq!(early, "feedback.parts-outstanding");
    let matter = clue["matter"].as_str().unwrap();
    for (caller, name) in [(&health, HEALTH), (&police, POLICE)] {
        let found = requests(caller, matter, joint["position"].as_i64().unwrap()).await;
        let request = found.iter().find(|request| request["to"] == name).unwrap();
        act(caller, request, "receipt", json!({})).await;
        let closed = act(caller, request, "feedback", answer("本部门部分已查清", "other")).await;
        assert_eq!((&closed["state"], &closed["from"]), (&json!("closed"), &json!(ECOLOGY)));
    }

    // The result goes to those who apply it; each owes an answer, and the case stays with its lead.
    let mut position = 0;
    for (name, text) in APPLIERS {
        let ask = json!({ "to": name, "origin": clue["id"], "title": "请运用处理结果", "summary": "依法运用",
            "source": "other_department" });
        let request = ecology.post("/v1/assistance-requests", &ask).await.ok();
        let caller = casebus.caller(name);
        act(&caller, &request, "receipt", json!({})).await;
        let done = act(&caller, &request, "feedback", answer(text, "other")).await;
        position = done["position"].as_i64().unwrap();
    }
    let path = format!("/v1/transfers/{}/events?limit=200", clue["id"].as_str().unwrap());
    let log = ecology.get_at(&path, position).await.ok();
    let replies: Vec<_> = log["data"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|event| event["type"].as_str().unwrap().ends_with(".assistance-replied"))
        .collect();
    assert_eq!(replies.len(), 5, "two parts and three who applied the result");

    let answered = act(&ecology, &clue, "feedback", answer("联合查处，罚款并整改", "penalty")).await;
    let parts = answered["feedback"][0]["parts"].as_array().unwrap();
    let by: Vec<_> = parts.iter().map(|part| part["department"].as_str().unwrap()).collect();
    assert_eq!(by, [HEALTH, POLICE], "{answered:#}");
    let closed = act(&sender, &clue, "feedback/1/confirmation", json!({})).await;
    assert_eq!((&closed["state"], &read(&ecology, &clue).await["holder"]), (&json!("closed"), &json!(null)));

    casebus.stop().await;
}
