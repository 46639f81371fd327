//! Story 2, nobody answers: a clue is never signed; warned, missed, urged, supervised, answered late; the lateness stays.

use crate::story::{act, answer, clock, events, happened, later, read, refused};
use harness::{Casebus, Options};
use serde_json::{Value, json};

const HEALTH: &str = "320100-wjw";
const MARKET: &str = "320100-scj";

const SCORECARD: &str =
    "/v1/watch/scorecard?from=2026-09&to=2026-09&department=320100-scj&kind=clue_transfer";

fn signed_late(card: &Value) -> i64 {
    let rows = card["rows"].as_array().unwrap().iter();
    rows.map(|row| row["signed"]["late"].as_i64().unwrap()).sum()
}

#[tokio::test]
async fn what_nobody_signs_is_warned_urged_and_supervised_and_stays_late_when_it_is_answered() {
    let casebus = Casebus::fresh("nobody-answers", &Options::demo_at("2026-09-28T10:00:00+08:00")).await;
    let body =
        json!({ "to": MARKET, "title": "无处方销售抗菌药物", "summary": "三家药店", "source": "complaint" });
    let clue = casebus.caller(HEALTH).post("/v1/clue-transfers", &body).await.ok();
    assert_eq!(clock(&clue, "T02")["due_on"], "2026-09-29");

    let casebus = later(casebus, "2026-09-29T21:00:00+08:00").await;
    happened(&casebus.caller(HEALTH), &clue, "time-limit.warned", 2).await;

    let casebus = later(casebus, "2026-09-30T10:00:00+08:00").await;
    let [health, market] = [HEALTH, MARKET].map(|name| casebus.caller(name));
    happened(&health, &clue, "time-limit.missed", 1).await;
    happened(&health, &clue, "supervision.urged", 1).await;
    let urged = read(&market, &clue).await;
    assert_eq!(clock(&urged, "T20")["due_on"], "2026-10-09", "a reply is demanded, over the holiday");
    assert_eq!(urged["ladder"], "urged");
    let too_early = json!({ "step": "criticised", "reason": "不办" });
    let office = clue["office"].as_str().unwrap().to_owned();
    assert_eq!(
        refused(&casebus.caller(&office), &clue, "escalation", too_early).await,
        "transfer.out-of-turn"
    );

    let kept = casebus.caller("supervisor").get(SCORECARD).await.ok();
    let then = kept["as_of"].as_str().unwrap().replace('+', "%2B");

    let casebus = later(casebus, "2026-10-13T03:00:00+08:00").await;
    let [health, market] = [HEALTH, MARKET].map(|name| casebus.caller(name));
    happened(&health, &clue, "supervision.supervised", 1).await;
    act(&market, &clue, "urge/reply", json!({ "text": "人员变动，本周办结", "expected_on": "2026-10-16" }))
        .await;
    act(&market, &clue, "receipt", json!({})).await;
    let late = json!({ "code": "T02", "reason": "staff_change", "note": "联络员更换，交接遗漏" });
    act(&market, &clue, "lateness-reason", late).await;
    act(&market, &clue, "acceptance", json!({})).await;
    act(&market, &clue, "feedback", answer("已责令改正并处罚", "penalty")).await;
    let closed = act(&health, &clue, "feedback/1/confirmation", json!({})).await;
    assert_eq!(closed["state"], "closed");

    let position = closed["position"].as_i64().unwrap();
    let path = format!("/v1/transfers/{}", clue["id"].as_str().unwrap());
    let seen = health.get_at(&path, position).await.ok();
    assert_eq!(
        (&clock(&seen, "T02")["state"], &clock(&seen, "T02")["lateness"]),
        (&json!("met_late"), &json!("staff_change"))
    );
    let supervisor = casebus.caller("supervisor");
    let card = supervisor.get(SCORECARD).await.ok();
    assert!(signed_late(&card) > signed_late(&kept), "the scorecard keeps the lateness: {card:#}");
    let past = supervisor.get(&format!("{SCORECARD}&as_of={then}")).await.ok();
    assert_eq!(past, kept, "of a past day it shows what it showed on that day");
    let names = events(&health, &clue).await;
    let count = |name: &str| names.iter().filter(|event| *event == name).count();
    // The signature T02 and the reply T20 ran out, once each.
    assert_eq!((count("time-limit.warned"), count("time-limit.missed")), (2, 2), "{names:?}");
    casebus.stop().await;
}
