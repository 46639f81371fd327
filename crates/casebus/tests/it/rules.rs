//! Rule packs on the command line.

use crate::support::{Running, act, answer, casebus, file};
use serde_json::Value;
use std::path::Path;
use std::time::Duration;

/// A pack that gives departments of Liaoning longer to sign, in force from a day that its id ends with.
fn pack(id: &str, inherits: &str, days: u16, due_on: &str) -> String {
    let day = id.chars().next_back().unwrap();
    format!(
        "id = \"{id}\"\ninherits = \"{inherits}\"\njurisdiction = \"210000\"\neffective_from = \"2026-01-0{day}\"\n\
         [[clock]]\ncode = \"T02\"\nperiod = {{ length = {days}, unit = \"working_day\" }}\narticle = \"local\"\n\
         [[vector]]\nclock = \"T02\"\nstart = 2026-09-16T10:00:00+08:00\ndue_on = \"{due_on}\"\n"
    )
}

#[test]
fn a_pack_is_checked_without_a_database_and_shows_what_it_changes() {
    let good = file(&pack("ln-1", "cn-default-2026.2", 2, "2026-09-18"));
    let said = answer(casebus().args(["rules", "check"]).arg(&good));
    assert_eq!(said.code, 0, "{}", said.errors);
    assert!(said.output.contains("it holds in 210000 from 2026-01-01 on"), "{}", said.output);
    assert!(said.output.contains("ln-1 can be used") && said.output.contains("ln-1 可用"), "{}", said.output);
    let change =
        "T02\tperiod: { length = 1, unit = \"working_day\" } → { length = 2, unit = \"working_day\" }";
    assert!(said.output.lines().any(|line| line == change), "{}", said.output);
    assert!(!said.output.contains("T03"), "what is inherited is not told: {}", said.output);
}

#[test]
fn a_pack_that_cannot_be_used_ends_with_code_1_and_says_where_and_what_to_do() {
    let wrong = file(&pack("ln-1", "cn-default-2026.2", 2, "2026-09-17"));
    let said = answer(casebus().args(["rules", "check"]).arg(&wrong));
    assert_eq!(said.code, 1);
    for part in ["line 12", "correct the clock or the vector", "第12行", "请改正时限或样例"] {
        assert!(said.errors.contains(part), "{part} in {}", said.errors);
    }
    let text = pack("ln-1", "cn-default-2026.2", 2, "2026-09-18");
    for key in ["jurisdiction", "effective_from"] {
        let without: Vec<_> = text.lines().filter(|line| !line.starts_with(key)).collect();
        let silent = file(&without.join("\n"));
        let said = answer(casebus().args(["rules", "check"]).arg(&silent));
        assert!(said.code == 1 && said.errors.contains(&format!("says no {key}")), "{}", said.errors);
    }
    let orphan = file(&pack("ln-2", "ln-1", 2, "2026-09-18"));
    let said = answer(casebus().args(["rules", "check"]).arg(&orphan));
    assert!(said.code == 1 && said.errors.contains("publish that one first"), "{}", said.errors);
}

/// On a demonstration, whose provincial list begins under the shipped pack.
pub fn a_pack_is_compared_published_and_listed(folder: &Path) {
    let first = file(&pack("ln-1", "cn-default-2026.2", 9, "2026-09-29"));
    let second = file(&pack("ln-2", "ln-1", 2, "2026-09-18"));
    let (first, second) = (first.to_str().unwrap(), second.to_str().unwrap());
    let said = act(folder, &["rules", "diff", "cn-default-2026.2", first]);
    assert_eq!(said.code, 0, "{}", said.errors);
    let changed = said.output.lines().filter(|line| line.contains("\tT02\t")).count();
    let total = said.output.lines().last().unwrap();
    let counted = format!("{changed} clocks; nothing was changed");
    assert!(changed > 0 && total.contains(&counted), "{}", said.output);
    let same = act(folder, &["rules", "diff", "cn-default-2026.2", "cn-default-2026.2"]).output;
    assert!(same.lines().last().unwrap().starts_with("0 of "), "{same}");
    let unknown = act(folder, &["rules", "diff", "cn-default-2026.2", "no-such-pack"]);
    assert!(unknown.code == 1 && unknown.errors.contains("casebus rules list"), "{}", unknown.errors);

    assert_eq!(act(folder, &["rules", "check", second]).code, 1, "its parent is not published yet");
    for _ in 0..2 {
        let said = act(folder, &["rules", "publish", first]);
        assert!(said.code == 0 && said.output.contains("ln-1 is published"), "{}", said.errors);
    }
    assert_eq!(act(folder, &["rules", "check", second]).code, 0);
    let refused =
        act(folder, &["rules", "publish", file(&pack("ln-1", "ln-1", 3, "2026-09-20")).to_str().unwrap()]);
    assert!(refused.code == 1 && refused.errors.contains("under a new id"), "{}", refused.errors);
    let listed = act(folder, &["rules", "list"]).output;
    assert!(listed.contains("ln-1\t210000\t2026-01-01\t\t") && listed.contains("cn-2027"), "{listed}");
}

/// What was published while it ran.
pub async fn a_running_gateway_takes_up_what_was_published(running: &Running, key: &str) {
    let client = reqwest::Client::new();
    for _ in 0..100 {
        let request = client.get(format!("{}/v1/rule-packs", running.url)).bearer_auth(key);
        let packs: Value = request.send().await.unwrap().json().await.unwrap();
        if packs["data"].as_array().unwrap().iter().any(|pack| pack["id"] == "ln-1") {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the gateway still decides by the old rules");
}
