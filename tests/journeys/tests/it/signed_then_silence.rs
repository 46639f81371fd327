//! Story 3, signed, then silence: a referral is accepted and nothing follows; an extension is asked for after expiry.

use crate::story::{act, answer, clock, happened, later, read, refused};
use harness::{Casebus, Options};
use serde_json::json;

const HEALTH: &str = "320100-wjw";
const MARKET: &str = "320100-scj";

#[tokio::test]
async fn who_falls_silent_is_urged_owes_a_reply_and_gets_no_extension_after_the_expiry() {
    let casebus = Casebus::fresh("signed-silent", &Options::demo_at("2026-08-31T10:00:00+08:00")).await;
    let [health, market] = [HEALTH, MARKET].map(|name| casebus.caller(name));
    let body =
        json!({ "to": MARKET, "title": "虚假医疗广告", "summary": "某门诊部", "source": "monitoring" });
    let case = health.post("/v1/case-referrals", &body).await.ok();
    act(&market, &case, "receipt", json!({})).await;
    let accepted = act(&market, &case, "acceptance", json!({})).await;
    // Fifteen working days from 31 August, with the make-up Sunday 20 September.
    assert_eq!(clock(&accepted, "T07")["due_on"], "2026-09-20");

    // In time it would be granted: by the head, not by the clerk.
    let ask = json!({ "code": "T07", "reason": "需外地调查" });
    let casebus = later(casebus, "2026-09-22T10:00:00+08:00").await;
    let [health, market] = [HEALTH, MARKET].map(|name| casebus.caller(name));
    happened(&health, &case, "time-limit.missed", 2).await;
    happened(&health, &case, "supervision.urged", 1).await;
    assert_eq!(refused(&market, &case, "extension", ask).await, "extension.after-expiry");
    let silent = casebus.caller("supervisor").get("/v1/watch/missing-feedback?limit=200").await.ok();
    let id = &case["id"];
    let row = silent["data"].as_array().unwrap().iter().find(|row| row["id"] == *id).cloned();
    assert_eq!(row.unwrap()["cause"], "silent");

    act(&health, &case, "urge", json!({ "reason": "请说明进展" })).await;
    let seen = read(&market, &case).await;
    assert_eq!(clock(&seen, "T20")["state"], "running");
    act(&market, &case, "urge/reply", json!({ "text": "正在取证", "expected_on": "2026-09-28" })).await;
    act(&market, &case, "feedback", answer("撤除广告并罚款", "penalty")).await;
    let closed = act(&health, &case, "feedback/1/confirmation", json!({})).await;
    assert_eq!((&closed["state"], &closed["ladder"]), (&json!("closed"), &json!(null)));
    casebus.stop().await;
}
