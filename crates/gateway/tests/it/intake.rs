//! What is checked and kept when something is sent: reviews, materials, copies, similar transfers, reporters, routing.

use crate::bad_input::{errors, refused, refused_act};
use crate::world::{GAJ, LXB, WJW, World, YBJ, clue, id, moment};
use accounts::Scope;
use contract::actor::Role;
use contract::ids::TransferId;
use serde_json::{Value, json};

const CLUES: &str = "/v1/clue-transfers";

fn with(name: &str, value: Value) -> Value {
    let mut body = clue(GAJ);
    body[name] = value;
    body
}

fn about(uscc: &str) -> Value {
    with("subjects", json!([{"kind": "organisation", "name": "某某药店", "uscc": uscc}]))
}

#[tokio::test]
async fn the_reporter_is_shown_to_the_sender_only_and_travels_sealed() {
    let world = World::new().await;
    let sender = world.clerk(YBJ).await;
    let reporter = json!({"name": "王举报", "contact": "13800000000"});
    let wrong =
        refused(|| sender.writing(CLUES).json(&with("reporter", reporter.clone())), 422, "request.invalid")
            .await;
    assert_eq!(errors(&wrong), [("/reporter", "field.conflict")]);
    let mut body = with("reporter", json!({"name": "", "phone": "1"}));
    body["source"] = json!("complaint");
    let wrong = refused(|| sender.writing(CLUES).json(&body), 422, "request.invalid").await;
    assert_eq!(errors(&wrong), [("/reporter/name", "field.empty"), ("/reporter/phone", "field.unknown")]);
    body["reporter"] = reporter.clone();
    let sent = sender.send(CLUES, body).await;
    assert_eq!(sent["reporter"], reporter);
    assert_eq!(sender.read(&sent).await, sent);
    let others = [
        world.clerk(GAJ).await,
        world.head_of(GAJ).await,
        world.supervisor(LXB).await,
        world.supervisor("320100-rmzf").await,
        world.caller("210000-zsb", Role::Supervisor, Scope::All).await,
    ];
    let path = format!("/v1/transfers/{}", id(&sent));
    for other in &others {
        let read = other.get(&path).await;
        assert_eq!((read.status, &read.body["reporter"]), (200, &json!(null)));
        for path in [&path, &format!("{path}/events"), "/v1/transfers", "/v1/events"] {
            let text = other.get(path).await.text;
            assert!(!text.contains("王举报") && !text.contains("13800000000"), "{path}: {text}");
        }
    }
    for path in [&format!("{path}/events"), "/v1/transfers", "/v1/events"] {
        assert!(
            !sender.get(path).await.text.contains("王举报"),
            "sealed on the way for the sender too: {path}"
        );
    }
    let receiver = &others[0];
    receiver.act(&sent, "receipt", json!({})).await;
    let objection = json!({"reason": "非本部门职责", "proposed_department": WJW});
    receiver.act(&sent, "objection", objection).await;
    sender.act(&sent, "objection/answer", json!({"agree": true})).await;
    let anew = sender.act(&sent, "resending", json!({"to": WJW})).await;
    assert_eq!(anew["reporter"], reporter, "what is sent anew keeps its reporter");
    assert_eq!(world.clerk(WJW).await.read(&anew).await["reporter"], json!(null));
    let stored = world.log.read_after(0, 20).await.unwrap();
    assert!(stored.iter().all(|event| !String::from_utf8_lossy(&event.body).contains("王举报")));
}

#[tokio::test]
async fn similar_open_transfers_must_be_named_to_go_on() {
    let world = World::new().await;
    let (sender, other) = (world.clerk(YBJ).await, world.clerk(WJW).await);
    let (uscc, another) = ("91210200MA0QECKN5M", "91110000802100433B");
    let first = sender.send(CLUES, about(uscc)).await;
    let refused_one =
        refused(|| sender.writing(CLUES).json(&about(uscc)), 409, "transfer.similar-open").await;
    let similar = json!([{"id": id(&first), "number": first["number"], "title": first["title"], "from": YBJ, "to": GAJ,
        "sent_at": first["sent_at"], "state": "delivered"}]);
    assert_eq!(refused_one.body["similar"], similar);
    assert_eq!(world.head().await, 1);
    let of_another = sender.send(CLUES, about(another)).await;
    sender.send("/v1/notices", about(uscc)).await;
    other.send(CLUES, about(uscc)).await;
    let mut named = about(uscc);
    named["in_spite_of"] = json!(["x"]);
    let wrong = refused(|| sender.writing(CLUES).json(&named), 422, "request.invalid").await;
    assert_eq!(errors(&wrong), [("/in_spite_of/0", "field.malformed")]);
    named["in_spite_of"] = json!([TransferId::fresh(), id(&first), id(&of_another)]);
    let second = sender.send(CLUES, named.clone()).await;
    assert_eq!(second["in_spite_of"], json!([id(&first)]), "what is not similar is not kept");
    named["in_spite_of"] = json!([id(&first)]);
    let key = || sender.request(reqwest::Method::POST, CLUES).header("idempotency-key", "same").json(&named);
    refused(key, 409, "transfer.similar-open").await;
    sender.act(&first, "withdrawal", json!({"reason": "误发"})).await;
    sender.act(&second, "withdrawal", json!({"reason": "误发"})).await;
    let third = about(uscc);
    let send = || {
        crate::world::answer(
            sender.request(reqwest::Method::POST, CLUES).header("idempotency-key", "k").json(&third),
        )
    };
    let (sent, again) = (send().await, send().await);
    assert_eq!(
        (sent.status, again.status, again.header("idempotency-replayed")),
        (201, 201, "true"),
        "{}",
        again.text
    );
    assert_eq!(sent.body["id"], again.body["id"], "a repeat is not similar to itself");
    world.clock.set(moment("2026-10-17T09:00:01+08:00"));
    sender.send(CLUES, about(uscc)).await;
}

#[tokio::test]
async fn a_received_referral_is_not_sent_on_under_whatever_name_while_it_is_open() {
    let world = World::new().await;
    let (sender, receiver) = (world.clerk(YBJ).await, world.clerk(GAJ).await);
    let (uscc, another) = ("91210200MA0QECKN5M", "91110000802100433B");
    let referral = sender.send("/v1/case-referrals", about(uscc)).await;
    let onward = |uscc: &str| {
        let mut body = about(uscc);
        body["to"] = json!(WJW);
        body
    };
    world.clock.set(moment("2026-10-20T09:00:00+08:00"));
    for path in [CLUES, "/v1/case-referrals"] {
        let refused_one =
            refused(|| receiver.writing(path).json(&onward(uscc)), 409, "referral.onward-forbidden").await;
        assert!(refused_one.body.get("similar").is_none(), "{}", refused_one.text);
    }
    receiver.send(CLUES, onward(another)).await;
    let mut other_matter = onward(uscc);
    other_matter["in_spite_of"] = json!([id(&referral)]);
    other_matter["to"] = json!(YBJ);
    let sent = receiver.send(CLUES, other_matter).await;
    assert_eq!(sent["in_spite_of"], json!([id(&referral)]), "that it is another matter is on record");
    receiver.send("/v1/notices", onward(uscc)).await;
    world.clerk(WJW).await.send(CLUES, about(uscc)).await;
    sender.act(&referral, "withdrawal", json!({"reason": "误发"})).await;
    receiver.send(CLUES, onward(uscc)).await;
}

#[tokio::test]
async fn a_pack_may_ask_for_a_legal_review_materials_and_copies() {
    let world = World::new().await;
    world.add_pack(
        "legal_review = [\"case_referral\"]\n\
         [[material]]\nkind = \"case_referral\"\nname = \"案件移送书\"\nrequired = true\n\
         [[copy]]\nkind = \"case_referral\"\nto_type = \"PROCURATORATE\"\narticle = \"test\"\n",
    );
    let sender = world.clerk(YBJ).await;
    let send = |body: &Value| sender.writing("/v1/case-referrals").json(body);
    refused(|| send(&clue(GAJ)), 422, "legal-review.required").await;
    let mut body = with("legal_review", json!({"opinion_number": " ", "reviewed_on": "2026-09-17"}));
    body["materials"] = json!([{"name": "a"}, {"name": "a"}, {"absent_because": "x"}]);
    let wrong = refused(|| send(&body), 422, "request.invalid").await;
    let expected = [
        ("/legal_review/opinion_number", "field.empty"),
        ("/legal_review/reviewed_on", "field.in-future"),
        ("/materials/2/name", "field.required"),
    ];
    assert_eq!(errors(&wrong), expected);
    body["legal_review"] = json!({"opinion_number": "法审〔2026〕5号", "reviewed_on": "2026-09-15"});
    body["materials"] = json!([{"name": "a"}, {"name": "a"}]);
    let wrong = refused(|| send(&body), 422, "request.invalid").await;
    assert_eq!(errors(&wrong), [("/materials/1", "field.repeated")]);
    body["materials"] = json!([{"name": "初步证据"}]);
    let missing = refused(|| send(&body), 422, "materials.missing").await;
    assert!(missing.body["detail"].as_str().unwrap().contains("案件移送书"));
    body["materials"] = json!([{"name": "案件移送书", "absent_because": "随后补送"}]);
    let sent = sender.send("/v1/case-referrals", body).await;
    assert_eq!((&sent["rule_pack"], &sent["copies"]), (&json!("nj-test"), &json!(["320100-jcy"])));
    assert_eq!(sent["materials"], json!([{"name": "案件移送书", "absent_because": "随后补送"}]));
    assert_eq!(sent["legal_review"]["opinion_number"], "法审〔2026〕5号");
    assert_eq!(sender.read(&sent).await, sent);
    let copied = world.clerk("320100-jcy").await;
    let seen = copied.read(&sent).await;
    assert_eq!((&seen["id"], &seen["allowed_actions"]), (&sent["id"], &json!([])));
    assert_eq!(copied.get("/v1/transfers").await.body["data"][0]["id"], sent["id"]);
    assert_eq!(copied.get("/v1/events").await.body["data"][0]["transfer"], sent["id"]);
    assert_eq!(copied.get(&format!("/v1/transfers/{}/clocks/T02", id(&sent))).await.status, 200);
    refused_act(&copied, &sent, "receipt", json!({}), 403, "transfer.wrong-party").await;
    assert_eq!(world.clerk("320100-fy").await.get(&format!("/v1/transfers/{}", id(&sent))).await.status, 404);
}

fn by_matter(subject_matter: &str) -> Value {
    let mut body = clue("");
    body.as_object_mut().unwrap().remove("to");
    body["subject_matter"] = json!(subject_matter);
    body
}

#[tokio::test]
async fn what_no_row_may_route_goes_to_the_office_which_names_the_department() {
    let world = World::new().await;
    let (sender, office) = (world.clerk("120106-ybj").await, world.supervisor("120106-lxb").await);
    let mut body = by_matter("社会办医要素准入、跨部门审批");
    body["ask_office"] = json!("yes");
    let wrong = refused(|| sender.writing(CLUES).json(&body), 422, "request.invalid").await;
    assert_eq!(errors(&wrong), [("/ask_office", "field.wrong-type")]);
    let alone = json!({"ask_office": true, "title": "x", "summary": "x", "source": "other"});
    let wrong = refused(|| sender.writing(CLUES).json(&alone), 422, "request.invalid").await;
    assert_eq!(errors(&wrong), [("/subject_matter", "field.required")]);
    let mut to = clue("120106-scj");
    to["ask_office"] = json!(true);
    let wrong = refused(|| sender.writing(CLUES).json(&to), 422, "request.invalid").await;
    assert_eq!(errors(&wrong), [("/ask_office", "field.conflict")]);
    to["ask_office"] = json!(false);
    sender.send(CLUES, to).await;
    body["ask_office"] = json!(true);
    let sent = sender.send(CLUES, body).await;
    let candidates = json!(["120106-zwb", "120106-wjw", "120106-mzj", "120106-scj", "120106-gaj"]);
    assert_eq!(
        (&sent["to"], &sent["routing"], &sent["candidates"], &sent["routing_open"]),
        (&json!("120106-lxb"), &json!("office"), &candidates, &json!(true))
    );
    assert_eq!(sender.read(&sent).await, sent);
    let listed = office.get("/v1/watch/assumed-routing").await.body;
    assert_eq!((&listed["data"][0]["id"], &listed["data"][0]["candidates"]), (&sent["id"], &candidates));
    let named = json!({"department": "120106-mzj", "reason": "养老机构"});
    let clerk = world.clerk("120106-lxb").await;
    refused_act(&clerk, &sent, "routing-confirmation", named.clone(), 403, "role.forbidden").await;
    refused_act(&sender, &sent, "routing-confirmation", named.clone(), 403, "transfer.wrong-party").await;
    let wrong = json!({"department": "120106-ybj", "reason": ""});
    let wrong = refused_act(&office, &sent, "routing-confirmation", wrong, 422, "request.invalid").await;
    assert_eq!(errors(&wrong), [("/reason", "field.empty"), ("/department", "transfer.to-oneself")]);
    let above = json!({"department": "120000-rmzf"});
    let wrong = refused_act(&office, &sent, "routing-confirmation", above, 422, "request.invalid").await;
    assert_eq!(errors(&wrong), [("/department", "department.not-overseen")]);
    let linked = office.act(&sent, "routing-confirmation", named).await;
    assert_eq!((&linked["to"], &linked["state"]), (&json!("120106-mzj"), &json!("delivered")));
    assert_eq!(linked["origin"], json!({"transfer": id(&sent), "reason": "routed"}));
    assert_eq!(sender.read(&sent).await["state"], "rerouted");
    assert_eq!(office.get("/v1/watch/assumed-routing").await.body["data"], json!([]));
}

#[tokio::test]
async fn an_assumed_lead_is_confirmed_by_the_office() {
    let world = World::new().await;
    let (sender, office) = (world.clerk("120106-scj").await, world.supervisor("120106-rmzf").await);
    let sent = sender.send(CLUES, by_matter("医疗服务质量与安全、评审评价")).await;
    assert_eq!(
        (&sent["routing"], &sent["routing_open"], &sent["office"]),
        (&json!("assumed"), &json!(true), &json!("120106-rmzf"))
    );
    let confirmed = office.act(&sent, "routing-confirmation", json!({"department": "120106-wjw"})).await;
    assert_eq!((&confirmed["routing_open"], &confirmed["state"]), (&json!(false), &json!("delivered")));
    assert_eq!(office.read(&sent).await, confirmed);
    let again = json!({"department": "120106-wjw"});
    refused_act(&office, &sent, "routing-confirmation", again, 409, "transfer.out-of-turn").await;
}

#[tokio::test]
async fn a_pack_may_want_the_office_asked_where_a_lead_is_only_assumed() {
    let world = World::new().await;
    world.add_pack_of("120106", "assumed_leads = \"ask_office\"");
    let sender = world.clerk("120106-scj").await;
    let mut body = by_matter("医疗服务质量与安全、评审评价");
    let asked = refused(|| sender.writing(CLUES).json(&body), 422, "routing.ask-office").await;
    assert_eq!(asked.body["candidates"], json!(["120106-wjw"]));
    let shown = sender.get("/v1/routing?subject_matter=医疗服务质量与安全、评审评价").await.body;
    assert_eq!(
        (&shown["data"][0]["routing"], &shown["data"][0]["candidates"]),
        (&json!("ask_office"), &json!(["120106-wjw"]))
    );
    body["ask_office"] = json!(true);
    let sent = sender.send(CLUES, body).await;
    assert_eq!((&sent["to"], &sent["routing"]), (&json!("120106-lxb"), &json!("office")));
}
