use crate::support::{Running, act};
use sqlx::{Executor, PgPool};
use std::path::Path;

/// The database of a running casebus, as its owner.
async fn owner(folder: &Path) -> PgPool {
    let text = std::fs::read_to_string(folder.join("connection.json")).unwrap();
    let connection: serde_json::Value = serde_json::from_str(&text).unwrap();
    PgPool::connect(connection["owner_database_url"].as_str().unwrap()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_read_model_is_rebuilt_under_a_running_casebus_and_every_position_is_compared() {
    let folder = testkit::folder("views");
    let running = Running::start(&folder, &["--demo"]);
    let said = act(&folder, &["verify", "--order"]);
    assert_eq!(said.code, 0, "{}{}", said.output, said.errors);
    assert!(said.output.contains("the stream equals the log from position 1 to"), "{}", said.output);
    assert!(
        said.output.contains("the events of the read model equal the log from position 1 to"),
        "{}",
        said.output
    );

    let said = act(&folder, &["views", "rebuild"]);
    assert_eq!(said.code, 0, "{}{}", said.output, said.errors);
    assert!(said.output.contains("the read model was built anew and serves"), "{}", said.output);
    let said = act(&folder, &["views", "rebuild"]);
    assert_eq!(said.code, 1);
    assert!(said.errors.contains("casebus views drop-former"), "{}", said.errors);
    let said = act(&folder, &["views", "status"]).output;
    assert!(said.contains("the former read model is kept") && !said.contains("broken off"), "{said}");
    assert_eq!(act(&folder, &["views", "drop-former"]).code, 0);
    let said = act(&folder, &["verify", "--order"]);
    assert_eq!(said.code, 0, "{}{}", said.output, said.errors);
    let said = act(&folder, &["views", "status"]);
    assert_eq!(said.code, 0, "{}{}", said.output, said.errors);

    let owner = owner(&folder).await;
    // As an attempt leaves it that was broken off.
    owner.execute("create schema views_1_next").await.unwrap();
    let said = act(&folder, &["views", "status"]).output;
    assert!(said.contains("was broken off; the next one begins anew") && !said.contains("former"), "{said}");
    // A new epoch waits for a backup that reads the tables, but not for long, and then nothing has changed.
    let epoch = async || -> i64 {
        sqlx::query_scalar("select epoch from log.log_head").fetch_one(&owner).await.unwrap()
    };
    let before = epoch().await;
    let mut backup = owner.begin().await.unwrap();
    backup.execute("lock table views_1.transfer in access share mode").await.unwrap();
    let said = act(&folder, &["log", "new-epoch", "--yes"]);
    assert!(said.code == 1 && said.errors.contains("run it again when they have ended"), "{}", said.errors);
    backup.rollback().await.unwrap();
    assert_eq!(epoch().await, before);
    assert_eq!(act(&folder, &["verify", "--order"]).code, 0);

    owner.execute("update views_1.timeline set body = body || ' ' where position = 7").await.unwrap();
    let said = act(&folder, &["verify", "--order"]);
    assert_eq!(said.code, 1);
    assert!(said.output.contains("differs from the log at position 7"), "{}", said.output);
    // Where they end says nothing of that.
    assert_eq!(act(&folder, &["verify"]).code, 0);
    owner.execute("update views_1.transfer set version = version + 1").await.unwrap();
    owner
        .execute("update views_1.timeline set body = substr(body, 1, length(body) - 1) where position = 7")
        .await
        .unwrap();
    let said = act(&folder, &["verify", "--order"]);
    assert!(said.output.contains("otherwise than its last event"), "{}", said.output);
    assert_eq!(act(&folder, &["views", "rebuild", "--workers", "1"]).code, 0);
    assert_eq!(act(&folder, &["verify", "--order"]).code, 0);
    assert_eq!(running.stop().0, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_parked_is_listed_and_folded_again() {
    let folder = testkit::folder("parked");
    let running = Running::start(&folder, &["--demo"]);
    let owner = owner(&folder).await;
    let parked =
        "insert into views_1.parked select stream_id, position, 'unknown to this program' from log.event
        where version = 1 order by position limit 1";
    owner.execute(parked).await.unwrap();
    let said = act(&folder, &["views", "status"]);
    assert_eq!(said.code, 1);
    assert!(said.output.contains("unknown to this program"), "{}", said.output);
    let said = act(&folder, &["views", "retry", "--id", "019a0000-0000-7000-8000-000000000000"]);
    assert_eq!(said.code, 1, "{}", said.output);
    assert!(said.errors.contains("casebus views status"), "{}", said.errors);
    let said = act(&folder, &["views", "retry"]);
    assert_eq!(said.code, 0, "{}{}", said.output, said.errors);
    assert_eq!(act(&folder, &["views", "status"]).code, 0);
    let said = act(&folder, &["verify", "--order"]);
    assert_eq!(said.code, 0, "{}{}", said.output, said.errors);
    assert_eq!(running.stop().0, Some(0));
}
