//! What goes wrong with a dispatch: materials are missing, or it went to the wrong police.

use crate::handoff::{
    Cast, HASH, HEALTH, POLICE, act, approval, clock, dispatch, dispatched, opening, person, refused, report,
    state,
};
use crate::story::later;
use harness::{Casebus, Options};
use serde_json::json;

const OTHER_POLICE: &str = "320100-gaj";
const OTHER_PROCURATORATE: &str = "320100-jcy";

#[tokio::test]
async fn incomplete_materials_are_asked_for_and_the_filing_clock_runs_on() {
    let casebus =
        Casebus::fresh("incomplete-materials", &Options::demo_at("2026-09-28T09:00:00+08:00")).await;
    let cast = Cast::of(&casebus, HEALTH);
    let body = opening("非法采血", &json!([person("卫二", "非法采集血液罪")]));
    let opened = cast.agency.post("/v1/criminal-handoffs", &body).await.ok();
    act(&cast.agency, &opened, "report", report()).await;
    act(&cast.head, &opened, "approval", json!({ "approval": approval("head") })).await;
    let mut short = dispatch(&json!([]));
    short["materials"].as_array_mut().unwrap().remove(2);
    let problem = refused(&cast.agency, &opened, "dispatch", short).await;
    assert_eq!(problem["condition"], "materials_complete");
    assert!(problem["detail"].as_str().unwrap().contains('：'), "{problem:#}");
    let mut far = dispatch(&json!([]));
    far["department"] = json!(OTHER_POLICE);
    assert_eq!(refused(&cast.agency, &opened, "dispatch", far).await["condition"], "police_competent");
    let sent = act(&cast.agency, &opened, "dispatch", dispatch(&json!([]))).await;
    act(&cast.police, &sent, "receipt", json!({})).await;
    let asked = json!({ "items": ["鉴定意见", "现场照片"] });
    let asked = act(&cast.police, &sent, "supplement-request", asked).await;
    assert_eq!(
        (state(&asked, 1), &clock(&asked, "C07", None)["state"]),
        ("supplementing", &json!("running"))
    );
    assert_eq!(
        (&clock(&asked, "C05", None)["state"], &asked["lanes"][0]["holder"]),
        (&json!("met"), &json!(POLICE))
    );
    let notice = asked["notices"][0]["number"].clone();
    let received = act(&cast.agency, &sent, "notice-receipt", json!({ "notice": notice })).await;
    // Three natural days from 28 September end on the first day of the holiday, so on the first working day after it.
    assert_eq!(clock(&received, "C06", None)["due_on"], "2026-10-08");
    assert_eq!(clock(&received, "C07", None)["due_on"], "2026-10-08");
    let supplied =
        json!({ "content": "补充鉴定意见", "attachments": [{ "name": "鉴定意见", "sha256": HASH }] });
    let supplied = act(&cast.agency, &sent, "supplement", supplied).await;
    assert_eq!((state(&supplied, 1), &clock(&supplied, "C06", None)["state"]), ("accepted", &json!("met")));
    let explained = cast
        .agency
        .get_at(
            &format!("/v1/criminal-handoffs/{}/clocks", sent["id"].as_str().unwrap()),
            supplied["position"].as_i64().unwrap(),
        )
        .await
        .ok();
    let review = explained["data"].as_array().unwrap().iter().find(|clock| clock["code"] == "C07").unwrap();
    assert!(review["explanation"]["zh-CN"].as_str().unwrap().contains("第八条"), "{review:#}");
    casebus.stop().await;
}

#[tokio::test]
async fn the_wrong_police_redirect_within_a_day_and_the_chain_is_kept() {
    let casebus = Casebus::fresh("wrong-police", &Options::demo_at("2026-10-12T09:00:00+08:00")).await;
    let cast = Cast::of(&casebus, HEALTH);
    let sent =
        dispatched(&cast, &opening("跨市销售假药", &json!([person("蒋三", "销售假药罪")])), &json!([])).await;
    act(&cast.police, &sent, "receipt", json!({})).await;
    let found = act(&cast.police, &sent, "competence-finding", json!({ "reason": "主要犯罪地在他市" })).await;
    assert_eq!(clock(&found, "C04", None)["state"], "running");
    let casebus = later(casebus, "2026-10-13T08:00:00+08:00").await;
    let cast = Cast::of(&casebus, HEALTH);
    let other = casebus.caller(OTHER_POLICE);
    let redirect = json!({ "department": OTHER_POLICE, "reason": "主要犯罪地在南京" });
    let moved = act(&cast.police, &sent, "redirection", redirect).await;
    assert_eq!((state(&moved, 1), &clock(&moved, "C04", None)["state"]), ("presented", &json!("met")));
    assert_eq!(
        (&moved["parties"]["police"], &moved["parties"]["procuratorate"]),
        (&json!(OTHER_POLICE), &json!(OTHER_PROCURATORATE))
    );
    assert_eq!((&moved["parties"]["earlier_police"], &moved["to"]), (&json!([POLICE]), &json!(POLICE)));
    let problem = refused(&cast.police, &sent, "receipt", json!({})).await;
    assert_eq!(problem["code"], "handoff.wrong-organ");
    let signed = act(&other, &sent, "receipt", json!({})).await;
    assert_eq!((state(&signed, 1), &clock(&signed, "C07", None)["run"]), ("accepted", &json!(2)));
    casebus.stop().await;
}
