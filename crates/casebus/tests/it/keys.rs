use crate::support::{Running, act};
use reqwest::{Client, StatusCode};

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
    let unknown = act(&running.folder, &["key", "create", "--department", "999999-x", "--role", "clerk"]);
    assert!(unknown.code == 1 && unknown.errors.contains("not in the registry"), "{}", unknown.errors);
}

async fn status(running: &Running, secret: &str) -> StatusCode {
    let url = format!("{}/v1/transfers", running.url);
    Client::new().get(url).bearer_auth(secret).send().await.unwrap().status()
}
