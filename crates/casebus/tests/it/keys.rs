use crate::support::{Running, act, casebus};
use chrono::NaiveDate;
use reqwest::{Client, StatusCode};
use std::process::Stdio;

pub async fn a_key_is_made_listed_and_revoked(running: &Running) {
    let made = act(
        &running.folder,
        &[
            "key",
            "create",
            "--department",
            "320100-ybj",
            "--role",
            "clerk",
            "--label",
            "desk 3",
            "--expires-in",
            "90d",
        ],
    );
    assert_eq!(made.code, 0, "{}", made.errors);
    let secret = made.output.trim().to_owned();
    assert_eq!(status(running, &secret).await, 200);
    let listed = act(&running.folder, &["key", "list"]).output;
    let line = listed.lines().find(|line| line.ends_with("desk 3")).unwrap();
    let id = line.split('\t').next().unwrap().to_owned();
    assert!(!listed.contains(&secret) && line.contains("\tvalid\t"), "{line}");
    let days: Vec<_> =
        line.split('\t').skip(5).take(2).map(|day| day.parse::<NaiveDate>().unwrap()).collect();
    assert_eq!((days[1] - days[0]).num_days(), 90, "when it was made, and when it ends: {line}");
    assert_eq!(act(&running.folder, &["key", "revoke", &id]).code, 0);
    let listed = act(&running.folder, &["key", "list"]).output;
    assert!(listed.lines().any(|line| line.starts_with(&id) && line.contains("\trevoked\t")));
    // Another process believes the key for at most five seconds.
    for _ in 0..100 {
        if status(running, &secret).await == 401 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert_eq!(status(running, &secret).await, 401);
    let create = ["key", "create", "--department", "320100-ybj", "--role", "clerk", "--label"];
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut lost = casebus();
    lost.args(create).arg("lost").arg("--data-dir").arg(&running.folder).stdout(full);
    let lost = lost.stderr(Stdio::piped()).output().unwrap();
    let said = String::from_utf8_lossy(&lost.stderr);
    assert!(
        lost.status.code() == Some(1) && said.contains("so the key was revoked") && said.contains("已吊销"),
        "{said}"
    );
    let listed = act(&running.folder, &["key", "list"]).output;
    assert!(listed.lines().any(|line| line.ends_with("\tlost") && line.contains("\trevoked\t")), "{listed}");
    let two_lines = act(&running.folder, &[&create[..], &["a\nb"]].concat());
    assert!(two_lines.code == 1 && two_lines.errors.contains("one line"), "{}", two_lines.errors);
    let unknown = act(&running.folder, &["key", "create", "--department", "999999-x", "--role", "clerk"]);
    assert!(unknown.code == 1 && unknown.errors.contains("not in the registry"), "{}", unknown.errors);
}

async fn status(running: &Running, secret: &str) -> StatusCode {
    let url = format!("{}/v1/transfers", running.url);
    Client::new().get(url).bearer_auth(secret).send().await.unwrap().status()
}
