//! A clue from sending to its end, as its two departments see it.

use crate::world::{GAJ, LXB, World, YBJ, id, moment};
use chrono::TimeDelta;
use contract::clock::ClockCode;
use serde_json::{Value, json};

fn full_clue() -> Value {
    json!({
        "to": GAJ,
        "title": "某定点药店涉嫌串换药品",
        "summary": "检查发现票据与库存不符。\n附清单。",
        "urgency": "urgent",
        "discovered_at": "2026-09-15T17:30:00+08:00",
        "source": "complaint",
        "subjects": [
            {"kind": "organisation", "name": "某某药店", "uscc": "91210200MA0QECKN5M"},
            {"kind": "person", "name": "张三", "identity_number": "11010519491231002x"},
            {"kind": "person", "name": "李四"}
        ]
    })
}

#[tokio::test]
async fn a_sent_clue_has_every_field() {
    let world = World::new().await;
    let (sender, receiver) = (world.clerk(YBJ).await, world.clerk(GAJ).await);
    let sent = sender.post("/v1/clue-transfers", full_clue()).await;
    assert_eq!(sent.status, 201, "{}", sent.body);
    let clue = &sent.body;
    assert_eq!(sent.header("location"), format!("/v1/transfers/{}", id(clue)));
    assert_eq!((sent.header("etag"), sent.header("casebus-position")), ("\"v1\"", "1"));
    assert!(!sent.header("casebus-request-id").is_empty() && sent.header("idempotency-replayed").is_empty());
    let mut expected = json!({
        "id": id(clue), "number": "移〔2026〕000001号", "kind": "clue_transfer", "state": "delivered", "handling": null,
        "holder": GAJ, "holder_name": "公安局", "from": YBJ, "from_name": "医保局", "to": GAJ, "to_name": "公安局",
        "office": LXB, "title": "某定点药店涉嫌串换药品", "summary": "检查发现票据与库存不符。\n附清单。",
        "urgency": "urgent", "source": "complaint", "discovered_at": "2026-09-15T17:30:00+08:00",
        "subjects": [
            {"kind": "organisation", "name": "某某药店", "uscc": "91210200MA0QECKN5M", "identity_number": null},
            {"kind": "person", "name": "张三", "uscc": null, "identity_number": "11010519491231002X"},
            {"kind": "person", "name": "李四", "uscc": null, "identity_number": null}
        ],
        "subject_matter": null, "routing": "named", "origin": null, "deadline": null, "matter": id(clue),
        "feedback": [], "rule_pack": clue["rule_pack"], "version": 1, "position": 1,
        "sent_at": "2026-09-16T09:00:00+08:00", "updated_at": "2026-09-16T09:00:00+08:00", "stale": false,
        "overdue": false, "allowed_actions": ["withdrawal", "urge"]
    });
    let clocks = json!({
        "clocks": [{
            "code": "T01", "run": 1, "name": "线索移送 hand over a clue", "owner": YBJ,
            "started_at": "2026-09-15T17:30:00+08:00", "due_at": "2026-09-16T17:30:00+08:00",
            "due_on": "2026-09-16", "provisional": false, "state": "met", "overdue": false,
            "missed_at": null, "stopped_at": "2026-09-16T09:00:00+08:00", "cause": null, "warn_at": null,
            "pause_reason": null, "urged_at": null, "supervised_at": null, "lateness": null
        }, {
            "code": "T02", "run": 1, "name": "签收 sign", "owner": GAJ,
            "started_at": "2026-09-16T09:00:00+08:00", "due_at": "2026-09-17T09:00:00+08:00",
            "due_on": "2026-09-17", "provisional": false, "state": "running", "overdue": false,
            "missed_at": null, "stopped_at": null, "cause": null, "warn_at": "2026-09-17T04:12:00+08:00",
            "pause_reason": null, "urged_at": null, "supervised_at": null, "lateness": null
        }]
    });
    let rest = json!({
        "approver": null, "purpose": null, "measures": [], "due_dates": [], "legal_review": null,
        "materials": [], "copies": [], "candidates": [], "in_spite_of": [], "reporter": null,
        "suspension": null, "extension": null, "urging": null, "ladder": null, "supervised_at": null,
        "acknowledged_until": null, "routing_open": false, "parts_outstanding": [], "late": [],
        "struck_off": false, "assignment": null
    });
    for part in [clocks, rest] {
        expected.as_object_mut().unwrap().extend(part.as_object().unwrap().clone());
    }
    assert_eq!(clue, &expected);
    let read = sender.get(&format!("/v1/transfers/{}", id(clue))).await;
    assert_eq!((read.status, read.header("etag"), &read.body), (200, "\"v1\"", clue));
    let seen = receiver.get(&format!("/v1/transfers/{}", id(clue))).await.body;
    assert_eq!(seen["allowed_actions"], json!(["receipt", "internal_assignment"]));
    assert_eq!(seen["subjects"], clue["subjects"]);
}

#[tokio::test]
async fn a_clue_is_signed_accepted_filed_decided_answered_and_closed() {
    let world = World::new().await;
    let (sender, receiver) = (world.clerk(YBJ).await, world.clerk(GAJ).await);
    let clue = sender.send_clue(GAJ).await;
    let steps = [
        (&receiver, "receipt", json!({}), "signed"),
        (
            &receiver,
            "supplement-request",
            json!({"reason": "缺票据", "missing": ["票据原件"]}),
            "supplementing",
        ),
        (&sender, "supplement", json!({"note": "已补", "supplied": true}), "signed"),
        (&receiver, "acceptance", json!({}), "accepted"),
        (&receiver, "filing", json!({"filed": true, "case_number": "宁公立〔2026〕1号"}), "accepted"),
        (&receiver, "feedback", json!({"kind": "interim", "text": "已立案"}), "accepted"),
        (&receiver, "decision", json!({"outcome": "penalty", "summary": "罚款"}), "accepted"),
        (&receiver, "feedback", json!({"kind": "final", "text": "已处罚", "outcome": "penalty"}), "answered"),
        (&sender, "feedback/2/contest", json!({"reason": "金额有误"}), "contested"),
    ];
    for (by, act, body, state) in steps {
        world.clock.advance(TimeDelta::minutes(10));
        let after = by.act(&clue, act, body).await;
        assert_eq!(after["state"], state, "{act}");
        let read = by.get(&format!("/v1/transfers/{}", id(&clue))).await;
        assert_eq!(read.body, after, "a read after {act} shows what the write answered");
    }
    let office = world.supervisor(LXB).await;
    let again = json!({"ruling": "answer_again", "reason": "请复核"});
    let after = office.act(&clue, "contest/ruling", again).await;
    assert_eq!((&after["state"], &after["feedback"][1]["state"]), (&json!("accepted"), &json!("ruled")));
    receiver.act(&clue, "feedback", json!({"kind": "final", "text": "已更正", "outcome": "penalty"})).await;
    let closed = sender.act(&clue, "feedback/3/confirmation", json!({})).await;
    assert_eq!((&closed["state"], &closed["holder"]), (&json!("closed"), &json!(null)));
    assert_eq!(closed["feedback"][2]["state"], "confirmed");
    assert_eq!(closed["allowed_actions"], json!([]));
    assert_eq!(sender.get(&format!("/v1/transfers/{}", id(&clue))).await.body, closed);
    let history = receiver.get(&format!("/v1/transfers/{}/events?limit=5", id(&clue))).await.body;
    assert_eq!(history["data"][0]["type"], "clue-transfer.sent");
    let next = format!("/v1/transfers/{}/events?limit=5&cursor=", id(&clue))
        + history["next_cursor"].as_str().unwrap();
    assert_eq!(receiver.get(&next).await.body["data"][0]["version"], 6);
}

#[tokio::test]
async fn a_missed_clock_and_a_withdrawal_read_the_same_from_log_and_read_model() {
    let world = World::new().await;
    let sender = world.clerk(YBJ).await;
    let clue = sender.send_clue(GAJ).await;
    world.clock.set(moment("2026-09-25T09:00:00+08:00"));
    let read = sender.get(&format!("/v1/transfers/{}", id(&clue))).await.body;
    assert_eq!((&read["overdue"], &read["clocks"][0]["state"]), (&json!(true), &json!("running")));
    world.miss(&clue, ClockCode::T02, GAJ).await;
    world.clock.advance(TimeDelta::hours(1));
    let receiver = world.clerk(GAJ).await;
    let signed = receiver.act(&clue, "receipt", json!({})).await;
    assert_eq!(signed["clocks"][0]["state"], "met_late");
    assert_eq!(
        (&signed["clocks"][0]["cause"], &signed["clocks"][0]["missed_at"]),
        (&json!("unread"), &json!("2026-09-25T09:00:00+08:00"))
    );
    assert_eq!(receiver.get(&format!("/v1/transfers/{}", id(&clue))).await.body, signed);
    let withdrawn = sender.act(&clue, "withdrawal", json!({"reason": "误送"})).await;
    assert_eq!(withdrawn["clocks"][1]["state"], "cancelled");
    assert_eq!(sender.get(&format!("/v1/transfers/{}", id(&clue))).await.body, withdrawn);
}

#[tokio::test]
async fn a_dispute_is_designated_by_a_supervisor_of_the_office_between_the_parties() {
    let world = World::new().await;
    let (sender, receiver) = (world.clerk(YBJ).await, world.clerk(GAJ).await);
    let clue = sender.send_clue(GAJ).await;
    receiver.act(&clue, "receipt", json!({})).await;
    let objection = json!({"reason": "属卫健部门职责", "proposed_department": "320100-wjw"});
    receiver.act(&clue, "objection", objection).await;
    sender.act(&clue, "objection/answer", json!({"agree": false, "reason": "不同意"})).await;
    let submitted = sender.act(&clue, "dispute/submission", json!({"reason": "协商不成"})).await;
    assert_eq!((&submitted["holder"], &submitted["state"]), (&json!(LXB), &json!("disputed_submitted")));
    let clerk = world.clerk(LXB).await;
    let allowed = clerk.get(&format!("/v1/transfers/{}", id(&clue))).await.body["allowed_actions"].clone();
    assert_eq!(allowed, json!([]), "what it decides over others is left to its supervisors");
    let body = json!({"department": "320100-wjw", "reason": "监管职责"});
    let refused = clerk.post(&format!("/v1/transfers/{}/designation", id(&clue)), body.clone()).await;
    assert_eq!(refused.problem(), (403, "role.forbidden"));
    let supervisor = world.supervisor(LXB).await;
    let linked = supervisor.act(&clue, "designation", body).await;
    assert_eq!((&linked["to"], &linked["state"]), (&json!("320100-wjw"), &json!("accepted")));
    assert_eq!(linked["office"], "320100-rmzf", "the office sits in the receiver, so the government rules");
    assert_eq!(linked["origin"], json!({"transfer": id(&clue), "reason": "designated"}));
    let read = sender.get(&format!("/v1/transfers/{}", id(&clue))).await.body;
    assert_eq!(read["state"], "rerouted");
    let matter = sender.get(&format!("/v1/matters/{}", id(&clue))).await.body;
    assert_eq!(matter["transfers"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_dispute_designated_to_the_sender_is_returned_to_it() {
    let world = World::new().await;
    let (sender, receiver) = (world.clerk(YBJ).await, world.clerk(GAJ).await);
    let clue = sender.send_clue(GAJ).await;
    receiver.act(&clue, "receipt", json!({})).await;
    let objection = format!("/v1/transfers/{}/objection", id(&clue));
    let refused = receiver.post(&objection, json!({"reason": "理由", "proposed_department": GAJ})).await;
    let error = &refused.body["errors"][0];
    assert_eq!(
        (&error["code"], &error["pointer"]),
        (&json!("field.conflict"), &json!("/proposed_department")),
        "an objection names another department: {}",
        refused.text
    );
    receiver.act(&clue, "objection", json!({"reason": "理由", "proposed_department": YBJ})).await;
    sender.act(&clue, "objection/answer", json!({"agree": false, "reason": "不同意"})).await;
    sender.act(&clue, "dispute/submission", json!({"reason": "协商不成"})).await;
    let body = json!({"department": YBJ, "reason": "属本部门职责"});
    let returned = world.supervisor(LXB).await.act(&clue, "designation", body).await;
    assert_eq!((&returned["id"], &returned["state"]), (&clue["id"], &json!("returned")));
    assert_eq!(returned["holder"], YBJ);
}

#[tokio::test]
async fn a_notice_is_read_converted_and_a_task_is_accepted_with_its_signature() {
    let world = World::new().await;
    let (sender, receiver) = (world.clerk(YBJ).await, world.clerk(GAJ).await);
    let notice = sender.post("/v1/notices", crate::world::clue(GAJ)).await.body;
    assert_eq!((&notice["kind"], &notice["clocks"][0]["code"]), (&json!("notice"), &json!("T15")));
    assert_eq!(receiver.act(&notice, "receipt", json!({})).await["state"], "closed");
    let converted = receiver.act(&notice, "conversion", json!({})).await;
    assert_eq!((&converted["kind"], &converted["state"]), (&json!("clue_transfer"), &json!("signed")));
    let mut task = crate::world::clue(GAJ);
    task["deadline"] = json!("2026-12-31");
    let office = world.supervisor(LXB).await;
    let task = office.post("/v1/supervision-tasks", task).await.body;
    assert_eq!((&task["deadline"], &task["office"]), (&json!("2026-12-31"), &json!("320100-rmzf")));
    assert_eq!(receiver.act(&task, "receipt", json!({})).await["state"], "accepted");
    let referral = sender.post("/v1/case-referrals", crate::world::clue(GAJ)).await;
    assert_eq!((referral.status, &referral.body["kind"]), (201, &json!("case_referral")));
}
