//! Who is silent.

use crate::world::{GAJ, LXB, World, YBJ, clue, id, moment};
use serde_json::json;

#[tokio::test]
async fn an_unsigned_transfer_stands_on_the_list_once_it_is_overdue() {
    let world = World::new().await;
    let (sender, office) = (world.clerk(YBJ).await, world.supervisor(LXB).await);
    let sent = sender.send_clue(GAJ).await;
    assert_eq!(office.get("/v1/watch/unacknowledged").await.body["data"], json!([]));
    let pending = office.get("/v1/watch/unacknowledged?include=pending").await.body;
    assert_eq!((&pending["data"][0]["id"], &pending["data"][0]["overdue"]), (&sent["id"], &json!(false)));
    world.clock.set(moment("2026-10-12T09:00:00+08:00"));
    let overdue = office.get("/v1/watch/unacknowledged").await.body;
    let entry = &overdue["data"][0];
    assert_eq!((&entry["id"], &entry["overdue"], &entry["code"]), (&sent["id"], &json!(true), &json!("T02")));
    assert_eq!(
        (&entry["due_at"], &entry["due_on"]),
        (&sent["clocks"][0]["due_at"], &sent["clocks"][0]["due_on"])
    );
    let summary = office.get("/v1/watch/summary").await.body;
    assert_eq!((&summary["open"], &summary["overdue"]), (&json!(1), &json!(1)));
    assert_eq!(summary["unacknowledged"], json!({"all": 1, "overdue": 1}));
    assert_eq!(summary["by_holder"][0], json!({"department": GAJ, "name": "公安局", "all": 1, "overdue": 1}));
}

#[tokio::test]
async fn an_accepted_and_unanswered_transfer_stands_on_the_other_list() {
    let world = World::new().await;
    let (sender, receiver) = (world.clerk(YBJ).await, world.clerk(GAJ).await);
    let sent = sender.send_clue(GAJ).await;
    receiver.act(&sent, "receipt", json!({})).await;
    receiver.act(&sent, "acceptance", json!({})).await;
    world.clock.set(moment("2027-03-01T09:00:00+08:00"));
    let missing = sender.get("/v1/watch/missing-feedback").await.body;
    assert_eq!((&missing["data"][0]["id"], &missing["data"][0]["overdue"]), (&sent["id"], &json!(true)));
    assert_eq!(missing["data"][0]["accepted_at"], "2026-09-16T09:00:00+08:00");
    assert_eq!(sender.get("/v1/watch/unacknowledged").await.body["data"], json!([]));
}

#[tokio::test]
async fn lists_have_pages_and_their_cursors_fit_only_their_own_list() {
    let world = World::new().await;
    let sender = world.clerk(YBJ).await;
    let mut sent = Vec::new();
    for number in 0..5 {
        let mut body = clue(GAJ);
        body["title"] = json!(format!("线索 {number}"));
        sent.push(sender.post("/v1/clue-transfers", body).await.body["id"].clone());
    }
    let mut found = Vec::new();
    let mut path = "/v1/transfers?box=out&limit=2".to_owned();
    loop {
        let page = sender.get(&path).await.body;
        found.extend(page["data"].as_array().unwrap().iter().map(|entry| entry["id"].clone()));
        let Some(next) = page["next_cursor"].as_str() else { break };
        path = format!("/v1/transfers?box=out&limit=2&cursor={next}");
    }
    found.reverse();
    assert_eq!(found, sent);
    let cursor = sender.get("/v1/transfers?limit=2").await.body["next_cursor"].as_str().unwrap().to_owned();
    for other in ["/v1/transfers?box=in&", "/v1/watch/unacknowledged?include=pending&"] {
        let refused = sender.get(&format!("{other}cursor={cursor}")).await;
        assert_eq!(refused.problem(), (400, "request.cursor"), "{other}");
    }
    let filtered = sender
        .get("/v1/transfers?text=线索 3&state=delivered&kind=clue_transfer&holder=320100-gaj")
        .await
        .body;
    assert_eq!((filtered["data"].as_array().unwrap().len(), &filtered["data"][0]["id"]), (1, &sent[3]));
    let by_matter = sender.get(&format!("/v1/transfers?matter={}", id(&json!({"id": sent[1]})))).await.body;
    assert_eq!(by_matter["data"].as_array().unwrap().len(), 1);
    assert_eq!(sender.get("/v1/transfers?overdue=true").await.body["data"], json!([]));
    assert_eq!(sender.get("/v1/transfers?box=in").await.body["data"], json!([]));
}
