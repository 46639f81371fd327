//! Story 7, insurance fraud becomes a crime: report, approval, dispatch over a weekend, receipt, filing on the third
//! day, goods handed over item by item, prosecution, judgment, and the result to everybody upstream. Its papers are
//! printed and read.

use crate::handoff::{
    Cast, HASH, HEALTH, INSURANCE, POLICE, PROCURATORATE, act, approval, clock, dispatch, id, opening,
    person, read, refused, report, state,
};
use crate::story;
use contract::ids::HandoffId;
use harness::{Casebus, Options};
use serde_json::{Value, json};

/// What is handed over.
fn goods() -> Value {
    json!([
        { "name": "虚假结算单", "quantity": "128", "unit": "份", "storage": "医保局证物室" },
        { "name": "账册", "quantity": "3", "unit": "本", "storage": "医保局证物室" }
    ])
}

#[tokio::test]
async fn a_fraud_goes_from_a_clue_to_the_court_and_the_result_to_everybody_upstream() {
    // Friday.
    let casebus = Casebus::fresh("insurance-fraud", &Options::demo_at("2026-11-06T09:00:00+08:00")).await;
    let health = casebus.caller(HEALTH);
    let clue = json!({ "to": INSURANCE, "title": "某医院涉嫌套取医保基金", "summary": "结算异常",
        "source": "routine_inspection" });
    let clue = health.post("/v1/clue-transfers", &clue).await.ok();
    let cast = Cast::of(&casebus, INSURANCE);
    story::act(&cast.agency, &clue, "receipt", json!({})).await;
    story::act(&cast.agency, &clue, "acceptance", json!({})).await;
    story::act(&cast.agency, &clue, "filing", json!({ "filed": true })).await;

    let mut body = opening("某医院涉嫌诈骗医保基金", &json!([person("周四", "诈骗罪")]));
    body["origin"] = clue["id"].clone();
    body["standard"] = json!("insurance-fraud");
    body["amount_fen"] = json!(4_560_000);
    body["administrative_case"] = json!("眉医保立〔2026〕12号");
    body["administrative_case_filed_on"] = json!("2026-11-02");
    let opened = cast.agency.post("/v1/criminal-handoffs", &body).await.ok();
    assert_eq!((&opened["matter"], state(&opened, 1)), (&clue["matter"], "task_force"));
    assert_eq!(clock(&opened, "C26", None)["state"], "paused");
    assert_eq!(story::clock(&story::read(&cast.agency, &clue).await, "T09b")["state"], "paused");

    let one = json!({ "content": "x", "officers": [{ "name": "赵一", "certificate": "川1" }] });
    let problem = refused(&cast.agency, &opened, "report", one).await;
    assert_eq!(
        (&problem["code"], &problem["condition"]),
        (&json!("handoff.condition"), &json!("two_officers"))
    );
    assert!(problem["article"].as_str().unwrap().contains("第五条"), "{problem:#}");
    let reported = act(&cast.agency, &opened, "report", report()).await;
    // Three natural days from Friday end on Monday.
    assert_eq!(clock(&reported, "C01", None)["due_on"], "2026-11-09");
    let deputy = json!({ "approval": approval("deputy") });
    assert_eq!(refused(&cast.head, &opened, "approval", deputy).await["condition"], "head_decides");
    let approved = act(&cast.head, &opened, "approval", json!({ "approval": approval("head") })).await;
    assert_eq!(approved["allowed_acts"], json!(["dispatch"]));

    // The 24 hours of the dispatch run over the weekend as they are.
    let casebus = story::later(casebus, "2026-11-07T08:00:00+08:00").await;
    let cast = Cast::of(&casebus, INSURANCE);
    let before = casebus.caller(POLICE).get(&format!("/v1/criminal-handoffs/{}", id(&opened))).await;
    assert_eq!(before.status, 404, "the police learn of it with the dispatch");
    let sent = act(&cast.agency, &opened, "dispatch", dispatch(&goods())).await;
    assert_eq!(clock(&sent, "C02", None)["state"], "met");
    act(&cast.police, &sent, "receipt", json!({})).await;

    let casebus = story::later(casebus, "2026-11-10T10:00:00+08:00").await;
    let cast = Cast::of(&casebus, INSURANCE);
    let filed = act(&cast.police, &sent, "filing", json!({ "approval": approval("police_head") })).await;
    assert_eq!((state(&filed, 1), &clock(&filed, "C07", None)["state"]), ("filed", &json!("met")));
    let notified = act(&cast.police, &filed, "notification", json!({})).await;
    let notice = notified["notices"][0]["number"].clone();
    let received = act(&cast.agency, &notified, "notice-receipt", json!({ "notice": notice })).await;
    assert_eq!(clock(&received, "C09", Some(1))["due_on"], "2026-11-13");
    act(&cast.agency, &received, "goods-handover", json!({ "goods": goods() })).await;
    let mut fewer = goods();
    fewer[1]["quantity"] = json!("2");
    let problem = refused(&cast.police, &received, "goods-receipt", json!({ "goods": fewer })).await;
    assert_eq!(problem["condition"], "goods_agree");
    let handed = act(&cast.police, &received, "goods-receipt", json!({ "goods": goods() })).await;
    assert_eq!(clock(&handed, "C09", Some(1))["state"], "met");

    a_detention_shows_nowhere(&casebus, &cast, &handed).await;
    to_the_judgment(&cast, &handed).await;
    let answered = result_to_all(&casebus, &cast, &handed).await;
    papers(&cast, &answered).await;

    // The chain of the matter shows both; the clue goes on and is answered.
    let position = answered["position"].as_i64().unwrap();
    let path = format!("/v1/matters/{}", clue["matter"].as_str().unwrap());
    let matter = casebus.caller(HEALTH).get_at(&path, position).await.ok();
    assert_eq!(
        (matter["transfers"].as_array().unwrap().len(), &matter["handoffs"][0]["id"]),
        (1, &opened["id"])
    );
    casebus.stop().await;
}

/// A detention moves nothing that the agency can see, and can be repeated like every command.
async fn a_detention_shows_nowhere(casebus: &Casebus, cast: &Cast, handoff: &Value) {
    let path = format!("/v1/criminal-handoffs/{}", id(handoff));
    let before = read(&cast.agency, handoff).await;
    let detention = json!({ "milestone": "detention" });
    let detain = async || cast.police.post_as(&format!("{path}/milestone"), &detention, "d-1").await.unwrap();
    let detained = detain().await;
    let again = detain().await;
    assert_eq!((again.status, again.position, &again.body), (200, detained.position, &detained.body));
    let position = detained.position.unwrap();
    assert!(position > before["position"].as_i64().unwrap());
    assert_eq!(cast.agency.get_at(&path, position).await.ok(), before);
    let told = cast.police.get_at(&format!("{path}/events?limit=500"), position).await.ok();
    let last = told["data"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&last["data"]["data"]["milestone"], &last["transfer"]), (&json!("detention"), &before["id"]));
    let arrest = act(&cast.procuratorate, handoff, "milestone", json!({ "milestone": "arrest" })).await;
    assert_eq!(arrest["version"], before["version"]);
    // Whoever works out how the stream beside the handoff is called learns as much as of one that does not exist.
    let beside = HandoffId(id(handoff).parse().unwrap()).investigation();
    for caller in [&cast.agency, &cast.police] {
        for path in ["criminal-handoffs/{}/receipt", "transfers/{}/receipt"] {
            let path = format!("/v1/{}", path.replace("{}", &beside.to_string()));
            assert_eq!(caller.post(&path, &json!({})).await.status, 404, "{path}");
        }
        for path in [
            "criminal-handoffs/{}",
            "criminal-handoffs/{}/clocks",
            "criminal-handoffs/{}/events",
            "transfers/{}",
        ] {
            let path = format!("/v1/{}", path.replace("{}", &beside.to_string()));
            assert_eq!(caller.get(&path).await.status, 404, "{path}");
        }
    }
    // Page by page, everything comes once and in order.
    let (mut positions, mut cursor) = (Vec::new(), String::new());
    while positions.len() < 100 {
        let page = cast.police.get(&format!("{path}/events?limit=1{cursor}")).await.ok();
        positions
            .extend(page["data"].as_array().unwrap().iter().map(|event| event["position"].as_i64().unwrap()));
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert!(positions.is_sorted_by(|one, next| one < next), "{positions:?}");
    let versions = usize::try_from(before["version"].as_i64().unwrap()).unwrap();
    assert_eq!(positions.len(), versions + 2, "with the detention and the arrest");
    let (code, said) = casebus.administer(&["verify", "--order"]).await;
    assert_eq!(code, 0, "{said}");
}

/// Detention stays a secret of the investigation; prosecution and judgment are told.
async fn to_the_judgment(cast: &Cast, handoff: &Value) {
    act(&cast.police, handoff, "milestone", json!({ "milestone": "transfer_for_prosecution" })).await;
    let early = json!({ "verdict": "guilty", "reference": "（2026）川14刑初1号" });
    assert_eq!(refused(&cast.court, handoff, "judgment", early.clone()).await["code"], "handoff.not-found");
    act(&cast.procuratorate, handoff, "milestone", json!({ "milestone": "prosecution" })).await;
    let mut judgment = early;
    judgment["fine_fen"] = json!(5_000_000);
    let judged = act(&cast.court, handoff, "judgment", judgment).await;
    assert_eq!((state(&judged, 1), &judged["lanes"][0]["outcome"]), ("result_ready", &json!("judged")));
    let path = format!("/v1/criminal-handoffs/{}/events?limit=200", id(handoff));
    let position = judged["position"].as_i64().unwrap();
    for (caller, sees) in [(&cast.agency, false), (&cast.police, true), (&cast.procuratorate, true)] {
        let page = caller.get_at(&path, position).await.ok();
        let told = page["data"].as_array().unwrap().iter();
        let has = told.clone().any(|event| event["data"]["data"]["milestone"] == "detention");
        assert_eq!(has, sees, "{page:#}");
        assert!(told.clone().any(|event| event["type"] == "criminal-handoff.judged"));
        let is_own = |event: &&Value| {
            !["detention", "arrest"].map(Value::from).contains(&event["data"]["data"]["milestone"])
        };
        let versions: Vec<_> = told.filter(is_own).map(|event| event["version"].as_i64().unwrap()).collect();
        assert!(
            versions.into_iter().eq(1..=judged["version"].as_i64().unwrap()),
            "versions without a gap: {page:#}"
        );
    }
    let feed = cast.agency.get_at("/v1/events?limit=1000", position).await.ok();
    assert!(!feed.to_string().contains("\"milestone\":\"detention\""));
}

/// The result is owed to the procuratorate and to the health commission, which sent the clue.
async fn result_to_all(casebus: &Casebus, cast: &Cast, handoff: &Value) -> Value {
    let result = json!({ "content": "法院判决有罪并处罚金，骗取的基金已追回",
        "attachments": [{ "name": "判决书", "sha256": HASH }] });
    let given = act(&cast.agency, handoff, "result-feedback", result).await;
    assert_eq!(given["lanes"][0]["feedback"]["to"], json!([HEALTH, PROCURATORATE]));
    assert_eq!(given["open"], true);
    act(&cast.procuratorate, handoff, "feedback-confirmation", json!({})).await;
    let closed = act(&casebus.caller(HEALTH), handoff, "feedback-confirmation", json!({})).await;
    assert_eq!((&closed["open"], &closed["state"]), (&json!(false), &json!("closed")));
    closed
}

/// Each paper is printed as PDF, and its text has the number that casebus allotted.
async fn papers(cast: &Cast, handoff: &Value) {
    let seen = read(&cast.agency, handoff).await;
    let documents = seen["documents"].as_array().unwrap();
    let mut printed = 0;
    for kind in ["transfer_letter", "transfer_receipt", "filing_notice", "goods_list", "result_reply"] {
        let document = documents.iter().find(|document| document["kind"] == kind);
        let document = document.unwrap_or_else(|| panic!("no {kind}: {documents:#?}"));
        let path = format!("/v1/criminal-handoffs/{}/documents/{}", id(handoff), document["version"]);
        let text = crate::pdf::text(&cast.agency.get_bytes(&path).await);
        assert!(text.contains(document["number"].as_str().unwrap()), "{kind}: {text}");
        assert!(text.contains("周四"), "{kind}: {text}");
        printed += 1;
        if kind == "goods_list" {
            assert!(text.contains("虚假结算单") && text.contains("128"), "{text}");
        }
        if kind == "transfer_letter" {
            assert!(text.contains("无需检验鉴定") && text.contains("诈骗罪"), "{text}");
        }
    }
    assert_eq!(printed, 5);
}
