use crate::support::{Running, act};
use reqwest::Client;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// How long things may take after the new epoch.
const PATIENCE: Duration = Duration::from_secs(30);

/// Sends a clue; answers the status and the body.
async fn send(running: &Running, key: &str) -> reqwest::Result<(u16, Value)> {
    let body = json!({
        "to": "320100-gaj", "title": "线索", "summary": "经过", "source": "routine_inspection",
    });
    let request = Client::new().post(format!("{}/v1/clue-transfers", running.url));
    let request = request.bearer_auth(demo_key(&running.folder)).header("Idempotency-Key", key);
    let answer = request.json(&body).send().await?;
    let names_a_pause = answer.headers().contains_key("retry-after");
    assert_eq!(names_a_pause, answer.status().as_u16() == 503, "{answer:?}");
    Ok((answer.status().as_u16(), answer.json().await?))
}

fn demo_key(folder: &Path) -> String {
    let text = std::fs::read_to_string(folder.join("demo-keys.json")).unwrap();
    let mut keys: BTreeMap<String, String> = serde_json::from_str(&text).unwrap();
    keys.remove("320100-ybj").unwrap()
}

async fn get(running: &Running, path: &str) -> (u16, Value) {
    let request = Client::new().get(format!("{}{path}", running.url));
    let answer = request.bearer_auth(demo_key(&running.folder)).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

/// Waits until the log, the stream and the read model are equal.
fn verify(folder: &Path) {
    let begun = Instant::now();
    loop {
        let said = act(folder, &["log", "verify"]);
        if said.code == 0 {
            break;
        }
        assert!(begun.elapsed() < PATIENCE, "{}{}", said.output, said.errors);
    }
}

fn copy(from: &Path, to: &Path) {
    let copied = Command::new("cp").arg("-a").arg(from).arg(to).status().unwrap();
    assert!(copied.success());
}

/// A folder whose database was put back to before the last event of its stream.
async fn restored() -> std::path::PathBuf {
    let folder = testkit::folder("halted");
    let (postgres, older) = (folder.join("postgres"), folder.join("older"));
    Running::start(&folder, &["--demo"]).stop();
    copy(&postgres, &older);
    let running = Running::start(&folder, &["--demo"]);
    assert_eq!(send(&running, "lost").await.unwrap().0, 201);
    verify(&folder);
    running.stop();
    std::fs::remove_dir_all(&postgres).unwrap();
    std::fs::rename(&older, &postgres).unwrap();
    folder
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_behind_its_stream_takes_nothing_until_an_operator_begins_an_epoch() {
    let folder = restored().await;
    let running = Running::start_until(&folder, &["--demo"], "casebus is halted: ");
    let (status, ready) = get(&running, "/readyz").await;
    assert_eq!(status, 503);
    let checks = ready["checks"].as_array().unwrap();
    let unwell: Vec<_> = checks.iter().filter(|check| check["ok"] == false).collect();
    assert_eq!(unwell[0]["name"], "relay", "{ready}");
    let told = checks.iter().find(|check| check["name"] == "log").unwrap();
    assert_eq!(told["ok"], true, "{ready}");
    assert!(told["detail"].as_str().unwrap().starts_with("nothing can be written: "), "{ready}");
    assert_eq!(get(&running, "/v1/transfers?limit=1").await.0, 200);
    let (status, refused) = send(&running, "refused").await.unwrap();
    assert_eq!((status, &refused["code"]), (503, &json!("log.halted")));
    assert_eq!(refused["retryable"], true);
    let said = act(&folder, &["doctor"]);
    assert_eq!(said.code, 1, "{}", said.output);
    assert!(said.output.contains("fail  the log is halted: "), "{}", said.output);
    for comparison in [&["verify"][..], &["verify", "--order"]] {
        let said = act(&folder, comparison);
        assert_eq!(said.code, 1, "{}", said.output);
        assert!(said.output.contains("casebus log new-epoch"), "{}", said.output);
    }

    let said = act(&folder, &["log", "new-epoch", "--yes"]);
    assert_eq!(said.code, 0, "{}", said.errors);
    let begun = Instant::now();
    loop {
        // The gateway begins again in the new epoch; for a moment nobody listens.
        match send(&running, "new").await {
            Ok((201, _)) => break,
            other => assert!(begun.elapsed() < PATIENCE, "{other:?}"),
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    verify(&folder);
    let said = act(&folder, &["doctor"]);
    assert!(said.output.contains("ok    the log takes events"), "{}", said.output);
    assert_eq!(running.stop().0, Some(0));
}
