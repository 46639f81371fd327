//! Where the responsibility matrix leads.

use crate::world::{World, YBJ, clue};
use serde_json::{Value, json};

fn by_matter(subject_matter: &str, division: &str) -> Value {
    let mut body = clue("");
    let fields = body.as_object_mut().unwrap();
    fields.remove("to");
    fields.insert("subject_matter".to_owned(), json!(subject_matter));
    fields.insert("division".to_owned(), json!(division));
    body
}

#[tokio::test]
async fn a_row_with_one_lead_routes_and_an_assumed_one_says_so() {
    let world = World::new().await;
    let sender = world.clerk("120106-scj").await;
    let mut own = by_matter("欺诈骗取医保基金 (疑似欺诈骗保跟踪查处)", "");
    own.as_object_mut().unwrap().remove("division");
    let sent = sender.post("/v1/clue-transfers", own).await;
    assert_eq!(sent.status, 201, "{}", sent.body);
    assert_eq!((&sent.body["to"], &sent.body["routing"]), (&json!("120106-ybj"), &json!("matrix")));
    assert_eq!(sent.body["subject_matter"], "欺诈骗取医保基金 (疑似欺诈骗保跟踪查处)");
    let assumed =
        sender.post("/v1/clue-transfers", by_matter("医疗服务质量与安全、评审评价", "120106")).await;
    assert_eq!((&assumed.body["to"], &assumed.body["routing"]), (&json!("120106-wjw"), &json!("assumed")));
}

#[tokio::test]
async fn a_row_with_several_leads_is_refused_with_the_candidates_and_the_office() {
    let world = World::new().await;
    let sender = world.clerk("120106-ybj").await;
    let head = world.head().await;
    let refused =
        sender.post("/v1/clue-transfers", by_matter("社会办医要素准入、跨部门审批", "120106")).await;
    assert_eq!(refused.problem(), (422, "routing.ask-office"));
    assert_eq!(refused.body["office"], "120106-lxb");
    let candidates = ["120106-zwb", "120106-wjw", "120106-mzj", "120106-scj", "120106-gaj"];
    assert_eq!(refused.body["candidates"], json!(candidates));
    assert!(refused.body["detail"].as_str().unwrap().contains("120106-lxb"));
    assert_eq!(world.head().await, head);
}

#[tokio::test]
async fn routing_can_be_asked_before_sending() {
    let world = World::new().await;
    let caller = world.clerk("120106-ybj").await;
    let all = caller.get("/v1/routing").await.body;
    assert_eq!((&all["division"], &all["office"]), (&json!("120106"), &json!("120106-lxb")));
    let rows = all["data"].as_array().unwrap();
    assert!(rows.len() > 20 && rows.iter().any(|row| row["routing"] == "ask_office"));
    let one = caller.get("/v1/routing?subject_matter=从业人员执业资格与行为、九不准").await.body;
    assert_eq!(one["data"][0]["to"], "120106-wjw");
    assert_eq!(caller.get("/v1/routing?subject_matter=没有").await.body["data"], json!([]));
    let wrong = caller.get("/v1/routing?division=abc").await;
    assert_eq!(wrong.problem(), (400, "request.query"));
}

#[tokio::test]
async fn the_registry_lists_who_can_receive() {
    let world = World::new().await;
    let departments = world.clerk(YBJ).await.get("/v1/departments").await.body;
    let data = departments["data"].as_array().unwrap();
    assert_eq!(data.len(), 162);
    let set = data.iter().find(|one| one["id"] == "210000-qzf").unwrap();
    assert_eq!((&set["can_receive"], &set["complete"]), (&json!(false), &json!(true)));
    assert!(set["members"].as_array().unwrap().len() > 5);
    let own = data.iter().find(|one| one["id"] == YBJ).unwrap();
    assert_eq!((&own["type"], &own["parent"]), (&json!("ADMIN_ENF"), &json!("320100-rmzf")));
}
