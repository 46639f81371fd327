//! Story 5, an incomplete file: a supplement on the last day, a pause and an extension over the National Day holiday,
//! and a clock that explains itself.

use crate::story::{act, clock, happened, head, later, read, refused};
use harness::{Casebus, Options};
use serde_json::json;

const HEALTH: &str = "320100-wjw";
const INSURANCE: &str = "320100-ybj";

#[tokio::test]
async fn a_referral_with_supplement_pause_and_extension_shows_the_arithmetic_of_its_due_day() {
    let casebus = Casebus::fresh("incomplete-file", &Options::demo_at("2026-09-14T10:00:00+08:00")).await;
    let [health, insurance] = [HEALTH, INSURANCE].map(|name| casebus.caller(name));
    let body = json!({ "to": INSURANCE, "title": "挂床住院", "summary": "缺鉴定意见", "source": "routine_inspection" });
    let case = health.post("/v1/case-referrals", &body).await.ok();
    act(&insurance, &case, "receipt", json!({})).await;
    let accepted = act(&insurance, &case, "acceptance", json!({})).await;
    // Fifteen working days: 15 to 18, 20 (make-up) to 24, 28 to 30 September, 8 to 10 October.
    assert_eq!(clock(&accepted, "T07")["due_on"], "2026-10-10");
    let request = json!({ "reason": "缺鉴定意见", "missing": ["鉴定意见"] });
    let asked = act(&insurance, &case, "supplement-request", request).await;
    assert_eq!((&asked["state"], &clock(&asked, "T07")["due_at"]), (&json!("supplementing"), &json!(null)));
    assert_eq!(
        clock(&asked, "T16")["due_on"],
        "2026-09-20",
        "five working days, the make-up Sunday the last"
    );

    let casebus = later(casebus, "2026-09-20T22:00:00+08:00").await;
    let supplied = json!({ "note": "补送鉴定意见", "supplied": true });
    let resumed = act(&casebus.caller(HEALTH), &case, "supplement", supplied).await;
    assert_eq!(clock(&resumed, "T16")["state"], "met", "on the last day is in time");
    // Paused from the 14th to the 20th: the count begins with the 21st.
    assert_eq!(clock(&resumed, "T07")["due_on"], "2026-10-16");

    let insurance = casebus.caller(INSURANCE);
    let suspension =
        json!({ "reason": "appraisal", "evidence": "司鉴委〔2026〕18号", "until": "2026-10-09" });
    let suspended = act(&insurance, &case, "suspension", suspension.clone()).await;
    assert_eq!(suspended["suspension"]["reason"], "appraisal");
    assert_eq!(refused(&insurance, &case, "suspension", suspension).await, "transfer.already-done");
    let path = format!("/v1/transfers/{}/suspension", case["id"].as_str().unwrap());
    let no_reason = insurance.post(&path, &json!({ "evidence": "x", "until": "2026-10-09" })).await;
    assert_eq!(no_reason.body["errors"][0]["pointer"], "/reason");

    // Nobody resumes it: its last day is over, and the clocks run on from there.
    let casebus = later(casebus, "2026-10-12T10:00:00+08:00").await;
    let insurance = casebus.caller(INSURANCE);
    happened(&insurance, &case, "time-limit.resumed", 1).await;
    let running = read(&insurance, &case).await;
    assert_eq!(clock(&running, "T07")["due_on"], "2026-10-29", "fifteen from 10 October, a make-up Saturday");
    act(&insurance, &case, "extension", json!({ "code": "T07", "reason": "涉及三家机构" })).await;
    let path = format!("/v1/transfers/{}/extension/decision", case["id"].as_str().unwrap());
    let grant = json!({ "granted": true, "note": "同意" });
    let by_clerk = insurance.post(&path, &grant).await;
    assert_eq!((by_clerk.status, &by_clerk.body["code"]), (403, &json!("role.forbidden")));
    let granted = head(&casebus, INSURANCE).post(&path, &grant).await.ok();
    assert_eq!(clock(&granted, "T07")["due_on"], "2026-11-19");

    let path = format!("/v1/transfers/{}/clocks/T07", case["id"].as_str().unwrap());
    let explained = insurance.get(&path).await.ok();
    assert_eq!(explained["due_at"], clock(&granted, "T07")["due_at"]);
    let reasons: Vec<_> = explained["pauses"]
        .as_array()
        .unwrap()
        .iter()
        .map(|pause| pause["reason"].as_str().unwrap())
        .collect();
    assert_eq!(reasons, ["supplement", "appraisal"]);
    assert_eq!(explained["extensions"][0]["approved_by"], INSURANCE);
    let chinese = explained["explanation"]["zh-CN"].as_str().unwrap();
    assert!(chinese.contains("鉴定") && chinese.contains("2026-11-19"), "{chinese}");
    assert!(explained["explanation"]["en"].as_str().unwrap().contains("15 working days"), "{explained:#}");
    let unknown = insurance.get(&path.replace("T07", "T19")).await;
    assert_eq!((unknown.status, &unknown.body["code"]), (404, &json!("clock.unknown")));
    casebus.stop().await;
}
