//! What the journeys of criminal handoffs share: who is who in Meishan, and the acts with what they say.

use harness::{Answer, Caller, Casebus};
use serde_json::{Value, json};

/// The medical insurance bureau of Meishan.
pub const INSURANCE: &str = "511400-ybj";
/// The health commission.
pub const HEALTH: &str = "511400-wjw";
/// The police.
pub const POLICE: &str = "511400-gaj";
/// The procuratorate.
pub const PROCURATORATE: &str = "511400-jcy";
/// The court.
pub const COURT: &str = "511400-fy";

/// A hash as files have one.
pub const HASH: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

/// Who takes part, each with a key.
pub struct Cast {
    /// The agency's clerk.
    pub agency: Caller,
    /// The agency's head.
    pub head: Caller,
    /// The police.
    pub police: Caller,
    /// The procuratorate.
    pub procuratorate: Caller,
    /// The court.
    pub court: Caller,
}

impl Cast {
    /// The cast around an agency of Meishan.
    pub fn of(casebus: &Casebus, agency: &str) -> Self {
        Self {
            agency: casebus.caller(agency),
            head: casebus.caller(&format!("{agency}/head")),
            police: casebus.caller(POLICE),
            procuratorate: casebus.caller(PROCURATORATE),
            court: casebus.caller(COURT),
        }
    }
}

/// An act that must succeed.
pub async fn act(caller: &Caller, handoff: &Value, act: &str, body: Value) -> Value {
    in_civil_time(tried(caller, handoff, act, &body).await.ok())
}

/// An act that must be refused: its problem.
pub async fn refused(caller: &Caller, handoff: &Value, act: &str, body: Value) -> Value {
    let answer = tried(caller, handoff, act, &body).await;
    assert!(answer.status >= 400, "{act} was not refused: {:#}", answer.body);
    answer.body
}

async fn tried(caller: &Caller, handoff: &Value, act: &str, body: &Value) -> Answer {
    caller.post(&format!("/v1/criminal-handoffs/{}/{act}", id(handoff)), body).await
}

/// The id of a handoff.
pub fn id(handoff: &Value) -> &str {
    handoff["id"].as_str().unwrap()
}

/// A handoff as its reader sees it, at least as far as the writer's last answer.
pub async fn read(caller: &Caller, handoff: &Value) -> Value {
    let position = handoff["position"].as_i64().unwrap();
    in_civil_time(caller.get_at(&format!("/v1/criminal-handoffs/{}", id(handoff)), position).await.ok())
}

/// An answer, whose moments are all of Asia/Shanghai civil time.
fn in_civil_time(answer: Value) -> Value {
    let mut parts = vec![&answer];
    while let Some(part) = parts.pop() {
        match part {
            Value::Object(members) => parts.extend(members.values()),
            Value::Array(items) => parts.extend(items),
            Value::String(text) => {
                let is_moment = chrono::DateTime::parse_from_rfc3339(text).is_ok();
                assert!(!is_moment || text.ends_with("+08:00"), "{text} in {answer:#}");
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    answer
}

/// The last run of a clock; of a lane where one is named.
pub fn clock(handoff: &Value, code: &str, lane: Option<u64>) -> Value {
    let mut clocks = handoff["clocks"].as_array().unwrap().iter();
    let is_it = |clock: &&Value| clock["code"] == code && (lane.is_none() || clock["lane"] == json!(lane));
    clocks.rfind(is_it).cloned().unwrap_or_else(|| panic!("no {code}: {handoff:#}"))
}

/// The state of a lane.
pub fn state(handoff: &Value, lane: usize) -> &str {
    handoff["lanes"][lane - 1]["state"].as_str().unwrap()
}

/// A person.
pub fn person(name: &str, offence: &str) -> Value {
    json!({ "kind": "person", "name": name, "offence": offence })
}

/// Two officers report.
pub fn report() -> Value {
    json!({ "content": "经核实，涉嫌犯罪事实清楚，建议移送公安机关", "officers": [
        { "name": "赵一", "certificate": "川11040001" }, { "name": "钱二", "certificate": "川11040002" } ] })
}

/// Somebody approves.
pub fn approval(post: &str) -> Value {
    json!({ "name": "孙三", "post": post })
}

/// A dispatch with all five materials; the appraisal is absent with its reason.
pub fn dispatch(goods: &Value) -> Value {
    let material = |kind: &str, name: &str| json!({ "kind": kind, "name": name, "sha256": HASH });
    let mut list = material("goods_list", "涉案物品清单");
    if goods.as_array().unwrap().is_empty() {
        list = json!({ "kind": "goods_list", "absent_because": "无涉案物品" });
    }
    json!({ "materials": [
        material("investigation_report", "调查报告"), list,
        { "kind": "appraisal", "absent_because": "无需检验鉴定" }, material("other", "询问笔录") ], "goods": goods })
}

/// From the suspicion to the dispatch.
pub async fn dispatched(cast: &Cast, opening: &Value, goods: &Value) -> Value {
    let opened = cast.agency.post("/v1/criminal-handoffs", opening).await.ok();
    act(&cast.agency, &opened, "report", report()).await;
    act(&cast.head, &opened, "approval", json!({ "approval": approval("head") })).await;
    act(&cast.agency, &opened, "dispatch", dispatch(goods)).await
}

/// An opening with its suspicion.
pub fn opening(title: &str, suspects: &Value) -> Value {
    json!({ "to": POLICE, "title": title, "summary": "检查中发现涉嫌犯罪", "suspects": suspects,
        "suspicion": "涉嫌事实已达到移送标准" })
}
