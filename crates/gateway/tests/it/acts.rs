//! What `allowed_actions` says is what is accepted, in every state, for everybody.

use crate::world::{Department, GAJ, GOVERNMENT, LXB, WJW, World, YBJ, id};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Each act: its name, its route, a right body.
fn acts(final_feedback: u64) -> Vec<(&'static str, String, Value)> {
    let reason = json!({"reason": "理由"});
    let to_wjw = json!({"department": WJW, "reason": "理由"});
    let close = json!({"minutes": "纪要1号", "reason": "理由", "decision": "close"});
    let known = json!({"note": "已知", "until": "2026-09-20T00:00:00+08:00"});
    let act = |name, route: &str, body: &Value| (name, route.to_owned(), body.clone());
    vec![
        act("receipt", "receipt", &json!({})),
        act("acceptance", "acceptance", &json!({})),
        act("supplement_request", "supplement-request", &reason),
        act("supplement", "supplement", &json!({"note": "补", "supplied": true})),
        act("objection", "objection", &json!({"reason": "理由", "proposed_department": WJW})),
        act("objection_answer", "objection/answer", &json!({"agree": false, "reason": "理由"})),
        act("dispute_agreement", "dispute/agreement", &json!({"department": WJW})),
        act("dispute_submission", "dispute/submission", &reason),
        act("designation", "designation", &to_wjw),
        act("filing", "filing", &json!({"filed": true})),
        act("decision", "decision", &json!({"outcome": "penalty", "summary": "罚"})),
        act("feedback", "feedback", &json!({"kind": "final", "text": "结", "outcome": "other"})),
        act("feedback_confirmation", &format!("feedback/{final_feedback}/confirmation"), &json!({})),
        act("feedback_contest", &format!("feedback/{final_feedback}/contest"), &reason),
        act("contest_ruling", "contest/ruling", &json!({"ruling": "upheld", "reason": "理由"})),
        act("resending", "resending", &json!({"to": WJW})),
        act("keeping", "keeping", &reason),
        act("conversion", "conversion", &json!({})),
        act("withdrawal", "withdrawal", &reason),
        act(
            "suspension",
            "suspension",
            &json!({"reason": "appraisal", "evidence": "委托书", "until": "2026-09-30"}),
        ),
        act("resumption", "resumption", &json!({"evidence": "鉴定意见"})),
        act("extension", "extension", &json!({"code": "T09b", "reason": "案情复杂"})),
        act("extension_decision", "extension/decision", &json!({"granted": true})),
        act("urge", "urge", &reason),
        act("urge_reply", "urge/reply", &json!({"text": "正在办理"})),
        act("supervision", "supervision", &reason),
        act("escalation", "escalation", &json!({"step": "criticised", "reason": "理由"})),
        act(
            "lateness_reason",
            "lateness-reason",
            &json!({"code": "T02", "reason": "oversight", "note": "疏漏"}),
        ),
        act("meeting_decision", "meeting-decision", &close),
        act("failure_acknowledgement", "failure-acknowledgement", &known),
        act("routing_confirmation", "routing-confirmation", &json!({"department": GAJ})),
        act("plan", "plan", &json!({"text": "方案"})),
        act("progress", "progress", &json!({"text": "进展"})),
        act("reopening", "reopening", &reason),
        act(
            "joint_handling",
            "joint-handling",
            &json!({"participants": [{"department": WJW, "request": "协助"}]}),
        ),
        act("internal_assignment", "internal-assignment", &json!({"unit": "支队", "due_on": "2026-09-16"})),
    ]
}

/// Refusals that depend on what is said, or on the clocks, and not on whose turn it is.
const CONTENT: [&str; 5] = [
    "feedback.parts-outstanding",
    "clock.not-running",
    "extension.not-allowed",
    "escalation.too-early",
    "acknowledgement.nothing-failed",
];

/// Ways into states: who does which acts, after the sending.
const WAYS: [&[(&str, &str)]; 20] = [
    &[],
    &[("to", "receipt")],
    &[("to", "receipt"), ("to", "supplement_request")],
    &[("to", "receipt"), ("to", "objection")],
    &[("to", "receipt"), ("to", "objection"), ("from", "objection_answer")],
    &[("to", "receipt"), ("to", "objection"), ("from", "objection_answer"), ("from", "dispute_submission")],
    &[
        ("to", "receipt"),
        ("to", "objection"),
        ("from", "objection_answer"),
        ("from", "dispute_submission"),
        ("office", "designation"),
    ],
    &[("to", "receipt"), ("to", "acceptance")],
    &[("to", "receipt"), ("to", "acceptance"), ("to", "filing")],
    &[("to", "receipt"), ("to", "acceptance"), ("to", "filing"), ("to", "decision")],
    &[("to", "receipt"), ("to", "acceptance"), ("to", "feedback")],
    &[("to", "receipt"), ("to", "acceptance"), ("to", "feedback"), ("from", "feedback_contest")],
    &[("to", "receipt"), ("to", "acceptance"), ("to", "feedback"), ("from", "feedback_confirmation")],
    &[("from", "withdrawal")],
    &[("to", "receipt"), ("to", "acceptance"), ("to", "suspension")],
    &[("to", "receipt"), ("to", "acceptance"), ("to", "extension")],
    &[("to", "receipt"), ("to", "acceptance"), ("from", "urge")],
    &[("to", "receipt"), ("to", "acceptance"), ("office", "supervision")],
    &[("to", "receipt"), ("to", "acceptance"), ("to", "joint_handling")],
    &[("to", "receipt"), ("office", "meeting_decision")],
];

/// Those who may call.
struct Callers<'a> {
    from: Department<'a>,
    to: Department<'a>,
    head: Department<'a>,
    office: Department<'a>,
    office_clerk: Department<'a>,
}

impl Callers<'_> {
    fn named(&self, name: &str) -> &Department<'_> {
        match name {
            "from" => &self.from,
            "to" => &self.to,
            "head" => &self.head,
            "office" => &self.office,
            _ => &self.office_clerk,
        }
    }

    /// A transfer at the end of a way.
    async fn go(&self, kind: &str, way: &[(&str, &str)]) -> Value {
        let sent = self.from.post(&format!("/v1/{kind}"), crate::world::clue(GAJ)).await.body;
        for (by, act) in way {
            let (_, route, body) = acts(1).into_iter().find(|(name, ..)| name == act).unwrap();
            self.named(by).act(&sent, &route, body).await;
        }
        sent
    }
}

async fn walk(kind: &str, from: &str, office: &str, ways: &[&[(&str, &str)]]) {
    let world = World::new().await;
    let callers = Callers {
        from: world.clerk(from).await,
        to: world.clerk(GAJ).await,
        head: world.head_of(GAJ).await,
        office: world.supervisor(office).await,
        office_clerk: world.clerk(office).await,
    };
    for way in ways {
        let sent = callers.go(kind, way).await;
        let head = world.head().await;
        for name in ["from", "to", "head", "office", "office_clerk"] {
            let read = callers.named(name).get(&format!("/v1/transfers/{}", id(&sent))).await.body;
            let listed = read["allowed_actions"].as_array().unwrap().iter();
            let allowed: BTreeSet<_> = listed.map(|action| action.as_str().unwrap().to_owned()).collect();
            for (act, route, body) in acts(1) {
                let is_allowed = allowed.contains(act);
                let fresh = if is_allowed { callers.go(kind, way).await } else { sent.clone() };
                let path = format!("/v1/transfers/{}/{route}", id(&fresh));
                let answer = callers.named(name).post(&path, body).await;
                // An extension is offered only while a clock can be extended.
                let is_asked_for = is_allowed || act != "extension";
                let is_content = is_asked_for && CONTENT.contains(&answer.problem().1);
                let is_in_turn = answer.status == 200 || is_content;
                assert_eq!(is_in_turn, is_allowed, "{kind} after {way:?}: {act} by {name}: {}", answer.text);
            }
        }
        let moved: Vec<_> = world.log.read_stream(id(&sent).parse().unwrap()).await.unwrap();
        assert!(moved.iter().all(|event| event.position <= head), "a refused act changed something");
    }
}

#[tokio::test]
async fn allowed_actions_are_those_that_are_accepted_for_a_clue() {
    walk("clue-transfers", YBJ, LXB, &WAYS).await;
}

#[tokio::test]
async fn allowed_actions_are_those_that_are_accepted_for_a_notice() {
    walk(
        "notices",
        YBJ,
        LXB,
        &[&[], &[("to", "receipt")], &[("to", "receipt"), ("to", "conversion")], &[("from", "withdrawal")]],
    )
    .await;
}

#[tokio::test]
async fn allowed_actions_are_those_that_are_accepted_for_a_task() {
    let struck_off: &[_] = &[("to", "receipt"), ("to", "feedback"), ("from", "feedback_confirmation")];
    let ways: [&[_]; 5] = [
        &[],
        &[("to", "receipt")],
        &[("to", "receipt"), ("to", "plan"), ("to", "progress")],
        &[("to", "receipt"), ("to", "feedback")],
        struck_off,
    ];
    walk("supervision-tasks", LXB, GOVERNMENT, &ways).await;
}

#[tokio::test]
async fn a_returned_transfer_can_be_sent_anew_or_kept() {
    let world = World::new().await;
    let (from, to) = (world.clerk(YBJ).await, world.clerk(GAJ).await);
    for (act, body, state) in
        [("resending", json!({"to": WJW}), "delivered"), ("keeping", json!({"reason": "自行处理"}), "closed")]
    {
        let sent = from.send_clue(GAJ).await;
        to.act(&sent, "receipt", json!({})).await;
        to.act(&sent, "objection", json!({"reason": "理由", "proposed_department": WJW})).await;
        let returned = from.act(&sent, "objection/answer", json!({"agree": true, "note": "同意"})).await;
        assert_eq!(returned["allowed_actions"], json!(["resending", "keeping"]));
        assert_eq!(from.act(&sent, act, body).await["state"], state);
    }
}

#[tokio::test]
async fn two_sides_that_name_the_same_department_end_the_dispute() {
    let world = World::new().await;
    let (from, to) = (world.clerk(YBJ).await, world.clerk(GAJ).await);
    let sent = from.send_clue(GAJ).await;
    to.act(&sent, "receipt", json!({})).await;
    to.act(&sent, "objection", json!({"reason": "理由", "proposed_department": WJW})).await;
    from.act(&sent, "objection/answer", json!({"agree": false, "reason": "理由"})).await;
    let named = from.act(&sent, "dispute/agreement", json!({"department": WJW})).await;
    assert_eq!(named["state"], "disputed_negotiating");
    let ended = to.act(&sent, "dispute/agreement", json!({"department": WJW})).await;
    assert_eq!(
        (&ended["id"], &ended["state"]),
        (&sent["id"], &json!("rerouted")),
        "the old receiver sees its own"
    );
    let matter = from.get(&format!("/v1/matters/{}", sent["matter"].as_str().unwrap())).await.body;
    let linked =
        matter["transfers"].as_array().unwrap().iter().find(|transfer| transfer["id"] != sent["id"]).unwrap();
    assert_eq!((&linked["to"], &linked["state"]), (&json!(WJW), &json!("delivered")));
}
