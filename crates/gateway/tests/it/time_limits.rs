//! Clocks stand still, run longer, explain themselves, and are explained when they were late.

use crate::bad_input::{errors, refused, refused_act};
use crate::world::{Department, GAJ, LXB, World, YBJ, answer, id, moment};
use contract::clock::ClockCode;
use reqwest::Method;
use serde_json::{Value, json};

/// A clue that its receiver has accepted.
async fn accepted(sender: &Department<'_>, receiver: &Department<'_>) -> Value {
    let clue = sender.send_clue(GAJ).await;
    receiver.act(&clue, "receipt", json!({})).await;
    receiver.act(&clue, "acceptance", json!({})).await
}

#[tokio::test]
async fn the_receiver_suspends_its_clocks_with_evidence_and_resumes_them_with_what_came_of_it() {
    let world = World::new().await;
    let (sender, receiver) = (world.clerk(YBJ).await, world.clerk(GAJ).await);
    let clue = accepted(&sender, &receiver).await;
    let wrong =
        refused_act(&receiver, &clue, "suspension", json!({"reason": "holiday"}), 422, "request.invalid")
            .await;
    let expected =
        [("/reason", "field.unknown-value"), ("/evidence", "field.required"), ("/until", "field.required")];
    assert_eq!(errors(&wrong), expected);
    let suspension =
        json!({"reason": "appraisal", "evidence": "鉴定委托书〔2026〕3号", "until": "2026-09-25"});
    refused_act(&sender, &clue, "suspension", suspension.clone(), 403, "transfer.wrong-party").await;
    let over = json!({"reason": "appraisal", "evidence": "x", "until": "2026-09-15"});
    refused_act(&receiver, &clue, "suspension", over, 422, "suspension.over").await;
    let by_another_act = json!({"reason": "supplement", "evidence": "x", "until": "2026-09-25"});
    refused_act(&receiver, &clue, "suspension", by_another_act, 409, "suspension.nothing-to-suspend").await;
    refused_act(&receiver, &clue, "resumption", json!({"evidence": "x"}), 409, "transfer.out-of-turn").await;
    let before = receiver.clock(&clue, "T07").await;
    let suspended = receiver.act(&clue, "suspension", suspension.clone()).await;
    let expected =
        json!({"reason": "appraisal", "since": "2026-09-16T09:00:00+08:00", "until": "2026-09-25"});
    assert_eq!(suspended["suspension"], expected);
    assert_eq!(receiver.read(&clue).await, suspended, "a read shows what the write answered");
    let paused = receiver.clock(&clue, "T07").await;
    assert_eq!(
        (&paused["state"], &paused["due_at"], &paused["pause_reason"]),
        (&json!("paused"), &json!(null), &json!("appraisal"))
    );
    assert_eq!(receiver.clock(&clue, "T08").await["state"], "running", "the pack does not pause it for that");
    refused_act(&receiver, &clue, "suspension", suspension, 409, "transfer.already-done").await;
    let supplement = json!({"reason": "缺票据"});
    refused_act(&receiver, &clue, "supplement-request", supplement, 409, "suspension.resume-first").await;
    world.clock.set(moment("2026-09-18T09:00:00+08:00"));
    refused_act(&receiver, &clue, "resumption", json!({}), 422, "request.invalid").await;
    // The office may end it too, by its supervisors.
    let (office, evidence) = (world.clerk(LXB).await, json!({"evidence": "无需鉴定"}));
    refused_act(&office, &clue, "resumption", evidence, 403, "role.forbidden").await;
    let resumed = receiver.act(&clue, "resumption", json!({"evidence": "鉴定意见书"})).await;
    assert_eq!(resumed["suspension"], json!(null));
    assert_eq!(receiver.read(&clue).await, resumed);
    let after = receiver.clock(&clue, "T07").await;
    assert_eq!((&before["due_on"], &after["due_on"]), (&json!("2026-10-13"), &json!("2026-10-15")));
}

#[tokio::test]
async fn the_head_decides_the_first_extension_and_the_office_the_second() {
    let world = World::new().await;
    let (sender, receiver) = (world.clerk(YBJ).await, world.clerk(GAJ).await);
    let (head, office) = (world.head_of(GAJ).await, world.supervisor(LXB).await);
    let clue = accepted(&sender, &receiver).await;
    let wrong =
        refused_act(&receiver, &clue, "extension", json!({"code": "T99"}), 422, "request.invalid").await;
    assert_eq!(errors(&wrong), [("/code", "field.unknown-value"), ("/reason", "field.required")]);
    let asked = json!({"code": "T07", "reason": "案情复杂"});
    refused_act(&sender, &clue, "extension", asked.clone(), 403, "transfer.wrong-party").await;
    let other = json!({"code": "T08", "reason": "x"});
    refused_act(&receiver, &clue, "extension", other, 409, "extension.not-allowed").await;
    let with_day = json!({"code": "T07", "reason": "x", "until": "2026-12-01"});
    refused_act(&receiver, &clue, "extension", with_day, 422, "extension.day").await;
    let grant = json!({"granted": true, "note": "同意"});
    refused_act(&head, &clue, "extension/decision", grant.clone(), 409, "transfer.out-of-turn").await;
    // Also while nothing waits: what waits a moment later is not a clerk's to decide.
    refused_act(&receiver, &clue, "extension/decision", grant.clone(), 403, "role.forbidden").await;
    let office_clerk = world.clerk(LXB).await;
    refused_act(&office_clerk, &clue, "extension/decision", grant.clone(), 403, "role.forbidden").await;
    refused_act(&office, &clue, "extension/decision", grant.clone(), 409, "transfer.out-of-turn").await;
    let pending = receiver.act(&clue, "extension", asked.clone()).await;
    let expected = json!({"code": "T07", "run": 1, "decided_by": GAJ, "by_office": false});
    assert_eq!(pending["extension"], expected);
    refused_act(&receiver, &clue, "extension", asked.clone(), 409, "transfer.already-done").await;
    refused_act(&receiver, &clue, "extension/decision", grant.clone(), 403, "role.forbidden").await;
    refused_act(&office, &clue, "extension/decision", grant.clone(), 403, "transfer.wrong-party").await;
    let both = json!({"granted": true, "reason": "x"});
    let wrong = refused_act(&head, &clue, "extension/decision", both, 422, "request.invalid").await;
    assert_eq!(errors(&wrong), [("/reason", "field.conflict")]);
    let neither = json!({"granted": false});
    let wrong = refused_act(&head, &clue, "extension/decision", neither, 422, "request.invalid").await;
    assert_eq!(errors(&wrong), [("/reason", "field.required")]);
    let granted = head.act(&clue, "extension/decision", grant.clone()).await;
    assert_eq!(granted["extension"], json!(null));
    assert_eq!(head.read(&clue).await, granted);
    assert_eq!(head.clock(&clue, "T07").await["due_on"], "2026-11-03");
    let second = receiver.act(&clue, "extension", asked.clone()).await;
    assert_eq!(
        (&second["extension"]["by_office"], &second["extension"]["decided_by"]),
        (&json!(true), &json!(LXB))
    );
    refused_act(&office_clerk, &clue, "extension/decision", grant, 403, "role.forbidden").await;
    let refusal = json!({"granted": false, "reason": "已延期一次"});
    assert_eq!(office.act(&clue, "extension/decision", refusal).await["extension"], json!(null));
    world.clock.set(moment("2026-11-04T09:00:00+08:00"));
    refused_act(&receiver, &clue, "extension", asked, 409, "extension.after-expiry").await;
}

#[tokio::test]
async fn a_decision_finds_its_way_between_other_acts_and_a_named_version_does_not() {
    let world = World::new().await;
    let (sender, receiver) = (world.clerk(YBJ).await, world.clerk(GAJ).await);
    let head = world.head_of(GAJ).await;
    let clue = accepted(&sender, &receiver).await;
    let path = format!("/v1/transfers/{}", id(&clue));
    let assignment = json!({"unit": "经侦支队", "due_on": "2026-09-17"});
    let (assigning, deciding) = (format!("{path}/internal-assignment"), format!("{path}/extension/decision"));
    let assign = || receiver.post(&assigning, assignment.clone());
    let decision = || head.writing(&deciding).json(&json!({"granted": true}));
    for _ in 0..4 {
        receiver.act(&clue, "extension", json!({"code": "T07", "reason": "案情复杂"})).await;
        let refusal = json!({"granted": false, "reason": "不同意"});
        let decided = head.post(&deciding, refusal);
        let (decided, ..) = tokio::join!(decided, assign(), assign(), assign());
        assert_eq!(decided.status, 200, "who names no version is not told of one: {}", decided.text);
    }
    receiver.act(&clue, "extension", json!({"code": "T07", "reason": "案情复杂"})).await;
    refused(|| decision().header("if-match", "\"v1\""), 412, "precondition.failed").await;
    assert_eq!(crate::world::answer(decision()).await.status, 200);
}

#[tokio::test]
async fn a_repeated_decision_gets_the_first_answer_also_where_another_role_decides_the_next_extension() {
    let world = World::new().await;
    // Nobody stands above both, so the sender is the office too: its head decides the first extension, its supervisor the
    // next.
    let (one, other) = ("320000-rmzf", "510000-rmzf");
    let (sender, head, receiver) =
        (world.clerk(one).await, world.head_of(one).await, world.clerk(other).await);
    let clue = sender.send_clue(other).await;
    receiver.act(&clue, "receipt", json!({})).await;
    receiver.act(&clue, "supplement-request", json!({"reason": "缺票据"})).await;
    sender.act(&clue, "extension", json!({"code": "T16", "reason": "票据在外地"})).await;
    let path = format!("/v1/transfers/{}/extension/decision", id(&clue));
    let granted = json!({"granted": true});
    let decide = |key: &'static str, body: &Value| {
        answer(head.request(Method::POST, &path).header("idempotency-key", key).json(body))
    };
    let first = decide("d-1", &granted).await;
    assert_eq!(first.status, 200, "{}", first.body);
    let again = decide("d-1", &granted).await;
    assert_eq!((again.status, again.header("idempotency-replayed")), (200, "true"), "{}", again.body);
    assert_eq!(again.body, first.body);
    assert_eq!(decide("d-1", &json!({})).await.problem(), (422, "idempotency-key.reused"));
    assert_eq!(decide("d-2", &granted).await.problem(), (403, "role.forbidden"));
}

#[tokio::test]
async fn a_clock_explains_its_due_moment_as_data_and_in_words() {
    let world = World::new().await;
    let (sender, receiver) = (world.clerk(YBJ).await, world.clerk(GAJ).await);
    let head = world.head_of(GAJ).await;
    let clue = accepted(&sender, &receiver).await;
    let suspension = json!({"reason": "appraisal", "evidence": "委托书", "until": "2026-09-18"});
    receiver.act(&clue, "suspension", suspension).await;
    let path = format!("/v1/transfers/{}/clocks/T07", id(&clue));
    let paused = sender.get(&path).await.body;
    assert_eq!(
        (&paused["due_at"], &paused["paused_since"], &paused["pause_reason"]),
        (&json!(null), &json!("2026-09-16T09:00:00+08:00"), &json!("appraisal"))
    );
    assert!(paused["explanation"]["zh-CN"].as_str().unwrap().contains("恢复后重新计算"));
    world.clock.set(moment("2026-09-18T09:00:00+08:00"));
    receiver.act(&clue, "resumption", json!({"evidence": "鉴定意见"})).await;
    receiver.act(&clue, "extension", json!({"code": "T07", "reason": "案情复杂"})).await;
    head.act(&clue, "extension/decision", json!({"granted": true})).await;
    let told = sender.get(&path).await.body;
    let clock = sender.clock(&clue, "T07").await;
    assert_eq!((&told["due_at"], &told["last_day"]), (&clock["due_at"], &clock["due_on"]));
    assert_eq!(
        (&told["length"], &told["unit"], &told["start_rule"]),
        (&json!(15), &json!("working_day"), &json!("next_day"))
    );
    let extension =
        json!({"by": {"length": 15}, "approved_by": GAJ, "granted_at": "2026-09-18T09:00:00+08:00"});
    assert_eq!(told["extensions"], json!([extension]));
    let pause = json!({"reason": "appraisal", "from": "2026-09-16T09:00:00+08:00", "to": "2026-09-18T09:00:00+08:00"});
    assert_eq!(told["pauses"], json!([pause]));
    let days = told["days"].as_array().unwrap();
    let of = |day: &str| days.iter().find(|one| one["day"] == day).unwrap();
    assert_eq!(
        (&of("2026-10-01")["counts"], &of("2026-10-01")["holiday"]),
        (&json!(false), &json!("国庆节"))
    );
    assert_eq!((&of("2026-09-20")["counts"], &of("2026-09-20")["reason"]), (&json!(true), &json!("make_up")));
    assert_eq!(of("2026-09-17")["pause_reason"], "appraisal");
    assert_eq!(told["extension"], json!({"length": 15, "times": 2}));
    assert_eq!((&told["rule_pack"], &told["calendar"]), (&json!("cn-default-2026.2"), &json!("cn-2026")));
    assert_eq!(told["source_status"], "parameter");
    let (chinese, english) = (&told["explanation"]["zh-CN"], &told["explanation"]["en"]);
    assert!(chinese.as_str().unwrap().contains("经 公安局 批准延长 15 个工作日"), "{chinese}");
    assert!(english.as_str().unwrap().contains("Suspended because of appraisal or testing"), "{english}");
    assert_eq!(sender.get(&format!("{path}?run=1")).await.body, told);
    for (rest, status, code) in [
        ("T07?run=2", 404, "clock.unknown"),
        ("T07?run=0", 400, "request.query"),
        ("T06", 404, "clock.unknown"),
        ("T99", 404, "clock.unknown"),
        ("x", 404, "clock.unknown"),
    ] {
        let path = format!("/v1/transfers/{}/clocks/{rest}", id(&clue));
        refused(|| sender.request(Method::GET, &path), status, code).await;
    }
    let audit = world.accounts.readings_of(id(&clue).parse().unwrap(), 50).await.unwrap();
    let routes: std::collections::BTreeSet<_> = audit.iter().map(|reading| reading.route.as_str()).collect();
    assert!(routes.contains("/v1/transfers/{id}/clocks/{code}"), "an explanation is a reading: {routes:?}");
}

#[tokio::test]
async fn who_was_late_says_why_and_stays_late() {
    let world = World::new().await;
    let (sender, receiver) = (world.clerk(YBJ).await, world.clerk(GAJ).await);
    let clue = sender.send_clue(GAJ).await;
    let reason = json!({"code": "T02", "reason": "staff_change", "note": "经办人调离"});
    refused_act(&receiver, &clue, "lateness-reason", reason.clone(), 409, "lateness.none").await;
    world.clock.set(moment("2026-09-21T09:00:00+08:00"));
    world.miss(&clue, ClockCode::T02, GAJ).await;
    assert_eq!(receiver.act(&clue, "receipt", json!({})).await["late"], json!([GAJ]));
    let wrong = json!({"code": "T02", "reason": "bad luck", "run": 0});
    let wrong = refused_act(&receiver, &clue, "lateness-reason", wrong, 422, "request.invalid").await;
    let expected =
        [("/run", "field.malformed"), ("/reason", "field.unknown-value"), ("/note", "field.required")];
    assert_eq!(errors(&wrong), expected);
    refused_act(&sender, &clue, "lateness-reason", reason.clone(), 403, "transfer.wrong-party").await;
    let other = json!({"code": "T03", "reason": "other", "note": "x"});
    refused_act(&receiver, &clue, "lateness-reason", other, 409, "lateness.none").await;
    let explained = receiver.act(&clue, "lateness-reason", reason.clone()).await;
    assert_eq!(explained["late"], json!([]));
    assert_eq!(receiver.read(&clue).await, explained);
    let clock = receiver.clock(&clue, "T02").await;
    assert_eq!((&clock["state"], &clock["lateness"]), (&json!("met_late"), &json!("staff_change")));
    refused_act(&receiver, &clue, "lateness-reason", reason, 409, "lateness.none").await;
}

#[tokio::test]
async fn rule_packs_can_be_read() {
    let world = World::new().await;
    let caller = world.clerk(YBJ).await;
    let packs = caller.get("/v1/rule-packs").await.body;
    let ids: Vec<_> = packs["data"].as_array().unwrap().iter().map(|pack| pack["id"].clone()).collect();
    assert_eq!(ids, ["cn-default-2026.1", "cn-default-2026.2"]);
    let pack = caller.get("/v1/rule-packs/cn-default-2026.2").await.body;
    assert_eq!(pack, packs["data"][1]);
    assert_eq!((&pack["jurisdiction"], pack["clocks"].as_array().unwrap().len()), (&json!("cn"), 20));
    let sources = pack["clocks"].as_array().unwrap().iter();
    assert!(
        sources.into_iter().all(|clock| clock["article"].is_string() && clock["source_status"].is_string())
    );
    assert!(pack["materials"].as_array().unwrap().iter().any(|one| one["name"] == "案件移送书"));
    let unknown = || caller.request(Method::GET, "/v1/rule-packs/nowhere");
    refused(unknown, 404, "rule-pack.not-found").await;
}
