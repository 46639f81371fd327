//! Story 8, a non-filing is fought: refused with reasons, upheld on reconsideration, supervised by the procuratorate,
//! ordered, and filed.

use crate::handoff::{
    Cast, HEALTH, act, approval, clock, dispatched, id, opening, person, read, refused, state,
};
use crate::story::later;
use harness::{Casebus, Options};
use serde_json::json;

#[tokio::test]
async fn a_refusal_is_reconsidered_supervised_and_ends_in_a_filing_by_order() {
    let casebus = Casebus::fresh("non-filing-fought", &Options::demo_at("2026-09-07T09:00:00+08:00")).await;
    let cast = Cast::of(&casebus, HEALTH);
    let mut body = opening("两次处罚后再次非法行医", &json!([person("吴五", "非法行医罪")]));
    body["standard"] = json!("illegal-practice");
    let sent = dispatched(&cast, &body, &json!([])).await;
    act(&cast.police, &sent, "receipt", json!({})).await;
    let no_reason = json!({ "approval": approval("police_head") });
    assert_eq!(refused(&cast.police, &sent, "non-filing", no_reason).await["code"], "request.invalid");
    let refusal = json!({ "approval": approval("police_head"), "reason": "情节显著轻微" });
    let not_filed = act(&cast.police, &sent, "non-filing", refusal.clone()).await;
    assert_eq!(state(&not_filed, 1), "not_filed");
    act(&cast.police, &sent, "notification", json!({})).await;

    // Asking for reconsideration shows that the notice has arrived.
    let asked = json!({ "reason": "已两次行政处罚，符合立案追诉标准" });
    let asked = act(&cast.agency, &sent, "reconsideration-request", asked).await;
    assert_eq!((state(&asked, 1), &clock(&asked, "C10", Some(1))["state"]), ("reconsidering", &json!("met")));
    let upheld = act(&cast.police, &sent, "reconsideration-refusal", refusal).await;
    assert_eq!(
        (state(&upheld, 1), &clock(&upheld, "C11", Some(1))["state"]),
        ("recon_upheld", &json!("met"))
    );
    act(&cast.police, &sent, "notification", json!({})).await;
    let again = json!({ "reason": "再次提请" });
    assert_eq!(
        refused(&cast.agency, &sent, "reconsideration-request", again).await["code"],
        "handoff.out-of-turn"
    );
    act(&cast.agency, &sent, "supervision-suggestion", json!({ "reason": "应当立案而不立案" })).await;
    let required = act(&cast.procuratorate, &sent, "reason-request", json!({})).await;
    assert_eq!(clock(&required, "C13", Some(1))["due_on"], "2026-09-14");

    let casebus = later(casebus, "2026-09-14T16:00:00+08:00").await;
    let cast = Cast::of(&casebus, HEALTH);
    let explained = json!({ "content": "认为情节显著轻微，不需要追究刑事责任" });
    let explained = act(&cast.police, &sent, "reason-explanation", explained).await;
    assert_eq!(
        (state(&explained, 1), &clock(&explained, "C13", Some(1))["state"]),
        ("reason_review", &json!("met"))
    );
    let wrong = json!({ "approval": approval("head"), "reason": "理由不成立" });
    let problem = refused(&cast.procuratorate, &sent, "filing-order", wrong).await;
    assert_eq!(problem["condition"], "chief_procurator_approves");
    let order = json!({ "approval": approval("chief_procurator"), "reason": "不立案理由不能成立" });
    let ordered = act(&cast.procuratorate, &sent, "filing-order", order).await;
    let notice = ordered["notices"].as_array().unwrap().last().unwrap()["number"].clone();
    let received = act(&cast.police, &sent, "notice-receipt", json!({ "notice": notice })).await;
    // Fifteen natural days end on Tuesday, 29 September.
    assert_eq!(clock(&received, "C14", Some(1))["due_on"], "2026-09-29");

    let casebus = later(casebus, "2026-09-28T10:00:00+08:00").await;
    let cast = Cast::of(&casebus, HEALTH);
    let filed = act(&cast.police, &sent, "filing", json!({ "approval": approval("police_head") })).await;
    assert_eq!((state(&filed, 1), &clock(&filed, "C14", Some(1))["state"]), ("filed", &json!("met")));
    // Filed on order: the procuratorate looks again after three months.
    assert_eq!(clock(&filed, "C17", Some(1))["due_on"], "2026-12-28");
    let seen = read(&cast.agency, &filed).await;
    let documents = seen["documents"].as_array().unwrap();
    let kinds: Vec<_> = documents.iter().map(|paper| paper["kind"].clone()).collect();
    for kind in ["non_filing_notice", "reconsideration_request", "supervision_suggestion", "filing_order"] {
        assert!(kinds.contains(&json!(kind)), "{kind}: {kinds:?}");
    }
    // The notice tells the reason of the decision, which is a step of its own.
    let notice = documents.iter().find(|paper| paper["kind"] == "non_filing_notice").unwrap();
    let path = format!("/v1/criminal-handoffs/{}/documents/{}", id(&filed), notice["version"]);
    let text = crate::pdf::text(&cast.agency.get_bytes(&path).await);
    assert!(text.contains("情节显著轻微"), "{text}");
    casebus.stop().await;
}
