//! Who may know of which transfer.

use crate::world::{GAJ, LXB, WJW, World, YBJ, answer, clue, id};
use accounts::Scope;
use contract::actor::Role;
use contract::ids::TransferId;
use serde_json::json;

/// Every act, with a body that is right.
pub const ACTS: [&str; 36] = [
    "receipt",
    "acceptance",
    "supplement-request",
    "supplement",
    "objection",
    "objection/answer",
    "dispute/agreement",
    "dispute/submission",
    "designation",
    "filing",
    "decision",
    "feedback",
    "feedback/1/confirmation",
    "feedback/1/contest",
    "contest/ruling",
    "resending",
    "keeping",
    "conversion",
    "withdrawal",
    "suspension",
    "resumption",
    "extension",
    "extension/decision",
    "urge",
    "urge/reply",
    "supervision",
    "escalation",
    "lateness-reason",
    "meeting-decision",
    "failure-acknowledgement",
    "routing-confirmation",
    "plan",
    "progress",
    "reopening",
    "joint-handling",
    "internal-assignment",
];

/// What can be read of a transfer.
const READS: [&str; 3] = ["", "/events", "/clocks/T02"];

#[test]
fn the_lists_above_name_every_route_of_a_transfer() {
    let document: serde_json::Value = serde_json::from_str(&gateway::openapi().to_json().unwrap()).unwrap();
    let paths = document["paths"].as_object().unwrap();
    for (path, operations) in paths {
        let Some(rest) = path.strip_prefix("/v1/transfers/{id}") else { continue };
        let concrete = rest.replace("{n}", "1").replace("{code}", "T02");
        if operations["post"].is_object() {
            assert!(ACTS.contains(&&concrete[1..]), "{path}");
        }
        if operations["get"].is_object() {
            assert!(READS.contains(&concrete.as_str()), "{path}");
        }
    }
}

#[tokio::test]
async fn a_stranger_learns_nothing_on_any_route() {
    let world = World::new().await;
    let sender = world.clerk(YBJ).await;
    let sent = sender.send_clue(GAJ).await;
    let head = world.head().await;
    let strangers =
        [world.clerk(WJW).await, world.clerk("510100-wjw").await, world.supervisor("210000-zsb").await];
    for stranger in &strangers {
        for path in READS {
            let read = stranger.get(&format!("/v1/transfers/{}{path}", id(&sent))).await;
            let absent = stranger.get(&format!("/v1/transfers/{}{path}", TransferId::fresh())).await;
            assert_eq!(read.problem(), (404, "transfer.not-found"));
            assert_eq!((read.problem(), &read.body["detail"]), (absent.problem(), &absent.body["detail"]));
        }
        let matter = stranger.get(&format!("/v1/matters/{}", id(&sent))).await;
        assert_eq!(matter.problem(), (404, "matter.not-found"));
        for act in ACTS {
            let refused = stranger.post(&format!("/v1/transfers/{}/{act}", id(&sent)), json!({"x": 1})).await;
            assert_eq!(refused.problem(), (404, "transfer.not-found"), "{act}");
        }
        let ledger = stranger.get(&format!("/v1/supervision-tasks/{}", id(&sent))).await;
        assert_eq!(ledger.problem(), (404, "matter.not-found"));
        for list in [
            "/v1/transfers",
            "/v1/watch/unacknowledged?include=pending",
            "/v1/watch/missing-feedback?include=pending",
            "/v1/watch/agenda",
            "/v1/watch/assumed-routing",
            "/v1/supervision-tasks",
            "/v1/events",
        ] {
            assert_eq!(stranger.get(list).await.body["data"], json!([]), "{list}");
        }
        assert_eq!(stranger.get("/v1/watch/summary").await.body["open"], 0);
    }
    assert_eq!(world.head().await, head);
    for odd in ["x", "00000000-0000-0000-0000-000000000000", "%00", "..%2f"] {
        assert_eq!(sender.get(&format!("/v1/transfers/{odd}")).await.status, 404, "{odd}");
    }
}

#[tokio::test]
async fn a_supervisor_sees_its_region_and_the_administrator_everything_but_no_names() {
    let world = World::new().await;
    let sender = world.clerk(YBJ).await;
    let mut body = clue(GAJ);
    body["subjects"] = json!([{"kind": "person", "name": "张三", "identity_number": "11010519491231002X"},
        {"kind": "organisation", "name": "某某药店"}]);
    let sent = sender.post("/v1/clue-transfers", body).await.body;
    let path = format!("/v1/transfers/{}", id(&sent));
    let region = world.supervisor("320100-rmzf").await;
    let administrator = world.caller("210000-zsb", Role::Supervisor, Scope::All).await;
    for watcher in [&region, &administrator] {
        let seen = watcher.get(&path).await;
        assert_eq!(seen.status, 200);
        assert_eq!(
            seen.body["subjects"][0],
            json!({"kind": "person", "name": null, "uscc": null, "identity_number": null})
        );
        assert_eq!(seen.body["subjects"][1]["name"], "某某药店");
        assert_eq!(seen.body["allowed_actions"], json!([]));
        assert_eq!(watcher.get("/v1/transfers").await.body["data"].as_array().unwrap().len(), 1);
        let act = watcher.post(&format!("{path}/receipt"), json!({})).await;
        assert_eq!(act.problem(), (403, "transfer.wrong-party"));
        assert!(!watcher.get("/v1/events").await.text.contains("张三"));
    }
    let office = world.clerk(LXB).await.get(&path).await.body;
    assert_eq!(
        office["subjects"][0]["name"], "张三",
        "the office that rules between the parties is one of them"
    );
    let stored = world.log.read_after(0, 10).await.unwrap();
    assert!(!String::from_utf8_lossy(&stored[0].body).contains("张三"));
}

#[tokio::test]
async fn a_supervisor_of_a_department_that_is_no_office_sees_only_its_own() {
    let world = World::new().await;
    let sent = world.clerk(YBJ).await.send_clue(GAJ).await;
    let path = format!("/v1/transfers/{}", id(&sent));
    let (stranger, party) = (world.supervisor(WJW).await, world.supervisor(YBJ).await);
    assert_eq!(stranger.get(&path).await.problem(), (404, "transfer.not-found"));
    let refused = stranger.post(&format!("{path}/receipt"), json!({})).await;
    assert_eq!(refused.problem(), (404, "transfer.not-found"));
    for list in ["/v1/transfers", "/v1/watch/unacknowledged?include=pending", "/v1/events"] {
        assert_eq!(stranger.get(list).await.body["data"], json!([]), "{list}");
        assert_eq!(party.get(list).await.body["data"].as_array().unwrap().len(), 1, "{list}");
    }
    assert_eq!(stranger.get("/v1/watch/summary").await.body["open"], 0);
    assert_eq!(party.get(&path).await.status, 200);
}

#[tokio::test]
async fn a_destroyed_key_leaves_the_names_empty_and_readings_are_recorded() {
    let world = World::new().await;
    let (sender, receiver) = (world.clerk(YBJ).await, world.clerk(GAJ).await);
    let mut body = clue(GAJ);
    body["subjects"] = json!([{"kind": "person", "name": "张三"}]);
    let sent = sender.post("/v1/clue-transfers", body).await.body;
    let transfer: TransferId = id(&sent).parse().unwrap();
    let gaj = contract::ids::DepartmentId::new(GAJ).unwrap();
    let since = world.clock.now();
    receiver.get("/v1/transfers?box=in").await;
    let reading = world.accounts.first_reading(&gaj, transfer, since).await.unwrap();
    assert!(reading.fetched_at.is_some() && reading.opened_at.is_none());
    receiver.get(&format!("/v1/transfers/{transfer}")).await;
    let reading = world.accounts.first_reading(&gaj, transfer, since).await.unwrap();
    assert!(reading.opened_at.is_some());
    let audit = world.accounts.readings_of(transfer, 10).await.unwrap();
    assert_eq!((audit.len(), audit[0].key_id.as_str()), (1, receiver.key_id.as_str()));
    assert_eq!(audit[0].route, "/v1/transfers/{id}");
    receiver.get(&format!("/v1/transfers/{transfer}/events")).await;
    let audit = world.accounts.readings_of(transfer, 10).await.unwrap();
    assert!(audit.iter().any(|reading| reading.route == "/v1/transfers/{id}/events"));
    let key: uuid::Uuid =
        sqlx::query_scalar("select id from accounts.subject_key").fetch_one(&world.pool).await.unwrap();
    assert!(world.accounts.destroy_subject_key(key).await.unwrap());
    let read = sender.get(&format!("/v1/transfers/{transfer}")).await.body;
    assert_eq!(read["subjects"][0]["name"], json!(null));
}

#[tokio::test]
async fn an_origin_joins_the_matter_of_a_transfer_to_which_the_caller_is_a_party() {
    let world = World::new().await;
    let (sender, stranger) = (world.clerk(YBJ).await, world.clerk(WJW).await);
    let first = sender.send_clue(GAJ).await;
    let mut body = clue(WJW);
    body["origin"] = json!(id(&first));
    let second = sender.post("/v1/clue-transfers", body.clone()).await.body;
    assert_eq!(second["matter"], first["matter"]);
    assert_eq!(second["origin"], json!({"transfer": id(&first), "reason": "same_matter"}));
    body["to"] = json!(YBJ);
    let refused = stranger.post("/v1/clue-transfers", body).await;
    assert_eq!(refused.body["errors"][0]["code"], "origin.unknown");
    let referral = sender.post("/v1/case-referrals", clue(GAJ)).await.body;
    let receiver = world.clerk(GAJ).await;
    let mut onward = clue(WJW);
    onward["origin"] = json!(id(&referral));
    let refused = receiver.post("/v1/case-referrals", onward).await;
    assert_eq!(refused.problem(), (409, "referral.onward-forbidden"));
}

#[tokio::test]
async fn a_key_may_stand_in_either_header() {
    let world = World::new().await;
    let caller = world.clerk(YBJ).await;
    let by_header = world.request(reqwest::Method::GET, "/v1/transfers").header("x-api-key", &caller.key);
    assert_eq!(answer(by_header).await.status, 200);
}
