//! Stories 2 and 3: nobody signs, and nobody answers; the National Day holiday of 2026 lies in between.

use harness::{Caller, Casebus, Evidence, Options, binary};
use serde_json::{Value, json};
use std::process::Stdio;
use std::time::Duration;

const HEALTH: &str = "320100-wjw";
const MARKET: &str = "320100-scj";

fn clue(title: &str) -> Value {
    json!({ "to": MARKET, "title": title, "summary": "药店无处方销售抗菌药物", "source": "complaint" })
}

async fn listed(caller: &Caller, list: &str, transfer: &str) -> bool {
    let mut path = format!("/v1/watch/{list}?limit=200");
    loop {
        let page = caller.get(&path).await.ok();
        if page["data"].as_array().unwrap().iter().any(|row| row["id"] == transfer) {
            return true;
        }
        let Some(cursor) = page["next_cursor"].as_str() else { return false };
        path = format!("/v1/watch/{list}?limit=200&cursor={cursor}");
    }
}

async fn wait_for_missed(evidence: &Evidence, transfer: &str, code: &str) {
    let begun = std::time::Instant::now();
    while evidence.missed(transfer, code).await == 0 {
        assert!(begun.elapsed() < Duration::from_secs(20), "{code} is not missed");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// A second watch beside the one in the process.
fn second_watch(casebus: &Casebus) -> tokio::process::Child {
    let connection = casebus.connection();
    let text = |name: &str| connection[name].as_str().unwrap().to_owned();
    tokio::process::Command::new(binary())
        .args(["run", "watch"])
        .env("CASEBUS_DATABASE_URL", text("database_url"))
        .env("CASEBUS_NATS_URL", text("nats_url"))
        .env("CASEBUS_GATEWAY_MASTER_KEY_FILE", text("master_key_file"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

#[tokio::test]
async fn what_nobody_signs_or_answers_is_listed_on_time_across_the_national_day_holiday() {
    // Wednesday 30 September 2026, early afternoon: the last working day before the holiday.
    let before_the_holiday = Options::demo_at("2026-09-30T15:00:00+08:00");
    let casebus = Casebus::fresh("silence", &before_the_holiday).await;
    let (health, market) = (casebus.caller(HEALTH), casebus.caller(MARKET));
    let unsigned = health.post("/v1/clue-transfers", &clue("无人签收")).await.ok();
    let unsigned_id = unsigned["id"].as_str().unwrap().to_owned();
    let clock = &unsigned["clocks"][0];
    assert_eq!(
        (&clock["code"], &clock["due_on"], &clock["provisional"]),
        (&json!("T02"), &json!("2026-10-08"), &json!(false))
    );
    let silent = health.post("/v1/clue-transfers", &clue("受理后沉默")).await.ok();
    let silent_id = silent["id"].as_str().unwrap().to_owned();
    for act in ["receipt", "acceptance"] {
        market.post(&format!("/v1/transfers/{silent_id}/{act}"), &json!({})).await.ok();
    }
    let accepted = health.get(&format!("/v1/transfers/{silent_id}")).await.ok();
    let first_feedback =
        accepted["clocks"].as_array().unwrap().iter().find(|clock| clock["code"] == "T08").cloned();
    // Fifteen working days after 30 September: 8 to 10 October (a make-up Saturday), then the 12th to the 27th.
    assert_eq!(first_feedback.unwrap()["due_on"], "2026-10-27");
    let casebus = casebus.restart(&Options::demo_at("2026-10-08T23:00:00+08:00")).await;
    let supervisor = casebus.caller("supervisor");
    assert!(
        !listed(&supervisor, "unacknowledged", &unsigned_id).await,
        "the last hour of the last day is in time"
    );

    let casebus = casebus.restart(&Options::demo_at("2026-10-09T02:00:00+08:00")).await;
    let supervisor = casebus.caller("supervisor");
    assert!(listed(&supervisor, "unacknowledged", &unsigned_id).await, "after the last day it is listed");
    assert!(!listed(&supervisor, "missing-feedback", &silent_id).await);
    let evidence = Evidence::of(&casebus).await;
    wait_for_missed(&evidence, &unsigned_id, "T02").await;

    // The watch was down while the clock of the first feedback ran out; then two run at once.
    let casebus = casebus.restart(&Options::demo_at("2026-10-28T02:00:00+08:00")).await;
    let mut second = second_watch(&casebus);
    let supervisor = casebus.caller("supervisor");
    assert!(listed(&supervisor, "missing-feedback", &silent_id).await);
    let evidence = Evidence::of(&casebus).await;
    // T07 and T08 both ran out on 27 October; each is missed once.
    for code in ["T07", "T08"] {
        wait_for_missed(&evidence, &silent_id, code).await;
    }
    tokio::time::sleep(Duration::from_secs(3)).await;
    for (transfer, code) in [(&silent_id, "T07"), (&silent_id, "T08"), (&unsigned_id, "T02")] {
        assert_eq!(evidence.missed(transfer, code).await, 1, "{code}");
    }
    second.kill().await.unwrap();
    let seen = casebus.caller(HEALTH).get(&format!("/v1/transfers/{unsigned_id}")).await.ok();
    assert_eq!(
        (&seen["clocks"][0]["state"], &seen["clocks"][0]["cause"]),
        (&json!("missed"), &json!("not_fetched"))
    );
    casebus.stop().await;
}
