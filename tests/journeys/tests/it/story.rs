//! What the journeys share: acts by their route, events by their name, and business time that moves on by a restart.

use harness::{Caller, Casebus, Options};
use serde_json::{Value, json};
use std::time::Duration;

/// How long the watch and the read model may take.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// An act on a transfer that must succeed.
pub async fn act(caller: &Caller, transfer: &Value, act: &str, body: Value) -> Value {
    caller.post(&path(transfer, act), &body).await.ok()
}

/// An act that must be refused; its code.
pub async fn refused(caller: &Caller, transfer: &Value, act: &str, body: Value) -> String {
    let answer = caller.post(&path(transfer, act), &body).await;
    assert!(answer.status >= 400, "{act} was not refused: {:#}", answer.body);
    answer.body["code"].as_str().unwrap().to_owned()
}

fn path(transfer: &Value, act: &str) -> String {
    format!("/v1/transfers/{}/{act}", transfer["id"].as_str().unwrap())
}

/// A transfer as its reader sees it now.
pub async fn read(caller: &Caller, transfer: &Value) -> Value {
    caller.get(&format!("/v1/transfers/{}", transfer["id"].as_str().unwrap())).await.ok()
}

/// The types of a transfer's events so far, in order.
pub async fn events(caller: &Caller, transfer: &Value) -> Vec<String> {
    let path = format!("/v1/transfers/{}/events?limit=200", transfer["id"].as_str().unwrap());
    let page = caller.get(&path).await.ok();
    let rows = page["data"].as_array().unwrap();
    rows.iter().map(|event| event["type"].as_str().unwrap().to_owned()).collect()
}

/// Waits until a transfer has had so many events of a type, and a moment longer for one too many.
pub async fn happened(caller: &Caller, transfer: &Value, event: &str, times: usize) {
    let begun = std::time::Instant::now();
    loop {
        let found = events(caller, transfer).await;
        let count = found.iter().filter(|name| *name == event).count();
        assert!(count <= times, "{count} × {event}: {found:?}");
        if count == times {
            return;
        }
        assert!(begun.elapsed() < PATIENCE, "{count} and not {times} × {event}: {found:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// A clock of a transfer.
pub fn clock<'a>(transfer: &'a Value, code: &str) -> &'a Value {
    let mut clocks = transfer["clocks"].as_array().unwrap().iter();
    let clock = clocks.rfind(|clock| clock["code"] == code);
    clock.unwrap_or_else(|| panic!("no {code}: {transfer:#}"))
}

/// Business time moves on to about this moment.
pub async fn later(casebus: Casebus, moment: &str) -> Casebus {
    casebus.restart(&Options::demo_at(moment)).await
}

/// A person's head of department.
pub fn head(casebus: &Casebus, department: &str) -> Caller {
    casebus.caller(&format!("{department}/head"))
}

/// Final feedback.
pub fn answer(text: &str, outcome: &str) -> Value {
    json!({ "kind": "final", "text": text, "outcome": outcome })
}
