//! Who traces a request finds it again at whoever gets its event.

use harness::{Casebus, Evidence, Options, Wire};
use serde_json::json;

const HEALTH: &str = "320100-wjw";
const INSURANCE: &str = "320100-ybj";
const TRACE_ID: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

#[tokio::test]
async fn a_trace_leads_from_the_request_of_one_department_to_the_message_of_the_other() {
    let casebus = Casebus::fresh("trace", &Options::demo()).await;
    let mut wire = Wire::of(&casebus, INSURANCE).await;
    let (health, insurance) = (casebus.caller(HEALTH), casebus.caller(INSURANCE));
    let clue = json!({ "to": INSURANCE, "title": "床位费重复收取线索", "summary": "同一床日收取两次床位费。", "source": "routine_inspection" });
    let callers = format!("00-{TRACE_ID}-00f067aa0ba902b7-01");
    let sent = health.post_in_trace("/v1/clue-transfers", &clue, "k-1", &callers).await;
    let position = sent.position.unwrap();
    let transfer = sent.ok();
    let id = transfer["id"].as_str().unwrap();

    let (_, message) = wire.next_of(id).await;
    let carried = message["traceparent"].as_str().unwrap();
    let evidence = Evidence::of(&casebus).await;
    assert_eq!(evidence.traceparent_at(position).await.as_deref(), Some(carried));
    assert!(carried.starts_with(&format!("00-{TRACE_ID}-")) && carried.ends_with("-01"), "{carried}");
    assert_ne!(carried, callers, "the step before the event is the request, not the caller's own");

    let in_another = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let again = health.post_in_trace("/v1/clue-transfers", &clue, "k-1", in_another).await;
    assert_eq!((again.position, again.ok()["id"].as_str()), (Some(position), Some(id)));

    let receipt = format!("/v1/transfers/{id}/receipt");
    let signed = insurance.post_in_trace(&receipt, &json!({}), "k-2", "00-none-of-ours-01").await;
    assert_eq!(signed.status, 200, "{}", signed.body);
    let (_, message) = wire.next_of(id).await;
    let begun = message["traceparent"].as_str().unwrap();
    assert!(!begun.contains(TRACE_ID) && !begun.contains("none"), "{begun}");

    let unit = json!({ "unit": "稽核科", "due_on": transfer["sent_at"].as_str().unwrap()[..10] });
    let inside = format!("/v1/transfers/{id}/internal-assignment");
    let assigned = insurance.post_in_trace(&inside, &unit, "k-3", &callers).await;
    assert_eq!(assigned.status, 200, "{}", assigned.body);
    let hidden = assigned.position.unwrap();
    assert!(evidence.traceparent_at(hidden).await.unwrap().contains(TRACE_ID));

    let (code, said) = casebus.administer(&["verify", "--order"]).await;
    assert_eq!(code, 0, "{said}");
    assert!(!evidence.message_at(hidden).await.contains(TRACE_ID), "it would tell who acted");
    casebus.stop().await;
}
