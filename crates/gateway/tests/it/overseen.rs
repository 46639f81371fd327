//! An office binds the departments of its region, and no others.

use crate::bad_input::{errors, refused_act};
use crate::world::{Department, World, id};
use serde_json::{Value, json};

const SENDER: &str = "211382-ybj";
const RECEIVER: &str = "211382-scj";
const OFFICE: &str = "211382-dcs";
/// Between the sender and this one a provincial office decides.
const PROVINCIAL: &str = "210000-ybj";
/// Nobody decides between the provinces, so the sender's office does.
const OF_ANOTHER_PROVINCE: &str = "511400-ybj";

/// A clue about which the two do not agree.
async fn disputed(sender: &Department<'_>, receiver: &Department<'_>) -> Value {
    let clue = sender.send_clue(RECEIVER).await;
    receiver.act(&clue, "receipt", json!({})).await;
    let objection = json!({"reason": "非本部门职责", "proposed_department": "211382-wjw"});
    receiver.act(&clue, "objection", objection).await;
    sender.act(&clue, "objection/answer", json!({"agree": false, "reason": "不同意"})).await;
    sender.act(&clue, "dispute/submission", json!({"reason": "协商不成"})).await
}

fn designation(department: &str) -> Value {
    json!({"department": department, "reason": "职责所在"})
}

fn lead(department: &str) -> Value {
    json!({"minutes": "纪要1号", "reason": "职责所在", "decision": "fix_lead", "department": department})
}

#[tokio::test]
async fn an_office_designates_and_fixes_leads_in_its_region_only() {
    let world = World::new().await;
    let (sender, receiver) = (world.clerk(SENDER).await, world.clerk(RECEIVER).await);
    let office = world.supervisor(OFFICE).await;
    let clue = disputed(&sender, &receiver).await;
    assert_eq!(clue["office"], OFFICE);
    for department in [PROVINCIAL, "210000-rmzf", "211300-rmzf"] {
        for (act, body) in [("designation", designation(department)), ("meeting-decision", lead(department))]
        {
            let wrong = refused_act(&office, &clue, act, body, 422, "request.invalid").await;
            assert_eq!(errors(&wrong), [("/department", "department.not-overseen")], "{act} {department}");
        }
    }
    // A party hears that the act is not its own, whomever it names.
    refused_act(&sender, &clue, "designation", designation(PROVINCIAL), 403, "transfer.wrong-party").await;
    for department in ["211382-wjw", SENDER, RECEIVER, OF_ANOTHER_PROVINCE] {
        let clue = disputed(&sender, &receiver).await;
        let done = office.act(&clue, "designation", designation(department)).await;
        assert!(department == SENDER || done["to"] == department, "{done}");
    }
    for department in ["211382-wjw", RECEIVER] {
        let clue = disputed(&sender, &receiver).await;
        assert_eq!(office.act(&clue, "meeting-decision", lead(department)).await["to"], department);
    }
    assert_eq!(sender.get(&format!("/v1/transfers/{}", id(&clue))).await.body["state"], "disputed_submitted");
}
