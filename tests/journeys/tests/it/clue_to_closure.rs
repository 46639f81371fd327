//! Story 1, double charging: a clue goes to the medical insurance bureau and comes back answered.

use chrono::{DateTime, Utc};
use harness::{Caller, Casebus, Evidence, Options, Wire};
use serde_json::{Value, json};

const HEALTH: &str = "320100-wjw";
const INSURANCE: &str = "320100-ybj";

/// A position, and the event that must be seen there by everyone.
type Step = (i64, &'static str);

async fn act(caller: &Caller, transfer: &str, act: &str, body: Value) -> (i64, Value) {
    let answer = caller.post(&format!("/v1/transfers/{transfer}/{act}"), &body).await;
    let position = answer.position.unwrap_or_default();
    (position, answer.ok())
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one journey, told in order")]
async fn a_clue_goes_from_sending_to_closure_and_every_step_is_seen_everywhere_at_one_position() {
    let casebus = Casebus::fresh("clue-to-closure", &Options::demo()).await;
    let (health, insurance) = (casebus.caller(HEALTH), casebus.caller(INSURANCE));
    let (mut sender_wire, mut receiver_wire) =
        (Wire::of(&casebus, HEALTH).await, Wire::of(&casebus, INSURANCE).await);

    let clue = json!({
        "to": INSURANCE,
        "title": "床位费重复收取线索",
        "summary": "日常检查发现同一床日收取两次床位费，涉及医保基金结算。",
        "source": "routine_inspection",
        "subjects": [
            { "kind": "organisation", "name": "钟山康复医院", "uscc": "91210200MA0QECKN5M" },
            { "kind": "person", "name": "陈某某" }
        ]
    });
    let sent = health.post("/v1/clue-transfers", &clue).await;
    let mut steps: Vec<Step> = vec![(sent.position.unwrap(), "clue-transfer.sent")];
    let sent = sent.ok();
    let id = sent["id"].as_str().unwrap().to_owned();
    assert!(sent["number"].as_str().unwrap().starts_with("移〔20"));
    assert_eq!((&sent["state"], &sent["holder"]), (&json!("delivered"), &json!(INSURANCE)));
    assert_eq!(sent["clocks"][0]["code"], "T02");
    assert_eq!(sent["subjects"][1]["name"], "陈某某");

    let acts: [(&Caller, &str, Value, &[&'static str], &str); 5] = [
        (&insurance, "receipt", json!({}), &["clue-transfer.signed"], "signed"),
        (&insurance, "acceptance", json!({}), &["clue-transfer.accepted"], "accepted"),
        (
            &insurance,
            "feedback",
            json!({"kind": "interim", "text": "正在核查结算数据"}),
            &["result-feedback.interim-given"],
            "accepted",
        ),
        (
            &insurance,
            "feedback",
            json!({"kind": "final", "text": "已追回基金", "outcome": "funds_recovered"}),
            &["result-feedback.final-given"],
            "answered",
        ),
        (
            &health,
            "feedback/2/confirmation",
            json!({}),
            &["result-feedback.confirmed", "clue-transfer.closed"],
            "closed",
        ),
    ];
    for (caller, name, body, events, state) in acts {
        let (position, transfer) = act(caller, &id, name, body).await;
        assert_eq!(transfer["state"], state, "{name}");
        let first = position + 1 - i64::try_from(events.len()).unwrap();
        steps.extend((first..).zip(events.iter().copied()));
        let read = health.get_at(&format!("/v1/transfers/{id}"), position).await.ok();
        assert_eq!((&read["state"], &read["position"]), (&json!(state), &json!(position)), "{name}");
    }

    let told = health.get_at(&format!("/v1/transfers/{id}/events"), steps.last().unwrap().0).await.ok();
    let told: Vec<(i64, String)> = positions_and_types(&told);
    let expected: Vec<(i64, String)> =
        steps.iter().map(|(position, name)| (*position, (*name).to_owned())).collect();
    assert_eq!(told, expected, "the transfer's own events");

    for (department, caller) in [(HEALTH, &health), (INSURANCE, &insurance)] {
        let after = steps[0].0 - 1;
        let feed = caller.get(&format!("/v1/events?after={after}&limit=200")).await.ok();
        let fed: Vec<_> =
            positions_and_types(&feed).into_iter().filter(|fed| expected.contains(fed)).collect();
        assert_eq!(fed, expected, "the feed of {department}");
    }
    for wire in [&mut sender_wire, &mut receiver_wire] {
        for (position, name) in &steps {
            let (subject, event) = wire.next_of(&id).await;
            assert_eq!(subject, format!("casebus.v1.{name}.{HEALTH}.{INSURANCE}"));
            assert_eq!(
                (&event["position"], &event["type"]),
                (&json!(position), &json!(format!("casebus.v1.{name}")))
            );
            assert!(!event.to_string().contains("陈某某"), "a person's name travels only encrypted");
        }
    }
    let mut evidence = Evidence::of(&casebus).await;
    evidence.positions_are_dense().await;
    evidence.stream_equals_log().await;
    evidence.views_equal_log().await;
    casebus.stop().await;
}

fn positions_and_types(list: &Value) -> Vec<(i64, String)> {
    let entry = |event: &Value| {
        (event["position"].as_i64().unwrap(), event["type"].as_str().unwrap().replace("casebus.v1.", ""))
    };
    list["data"].as_array().unwrap().iter().map(entry).collect()
}

#[tokio::test]
async fn a_notice_is_read_and_becomes_a_clue_and_a_task_is_answered() {
    let casebus = Casebus::fresh("notice-and-task", &Options::demo()).await;
    let (health, insurance) = (casebus.caller(HEALTH), casebus.caller(INSURANCE));
    let body = json!({ "to": INSURANCE, "title": "情况通报", "summary": "近期检查情况", "source": "other" });
    let notice = health.post("/v1/notices", &body).await.ok();
    let id = notice["id"].as_str().unwrap();
    assert_eq!(notice["clocks"][0]["code"], "T15");
    let (_, read) = act(&insurance, id, "receipt", json!({})).await;
    assert_eq!(read["state"], "closed");
    let (_, clue) = act(&insurance, id, "conversion", json!({})).await;
    assert_eq!(
        (&clue["kind"], &clue["state"], &clue["from"]),
        (&json!("clue_transfer"), &json!("signed"), &json!(HEALTH))
    );
    assert_eq!(clue["matter"], notice["matter"]);

    let body = json!({ "to": INSURANCE, "title": "专项整治", "summary": "按期报送", "source": "superior_assignment", "deadline": "2026-12-31" });
    let office = casebus.caller("320100-lxb");
    let task = office.post("/v1/supervision-tasks", &body).await.ok();
    let id = task["id"].as_str().unwrap();
    act(&insurance, id, "receipt", json!({})).await;
    act(&insurance, id, "feedback", json!({"kind": "final", "text": "已完成", "outcome": "rectified"})).await;
    let (position, closed) = act(&office, id, "feedback/1/confirmation", json!({})).await;
    assert_eq!(closed["state"], "closed");
    let updated: DateTime<Utc> = closed["updated_at"].as_str().unwrap().parse().unwrap();
    assert!(updated <= harness::real_now());
    let read = insurance.get_at(&format!("/v1/transfers/{id}"), position).await.ok();
    assert_eq!(read["state"], "closed");
    casebus.stop().await;
}
