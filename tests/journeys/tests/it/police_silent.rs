//! Story 9, the police are silent: signed, and nothing for a week; the complaint, the explanation demanded, filed.

use crate::handoff::{
    Cast, HEALTH, POLICE, act, approval, clock, dispatched, id, opening, person, read, refused, state,
};
use crate::story::{PATIENCE, later};
use harness::{Casebus, Options};
use serde_json::json;

#[tokio::test]
async fn a_week_of_silence_is_seen_complained_of_explained_and_ends_in_a_filing() {
    let casebus = Casebus::fresh("police-silent", &Options::demo_at("2026-10-12T09:00:00+08:00")).await;
    let cast = Cast::of(&casebus, HEALTH);
    let sent =
        dispatched(&cast, &opening("销售假药", &json!([person("郑六", "销售假药罪")])), &json!([])).await;
    let unwilling = json!({ "reason": "材料不全" });
    let noted = act(&cast.police, &sent, "receipt-refusal", unwilling).await;
    assert_eq!((state(&noted, 1), &noted["violations"]), ("presented", &json!(1)));
    let signed = act(&cast.police, &sent, "receipt", json!({})).await;
    assert_eq!(clock(&signed, "C07", None)["due_on"], "2026-10-15");
    let early = json!({ "content": "公安机关逾期未作决定" });
    let problem = refused(&cast.agency, &sent, "overdue-complaint", early.clone()).await;
    assert_eq!(problem["condition"], "run_out");

    let casebus = later(casebus, "2026-10-19T09:00:00+08:00").await;
    let cast = Cast::of(&casebus, HEALTH);
    // The watch records it, and the procuratorate sees it first on its list.
    let path = format!("/v1/criminal-handoffs/{}", id(&sent));
    cast.agency
        .until(&path, PATIENCE, |seen| {
            seen["clocks"].as_array().is_some_and(|clocks| {
                clocks.iter().any(|clock| clock["code"] == "C07" && clock["state"] == "missed")
            })
        })
        .await;
    let list = cast.procuratorate.get("/v1/watch/handoffs?overdue=true").await.ok();
    let first = &list["data"][0];
    assert_eq!(
        (&first["id"], &first["station"], &first["code"]),
        (&sent["id"], &json!("police"), &json!("C07"))
    );
    assert_eq!((&first["holder"], &first["violations"]), (&json!(POLICE), &json!(1)));

    let complained = act(&cast.agency, &sent, "overdue-complaint", early).await;
    assert_eq!(
        (state(&complained, 1), &complained["lanes"][0]["station"]),
        ("supervision_overdue", &json!("procuratorate"))
    );
    let required = act(&cast.procuratorate, &sent, "overdue-explanation-request", json!({})).await;
    assert_eq!(clock(&required, "C16", None)["due_on"], "2026-10-26");
    let explained = json!({ "content": "案情复杂，正在核实" });
    act(&cast.police, &sent, "overdue-explanation", explained).await;
    let unmet = json!({ "approval": approval("chief_procurator"), "reason": "应当立案" });
    assert_eq!(
        refused(&cast.procuratorate, &sent, "filing-order", unmet).await["condition"],
        "conditions_met"
    );
    let filed = act(&cast.police, &sent, "filing", json!({ "approval": approval("police_head") })).await;
    assert_eq!(state(&filed, 1), "filed");
    // The lateness stays on record.
    let seen = read(&cast.procuratorate, &filed).await;
    assert_eq!(
        (&clock(&seen, "C07", None)["state"], &clock(&seen, "C16", None)["state"]),
        (&json!("met_late"), &json!("met"))
    );
    casebus.stop().await;
}
