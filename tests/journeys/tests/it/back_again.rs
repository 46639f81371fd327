//! Story 10, back again: of two suspects one is tried and one is not prosecuted; the procuratorate's opinion asks for a
//! penalty, the health commission answers in time, and both outcomes stand in one matter.

use crate::handoff::{
    Cast, HEALTH, PROCURATORATE, act, approval, clock, dispatched, id, opening, person, refused, state,
};
use crate::story::later;
use harness::{Casebus, Options};
use serde_json::{Value, json};

async fn at_the_procuratorate(casebus: &Casebus) -> (Cast, Value) {
    let cast = Cast::of(casebus, HEALTH);
    let suspects = json!([person("王七", "非法行医罪"), person("李八", "非法行医罪")]);
    let sent = dispatched(&cast, &opening("无证开展医疗美容", &suspects), &json!([])).await;
    act(&cast.police, &sent, "receipt", json!({})).await;
    let filed = act(&cast.police, &sent, "filing", json!({ "approval": approval("police_head") })).await;
    assert_eq!([state(&filed, 1), state(&filed, 2)], ["filed", "filed"]);
    act(&cast.police, &sent, "milestone", json!({ "milestone": "transfer_for_prosecution" })).await;
    (cast, sent)
}

#[tokio::test]
async fn a_non_prosecution_comes_back_with_an_opinion_and_is_answered() {
    let casebus = Casebus::fresh("back-again", &Options::demo_at("2026-11-02T09:00:00+08:00")).await;
    let (cast, sent) = at_the_procuratorate(&casebus).await;
    act(&cast.procuratorate, &sent, "milestone", json!({ "lanes": [1], "milestone": "prosecution" })).await;
    let reason = json!({ "lanes": [2], "reason": "犯罪情节轻微" });
    let not = act(&cast.procuratorate, &sent, "non-prosecution", reason).await;
    assert_eq!([state(&not, 1), state(&not, 2)], ["filed", "nonpros_review"]);
    let registered = act(&cast.procuratorate, &sent, "review-registration", json!({})).await;
    // Ten working days.
    assert_eq!(clock(&registered, "C22", Some(2))["due_on"], "2026-11-16");
    let pending = json!({ "reason": "被害人申诉" });
    let paused = act(&cast.procuratorate, &sent, "review-suspension", pending).await;
    assert_eq!(clock(&paused, "C22", Some(2))["state"], "paused");
    let opinion = json!({ "department": HEALTH, "content": "建议依法给予行政处罚", "approval": approval("chief_procurator") });
    assert_eq!(
        refused(&cast.procuratorate, &sent, "administrative-opinion", opinion.clone()).await["condition"],
        "not_suspended"
    );

    let casebus = later(casebus, "2026-11-09T09:00:00+08:00").await;
    let cast = Cast::of(&casebus, HEALTH);
    act(&cast.procuratorate, &sent, "review-resumption", json!({})).await;
    let back = act(&cast.procuratorate, &sent, "administrative-opinion", opinion).await;
    assert_eq!((state(&back, 2), &back["lanes"][1]["station"]), ("reverse_pending", &json!("back")));
    let taken = act(&cast.agency, &sent, "reverse-acceptance", json!({})).await;
    assert_eq!(clock(&taken, "C21", Some(2))["due_on"], "2027-01-11");
    let penalty = json!({ "lanes": [2], "decision": "penalty", "content": "罚款十万元", "fine_fen": 10_000_000,
        "reference": "眉卫医罚〔2026〕31号" });
    let decided = act(&cast.agency, &sent, "administrative-decision", penalty).await;
    assert_eq!((state(&decided, 2), &decided["lanes"][1]["decision"]), ("result_ready", &json!("penalty")));
    let reply = json!({ "lanes": [2], "content": "已作出行政处罚" });
    let given = act(&cast.agency, &sent, "result-feedback", reply).await;
    assert_eq!(given["lanes"][1]["feedback"]["to"], json!([PROCURATORATE]));
    assert_eq!(clock(&given, "C21", Some(2))["state"], "met");
    act(&cast.procuratorate, &sent, "feedback-confirmation", json!({ "lanes": [2] })).await;

    // The other lane is judged, and its fine bars an administrative one.
    let judgment = json!({ "lanes": [1], "verdict": "guilty", "reference": "（2026）川14刑初9号", "fine_fen": 2_000_000 });
    let judged = act(&cast.court, &sent, "judgment", judgment).await;
    assert_eq!(judged["open"], true);
    let closed = act(&cast.agency, &sent, "result-feedback", json!({ "content": "法院判决有罪" })).await;
    assert_eq!(closed["lanes"][0]["feedback"]["to"], json!([PROCURATORATE]));
    let done = act(&cast.procuratorate, &sent, "feedback-confirmation", json!({})).await;
    assert_eq!(done["open"], false);

    let path = format!("/v1/matters/{}", sent["matter"].as_str().unwrap());
    let matter = cast.agency.get_at(&path, done["position"].as_i64().unwrap()).await.ok();
    let lanes = matter["handoffs"][0]["lanes"].as_array().unwrap();
    let outcomes: Vec<_> = lanes.iter().map(|lane| lane["outcome"].clone()).collect();
    assert_eq!(
        (&matter["handoffs"][0]["id"], outcomes),
        (&json!(id(&sent)), vec![json!("judged"), json!("non_prosecuted")])
    );
    casebus.stop().await;
}

#[tokio::test]
async fn one_suspect_is_filed_and_the_other_is_not_and_each_goes_its_own_way() {
    let casebus = Casebus::fresh("two-outcomes", &Options::demo_at("2026-11-02T09:00:00+08:00")).await;
    let cast = Cast::of(&casebus, HEALTH);
    let suspects = json!([person("冯九", "非法行医罪"), person("陈十", "非法行医罪")]);
    let sent = dispatched(&cast, &opening("非法行医两人", &suspects), &json!([])).await;
    act(&cast.police, &sent, "receipt", json!({})).await;
    let filing = json!({ "lanes": [1], "approval": approval("police_head") });
    let one = act(&cast.police, &sent, "filing", filing).await;
    assert_eq!([state(&one, 1), state(&one, 2)], ["filed", "accepted"]);
    assert_eq!(clock(&one, "C07", None)["state"], "running", "one is undecided");
    let refusal = json!({ "lanes": [2], "approval": approval("police_head"), "reason": "没有犯罪事实" });
    let two = act(&cast.police, &sent, "non-filing", refusal).await;
    assert_eq!([state(&two, 1), state(&two, 2)], ["filed", "not_filed"]);
    assert_eq!(clock(&two, "C07", None)["state"], "met");
    // Two decisions are two notices.
    let both = refused(&cast.police, &sent, "notification", json!({ "lanes": [1, 2] })).await;
    assert_eq!(both["condition"], "one_decision");
    act(&cast.police, &sent, "notification", json!({ "lanes": [1] })).await;
    act(&cast.police, &sent, "notification", json!({ "lanes": [2] })).await;
    let accepted = act(&cast.agency, &sent, "result-acceptance", json!({})).await;
    assert_eq!([state(&accepted, 1), state(&accepted, 2)], ["filed", "admin_handling"]);
    let decision = json!({ "decision": "no_penalty", "content": "首违不罚" });
    let decided = act(&cast.agency, &sent, "administrative-decision", decision).await;
    act(&cast.agency, &sent, "result-feedback", json!({ "content": "不予处罚" })).await;
    assert_eq!([state(&decided, 1), state(&decided, 2)], ["filed", "result_ready"]);

    // Another suspect turns up; the sender learns that there is one, and no name.
    let known = json!({ "kind": "person", "name": "褚一", "identity_number": "11010519491231002X", "offence": "非法行医罪" });
    let added = json!({ "suspects": [known], "reason": "侦查中发现同案人" });
    let added = act(&cast.police, &sent, "suspect-addition", added).await;
    assert_eq!((state(&added, 3), &added["lanes"][2]["suspect"]["name"]), ("filed", &json!("褚一")));
    let seen = crate::handoff::read(&cast.agency, &added).await;
    assert_eq!(
        (&seen["lanes"][2]["suspect"]["name"], &seen["lanes"][0]["suspect"]["name"]),
        (&json!(null), &json!("冯九"))
    );
    // Nor does another handoff tell it, in which it names that person itself; the police learn of both.
    let other = dispatched(&cast, &opening("另案", &json!([known])), &json!([])).await;
    for handoff in [&added, &other] {
        let by_sender = cast.agency.get_at(&path_of(handoff), other["position"].as_i64().unwrap()).await.ok();
        assert_eq!(by_sender["same_suspects"], json!([]), "{}", by_sender["title"]);
    }
    let by_police = cast.police.get_at(&path_of(&other), other["position"].as_i64().unwrap()).await.ok();
    assert_eq!(by_police["same_suspects"], json!([id(&added)]));
    casebus.stop().await;
}

fn path_of(handoff: &serde_json::Value) -> String {
    format!("/v1/criminal-handoffs/{}", id(handoff))
}
