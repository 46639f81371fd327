//! The ladder of urging: urge, supervise, what the office does beyond it, meetings, and known failures.

use crate::bad_input::{errors, refused_act};
use crate::world::{GAJ, LXB, WJW, World, YBJ, clue, id, moment};
use contract::clock::ClockCode;
use domain::supervision::commands::UrgeAutomatically;
use serde_json::json;

#[tokio::test]
async fn the_sender_urges_and_the_holder_owes_a_reply() {
    let world = World::new().await;
    let (sender, receiver) = (world.clerk(YBJ).await, world.clerk(GAJ).await);
    let clue = sender.send_clue(GAJ).await;
    let reason = json!({"reason": "请尽快签收"});
    refused_act(&receiver, &clue, "urge", reason.clone(), 403, "transfer.wrong-party").await;
    let wrong = refused_act(&sender, &clue, "urge", json!({"reason": ""}), 422, "request.invalid").await;
    assert_eq!(errors(&wrong), [("/reason", "field.empty")]);
    let office_clerk = world.clerk(LXB).await;
    refused_act(&office_clerk, &clue, "urge", reason.clone(), 403, "role.forbidden").await;
    refused_act(&receiver, &clue, "urge/reply", json!({"text": "x"}), 409, "transfer.out-of-turn").await;
    let urged = sender.act(&clue, "urge", reason).await;
    assert_eq!((&urged["urging"], &urged["ladder"]), (&json!({"department": GAJ}), &json!("urged")));
    assert_eq!(sender.read(&clue).await, urged);
    assert_eq!(sender.clock(&clue, "T20").await["owner"], GAJ);
    refused_act(&sender, &clue, "urge/reply", json!({"text": "x"}), 403, "transfer.wrong-party").await;
    let wrong = json!({"text": "字".repeat(4001), "expected_on": "soon"});
    let wrong = refused_act(&receiver, &clue, "urge/reply", wrong, 422, "request.invalid").await;
    assert_eq!(errors(&wrong), [("/text", "field.too-long"), ("/expected_on", "field.malformed")]);
    let wrong = json!({"text": "昨日已签收", "expected_on": "2026-09-15"});
    let wrong = refused_act(&receiver, &clue, "urge/reply", wrong, 422, "request.invalid").await;
    assert_eq!(errors(&wrong), [("/expected_on", "field.in-past")]);
    let reply = json!({"text": "经办人外出，今日签收", "expected_on": "2026-09-16"});
    let replied = receiver.act(&clue, "urge/reply", reply).await;
    assert_eq!((&replied["urging"], &replied["ladder"]), (&json!(null), &json!(null)));
    assert_eq!(receiver.read(&clue).await, replied);
}

#[tokio::test]
async fn the_office_supervises_and_may_go_beyond_it_only_after_some_working_days() {
    let world = World::new().await;
    let (sender, receiver) = (world.clerk(YBJ).await, world.clerk(GAJ).await);
    let (office, office_clerk) = (world.supervisor(LXB).await, world.clerk(LXB).await);
    let clue = sender.send_clue(GAJ).await;
    let reason = json!({"reason": "长期未签收"});
    let step = json!({"step": "criticised", "reason": "仍未签收"});
    refused_act(&sender, &clue, "supervision", reason.clone(), 403, "transfer.wrong-party").await;
    refused_act(&office_clerk, &clue, "supervision", reason.clone(), 403, "role.forbidden").await;
    refused_act(&office, &clue, "escalation", step.clone(), 409, "transfer.out-of-turn").await;
    let supervised = office.act(&clue, "supervision", reason.clone()).await;
    assert_eq!(supervised["supervised_at"], "2026-09-16T09:00:00+08:00");
    assert_eq!(
        (&supervised["ladder"], &supervised["urging"]["department"]),
        (&json!("supervised"), &json!(GAJ))
    );
    assert_eq!(office.read(&clue).await, supervised);
    refused_act(&office, &clue, "supervision", reason, 409, "transfer.already-done").await;
    receiver.act(&clue, "urge/reply", json!({"text": "正在办理"})).await;
    refused_act(&office, &clue, "escalation", step.clone(), 409, "escalation.too-early").await;
    refused_act(&office_clerk, &clue, "escalation", step.clone(), 403, "role.forbidden").await;
    let wrong = json!({"step": "urged", "reason": " "});
    let wrong = refused_act(&office, &clue, "escalation", wrong, 422, "request.invalid").await;
    assert_eq!(errors(&wrong), [("/step", "field.unknown-value"), ("/reason", "field.empty")]);
    world.clock.set(moment("2026-10-12T09:00:00+08:00"));
    let criticised = office.act(&clue, "escalation", step.clone()).await;
    assert_eq!(criticised["ladder"], "criticised");
    assert_eq!(office.read(&clue).await, criticised);
    refused_act(&office, &clue, "escalation", step, 409, "transfer.already-done").await;
    for name in ["talk_held", "supervision_listed", "accountability_proposed"] {
        let after = office.act(&clue, "escalation", json!({"step": name, "reason": "仍未办理"})).await;
        assert_eq!(after["ladder"], name);
    }
}

#[tokio::test]
async fn a_meeting_fixes_a_lead_extends_a_clock_or_closes_and_its_agenda_lists_what_is_disputed_or_overdue() {
    let world = World::new().await;
    let (sender, receiver) = (world.clerk(YBJ).await, world.clerk(GAJ).await);
    let office = world.supervisor(LXB).await;
    let (disputed, late) = (sender.send_clue(GAJ).await, sender.send_clue(GAJ).await);
    receiver.act(&disputed, "receipt", json!({})).await;
    let objection = json!({"reason": "非本部门职责", "proposed_department": WJW, "ground": "not_our_duty"});
    receiver.act(&disputed, "objection", objection).await;
    let agenda = office.get("/v1/watch/agenda").await.body;
    assert_eq!(
        (agenda["data"].as_array().unwrap().len(), &agenda["data"][0]["id"], &agenda["data"][0]["why"]),
        (1, &disputed["id"], &json!("dispute"))
    );
    world.clock.set(moment("2026-09-17T18:00:00+08:00"));
    let extend = |code: &str, until: &str| json!({"minutes": "纪要〔2026〕1号", "reason": "需要时间", "decision": "extend", "code": code, "until": until});
    let extended = office.act(&late, "meeting-decision", extend("T02", "2026-09-21")).await;
    assert_eq!(extended["clocks"][0]["due_on"], "2026-09-21");
    assert_eq!(office.read(&late).await, extended);
    refused_act(&office, &late, "meeting-decision", extend("T02", "2026-09-18"), 422, "extension.day").await;
    refused_act(&office, &late, "meeting-decision", extend("T07", "2026-09-30"), 409, "clock.not-running")
        .await;
    let wrong = json!({"minutes": "1", "reason": "x", "decision": "extend", "department": WJW});
    let wrong = refused_act(&office, &late, "meeting-decision", wrong, 422, "request.invalid").await;
    let expected =
        [("/code", "field.required"), ("/until", "field.required"), ("/department", "field.conflict")];
    assert_eq!(errors(&wrong), expected);
    let lead = |department: &str| json!({"minutes": "纪要〔2026〕2号", "reason": "职责所在", "decision": "fix_lead", "department": department});
    refused_act(&sender, &disputed, "meeting-decision", lead(WJW), 403, "transfer.wrong-party").await;
    let clerk = world.clerk(LXB).await;
    refused_act(&clerk, &disputed, "meeting-decision", lead(WJW), 403, "role.forbidden").await;
    let wrong = refused_act(&office, &disputed, "meeting-decision", lead(YBJ), 422, "request.invalid").await;
    assert_eq!(errors(&wrong), [("/department", "transfer.to-oneself")]);
    let linked = office.act(&disputed, "meeting-decision", lead(WJW)).await;
    assert_eq!((&linked["to"], &linked["state"]), (&json!(WJW), &json!("accepted")));
    assert_eq!(sender.read(&disputed).await["state"], "rerouted");
    world.clock.set(moment("2026-09-22T09:00:00+08:00"));
    let agenda = office.get("/v1/watch/agenda").await.body;
    let entry = &agenda["data"][0];
    assert_eq!(
        (&entry["id"], &entry["why"], &entry["overdue"]),
        (&late["id"], &json!("overdue"), &json!(true))
    );
    let closing = json!({"minutes": "纪要〔2026〕3号", "reason": "并案办理", "decision": "close"});
    assert_eq!(office.act(&late, "meeting-decision", closing.clone()).await["state"], "closed");
    refused_act(&office, &late, "meeting-decision", closing, 409, "transfer.ended").await;
    assert_eq!(office.get("/v1/watch/agenda").await.body["data"], json!([]));
}

#[tokio::test]
async fn a_known_failure_does_not_alarm_until_its_expiry() {
    let world = World::new().await;
    let (sender, receiver) = (world.clerk(YBJ).await, world.clerk(GAJ).await);
    let office = world.supervisor(LXB).await;
    let clue = sender.send_clue(GAJ).await;
    world.clock.set(moment("2026-09-21T09:00:00+08:00"));
    world.miss(&clue, ClockCode::T02, GAJ).await;
    let known = json!({"note": "接收方系统升级", "until": "2026-09-28T09:00:00+08:00"});
    refused_act(&sender, &clue, "failure-acknowledgement", known.clone(), 403, "transfer.wrong-party").await;
    let clerk = world.clerk(LXB).await;
    refused_act(&clerk, &clue, "failure-acknowledgement", known.clone(), 403, "role.forbidden").await;
    let over = json!({"note": "x", "until": "2026-09-21T08:00:00+08:00"});
    refused_act(&office, &clue, "failure-acknowledgement", over, 422, "acknowledgement.over").await;
    let wrong = json!({"until": "2026-09-28"});
    let wrong = refused_act(&office, &clue, "failure-acknowledgement", wrong, 422, "request.invalid").await;
    assert_eq!(errors(&wrong), [("/note", "field.required"), ("/until", "field.malformed")]);
    let alarming = "/v1/watch/unacknowledged?alarming=true";
    assert_eq!(office.get(alarming).await.body["data"].as_array().unwrap().len(), 1);
    let after = office.act(&clue, "failure-acknowledgement", known).await;
    assert_eq!(after["acknowledged_until"], "2026-09-28T09:00:00+08:00");
    assert_eq!(office.read(&clue).await, after);
    assert_eq!(office.get(alarming).await.body["data"], json!([]));
    let all = office.get("/v1/watch/unacknowledged").await.body;
    assert_eq!(all["data"][0]["acknowledged_until"], "2026-09-28T09:00:00+08:00");
    world.clock.set(moment("2026-09-28T09:00:00+08:00"));
    assert_eq!(office.get(alarming).await.body["data"].as_array().unwrap().len(), 1);
    let urge = UrgeAutomatically { code: ClockCode::T02, run: 1 };
    world.watch(&clue, GAJ, domain::Command::UrgeAutomatically(urge)).await;
    let clock = receiver.clock(&clue, "T02").await;
    assert_eq!(clock["urged_at"], "2026-09-28T09:00:00+08:00");
    assert_eq!(receiver.read(&clue).await["urging"], json!({"department": GAJ, "code": "T02", "run": 1}));
}

#[tokio::test]
async fn missing_feedback_shows_what_the_office_knows_of() {
    let world = World::new().await;
    let (sender, receiver) = (world.clerk(YBJ).await, world.clerk(GAJ).await);
    let office = world.supervisor(LXB).await;
    let sent = sender.post("/v1/clue-transfers", clue(GAJ)).await.body;
    receiver.act(&sent, "receipt", json!({})).await;
    receiver.act(&sent, "acceptance", json!({})).await;
    world.clock.set(moment("2026-12-30T09:00:00+08:00"));
    let known = json!({"note": "等待鉴定", "until": "2027-01-10T09:00:00+08:00"});
    office.act(&sent, "failure-acknowledgement", known).await;
    assert_eq!(office.get("/v1/watch/missing-feedback?alarming=true").await.body["data"], json!([]));
    let all = office.get("/v1/watch/missing-feedback").await.body;
    assert_eq!(
        (&all["data"][0]["id"], &all["data"][0]["acknowledged_until"]),
        (&json!(id(&sent)), &json!("2027-01-10T09:00:00+08:00"))
    );
}
