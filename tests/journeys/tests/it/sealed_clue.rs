//! Story 12, sealed: an officer turns out to be bribed. The clue to the supervisory commission is invisible to everyone
//! but the named persons, in every list, count, search, feed and statistic, and numbered in a series of its own; and what
//! should have been transferred and was not is seen.

use crate::handoff::{Cast, HEALTH, INSURANCE, PROCURATORATE, act, id, opening, person};
use crate::story;
use harness::{Casebus, Options};
use serde_json::json;

const COMMISSION: &str = "511400-jjw";

#[tokio::test]
async fn a_sealed_clue_is_seen_by_named_persons_and_the_commission_only() {
    let casebus = Casebus::fresh("sealed-clue", &Options::demo()).await;
    let cast = Cast::of(&casebus, HEALTH);
    let commission = casebus.caller(COMMISSION);
    let before = cast
        .agency
        .post("/v1/criminal-handoffs", &opening("公开案件一", &json!([person("甲", "非法行医罪")])))
        .await
        .ok();
    let mut official = person("某执法人员", "受贿罪");
    official["public_official"] = json!(true);
    let body = json!({ "direction": "supervisory_clue", "to": COMMISSION, "title": "收受好处泄露检查",
        "summary": "检查中发现", "suspects": [official] });
    let sealed = cast.agency.post("/v1/criminal-handoffs", &body).await.ok();
    let after = cast
        .agency
        .post("/v1/criminal-handoffs", &opening("公开案件二", &json!([person("乙", "非法行医罪")])))
        .await
        .ok();
    assert!(sealed["number"].as_str().unwrap().starts_with('密'));
    let running = |handoff: &serde_json::Value| {
        let digits: String =
            handoff["number"].as_str().unwrap().chars().skip(8).filter(char::is_ascii_digit).collect();
        digits.parse::<u32>().unwrap()
    };
    assert_eq!(running(&after), running(&before) + 1, "no gap shows it");

    let position = after["position"].as_i64().unwrap();
    let path = format!("/v1/criminal-handoffs/{}", id(&sealed));
    let supervisor = casebus.caller("supervisor");
    let strangers = [
        ("the head", &cast.head),
        ("the police", &cast.police),
        ("the auditor", &supervisor),
        ("the procuratorate", &cast.procuratorate),
    ];
    for (who, caller) in strangers {
        assert_eq!(caller.get_at(&path, position).await.status, 404, "{who}");
        assert_eq!(caller.get_at(&format!("{path}/events"), position).await.status, 404, "{who}");
        assert_eq!(caller.get_at(&format!("{path}/clocks"), position).await.status, 404, "{who}");
        let matter = format!("/v1/matters/{}", sealed["matter"].as_str().unwrap());
        assert_eq!(caller.get_at(&matter, position).await.status, 404, "{who}");
        let act = caller.post(&format!("{path}/clue-receipt"), &json!({})).await;
        assert_eq!(act.status, 404, "{who}");
        for list in [
            "/v1/criminal-handoffs?limit=200",
            "/v1/criminal-handoffs?text=收受好处",
            "/v1/watch/handoffs?limit=200",
            "/v1/events?limit=1000",
            "/v1/watch/summary",
        ] {
            let seen = caller.get_at(list, position).await.ok().to_string();
            assert!(!seen.contains(id(&sealed)) && !seen.contains("收受好处"), "{who} sees it in {list}");
        }
    }
    let own_feed = cast.agency.get_at("/v1/events?limit=1000", position).await.ok().to_string();
    assert!(!own_feed.contains(id(&sealed)), "a feed belongs to the whole department");
    for caller in [&cast.agency, &commission] {
        assert_eq!(caller.get_at(&path, position).await.ok()["number"], sealed["number"]);
    }
    act(&commission, &sealed, "clue-receipt", json!({})).await;
    let answered = act(&commission, &sealed, "clue-result", json!({ "content": "已立案审查调查" })).await;
    assert_eq!(answered["lanes"][0]["feedback"]["to"], json!([HEALTH]));
    let done = act(&cast.agency, &sealed, "feedback-confirmation", json!({})).await;
    assert_eq!(done["open"], false);
    casebus.stop().await;
}

#[tokio::test]
async fn a_case_above_the_standard_without_a_handoff_stands_on_the_list_of_the_procuratorate() {
    let casebus = Casebus::fresh("untransferred", &Options::demo()).await;
    let (health, insurance) = (casebus.caller(HEALTH), casebus.caller(INSURANCE));
    let procuratorate = casebus.caller(PROCURATORATE);
    let mut decided = Vec::new();
    for (title, amount) in [("小额", 100_000), ("大额", 1_000_000)] {
        let body = json!({ "to": INSURANCE, "title": title, "summary": "套取基金", "source": "complaint" });
        let clue = health.post("/v1/clue-transfers", &body).await.ok();
        story::act(&insurance, &clue, "receipt", json!({})).await;
        story::act(&insurance, &clue, "acceptance", json!({})).await;
        story::act(&insurance, &clue, "filing", json!({ "filed": true })).await;
        let decision = json!({ "outcome": "penalty", "summary": "罚款", "standard": "insurance-fraud", "amount_fen": amount });
        decided.push(story::act(&insurance, &clue, "decision", decision).await);
    }
    let unknown = json!({ "outcome": "penalty", "summary": "罚款", "standard": "no-such" });
    assert_eq!(story::refused(&insurance, &decided[0], "decision", unknown).await, "transfer.already-done");
    let list =
        procuratorate.get_at("/v1/watch/untransferred", decided[1]["position"].as_i64().unwrap()).await.ok();
    let titles: Vec<_> =
        list["data"].as_array().unwrap().iter().map(|entry| entry["title"].clone()).collect();
    assert_eq!(titles, [json!("大额")]);
    assert_eq!(list["data"][0]["offence"], "诈骗罪");
    // The procuratorate demands the transfer; with that it has left the list.
    let opinion = json!({ "to": INSURANCE, "title": "大额骗保应当移送", "summary": "已达移送标准", "suspects": [person("丙", "诈骗罪")],
        "approval": { "name": "检察长", "post": "chief_procurator" } });
    let ordered = procuratorate.post("/v1/criminal-handoffs", &opinion).await.ok();
    assert_eq!((&ordered["state"], &ordered["from"]), (&json!("ordered_to_transfer"), &json!(INSURANCE)));
    casebus.stop().await;
}
