//! The scorecard over HTTP.

use crate::world::{GAJ, LXB, WJW, World, YBJ, moment};
use serde_json::{Value, json};

const SEPTEMBER: &str = "/v1/watch/scorecard?from=2026-09&to=2026-09";

/// The row of a department.
fn row<'a>(scorecard: &'a Value, department: &str) -> &'a Value {
    let mut rows = scorecard["rows"].as_array().unwrap().iter();
    rows.find(|row| row["department"] == department).unwrap_or(&Value::Null)
}

fn departments(scorecard: &Value) -> Vec<&str> {
    let rows = scorecard["rows"].as_array().unwrap().iter();
    rows.map(|row| row["department"].as_str().unwrap()).collect()
}

/// A moment as it stands in a query.
fn as_of(text: &str) -> String {
    format!("{SEPTEMBER}&as_of={}", text.replace('+', "%2B"))
}

#[tokio::test]
async fn the_scorecard_counts_what_was_met_in_time_late_and_not_at_all() {
    let world = World::new().await;
    let (sender, receiver) = (world.clerk(YBJ).await, world.clerk(GAJ).await);
    let office = world.supervisor(LXB).await;
    let prompt = sender.send_clue(GAJ).await;
    let slow = sender.send_clue(GAJ).await;
    sender.send_clue(GAJ).await;
    world.clock.set(moment("2026-09-16T11:00:00+08:00"));
    receiver.act(&prompt, "receipt", json!({})).await;
    world.clock.set(moment("2026-09-21T11:00:00+08:00"));
    receiver.act(&slow, "receipt", json!({})).await;
    let objection = json!({"reason": "不归我们管", "proposed_department": WJW});
    receiver.act(&slow, "objection", objection).await;
    sender.act(&slow, "objection/answer", json!({"agree": true})).await;
    let seen = office.get(SEPTEMBER).await;
    assert_eq!(seen.status, 200, "{}", seen.body);
    let (received, sent) = (row(&seen.body, GAJ), row(&seen.body, YBJ));
    assert_eq!(received["signed"], json!({"in_time": 1, "late": 1, "missing": 1, "open": 0}));
    assert_eq!(
        (&received["sent"], &received["name"], &received["month"]),
        (&json!(0), &json!("公安局"), &json!("2026-09"))
    );
    assert_eq!(sent["sent"], 3);
    let reasons = json!({"not_stated": 1});
    assert_eq!(sent["returned"], json!({"count": 1, "rate_per_thousand": 333, "reasons": reasons}));
    let delivered = &received["stages"][0];
    assert_eq!(
        (&delivered["state"], &delivered["holder"], &delivered["count"]),
        (&json!("delivered"), &json!(GAJ), &json!(3))
    );
    // 16 September 9:00 to 11:00; to 21 September 11:00 over the make-up Sunday, twice.
    assert_eq!(
        (&delivered["median_working_minutes"], &delivered["p90_working_minutes"]),
        (&json!(2040), &json!(2040))
    );
    assert_eq!(
        (&seen.body["from"], &seen.body["as_of"]),
        (&json!("2026-09"), &json!("2026-09-21T11:00:00+08:00"))
    );
}

#[tokio::test]
async fn a_past_moment_is_answered_as_it_was_answered_then() {
    let world = World::new().await;
    let (sender, receiver) = (world.clerk(YBJ).await, world.clerk(GAJ).await);
    let office = world.supervisor(LXB).await;
    let sent = sender.send_clue(GAJ).await;
    let mut kept = Vec::new();
    for (when, act, body) in [
        ("2026-09-16T15:00:00+08:00", "receipt", json!({})),
        ("2026-09-18T10:00:00+08:00", "acceptance", json!({})),
        ("2026-10-08T10:00:00+08:00", "feedback", json!({"kind": "interim", "text": "正在核查"})),
        ("2026-11-20T10:00:00+08:00", "filing", json!({"filed": true})),
    ] {
        world.clock.set(moment(when));
        for text in [when.to_owned(), when.replace(":00:00+", ":30:00+")] {
            world.clock.set(moment(&text));
            kept.push((text.clone(), office.get(SEPTEMBER).await.body));
        }
        world.clock.set(moment(&when.replace(":00:00+", ":45:00+")));
        receiver.act(&sent, act, body).await;
    }
    for (text, then) in kept {
        assert_eq!(then["as_of"], text);
        let again = office.get(&as_of(&text)).await;
        assert_eq!((again.status, &again.body), (200, &then), "{text}");
    }
}

#[tokio::test]
async fn a_month_or_a_moment_that_cannot_be_is_refused() {
    let world = World::new().await;
    let caller = world.clerk(YBJ).await;
    for (query, name) in [
        ("from=2026-9", "from"),
        ("from=2026-13", "from"),
        ("to=soon", "to"),
        ("from=2026-09&to=2026-08", "to"),
        ("from=2025-09&to=2026-09", "to"),
        ("from=1900-01&to=2199-12", "to"),
        ("as_of=2026-09-16T09:00:01%2B08:00", "as_of"),
        ("as_of=2026-09-16", "as_of"),
        ("as_of=2999-01-01T00:00:00Z", "as_of"),
        ("kind=letter", "kind"),
        ("department=x", "department"),
        ("year=2026", "year"),
    ] {
        let refused = caller.get(&format!("/v1/watch/scorecard?{query}")).await;
        assert_eq!(refused.problem(), (400, "request.query"), "{query}: {}", refused.body);
        assert!(refused.body["detail"].as_str().unwrap().contains(name), "{query}: {}", refused.body);
    }
    for query in [
        "",
        "from=2025-10&to=2026-09",
        "as_of=2026-09-16T09:00:00%2B08:00",
        "to=2199-12",
        "department=320100-xyz",
    ] {
        assert_eq!(caller.get(&format!("/v1/watch/scorecard?{query}")).await.status, 200, "{query}");
    }
}

#[tokio::test]
async fn a_caller_reads_only_the_rows_of_departments_of_which_it_sees_everything() {
    let world = World::new().await;
    let sent = world.clerk(YBJ).await.send_clue(GAJ).await;
    world.clerk(GAJ).await.act(&sent, "receipt", json!({})).await;
    let path = "/v1/watch/scorecard";
    let now = format!("{path}?as_of=2026-09-16T09:00:00%2B08:00");
    for query in [path, now.as_str()] {
        for (caller, rows) in [
            (world.clerk(YBJ).await, vec![YBJ]),
            (world.supervisor(YBJ).await, vec![YBJ]),
            (world.clerk(GAJ).await, vec![GAJ]),
            (world.clerk(LXB).await, vec![]),
            (world.supervisor(LXB).await, vec![GAJ, YBJ]),
            (world.supervisor("320100-rmzf").await, vec![GAJ, YBJ]),
            (
                world.caller("210000-zsb", contract::actor::Role::Supervisor, accounts::Scope::All).await,
                vec![GAJ, YBJ],
            ),
            (world.clerk(WJW).await, vec![]),
            (world.supervisor("210000-zsb").await, vec![]),
            (world.clerk("510100-wjw").await, vec![]),
        ] {
            assert_eq!(departments(&caller.get(query).await.body), rows, "{}", caller.key_id);
            let joint = if query.contains('?') { '&' } else { '?' };
            let of_one = caller.get(&format!("{query}{joint}department={GAJ}")).await.body;
            let expected: Vec<_> = rows.into_iter().filter(|row| *row == GAJ).collect();
            assert_eq!(departments(&of_one), expected);
        }
    }
}

#[tokio::test]
async fn a_scorecard_over_too_many_transfers_is_refused_and_can_be_narrowed() {
    let world = World::new().await;
    let statement = format!(
        "insert into views_1.scorecard
         select gen_random_uuid(), 'clue_transfer', '{YBJ}', '{GAJ}', '{LXB}', '2026-09-16T01:00:00Z', '[]', '[]',
           null, null, false, false
           from generate_series(1, 50001)"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&world.pool).await.unwrap();
    let office = world.supervisor(LXB).await;
    let now = world.clock.now().to_rfc3339().replace('+', "%2B");
    for path in [SEPTEMBER.to_owned(), format!("{SEPTEMBER}&as_of={now}")] {
        let asked = || office.request(reqwest::Method::GET, &path);
        let refused = crate::bad_input::refused(asked, 422, "scorecard.too-large").await;
        assert!(refused.body["detail"].as_str().unwrap().contains("50000"), "{}", refused.text);
    }
    for narrower in ["&kind=notice", "&department=320100-wjw"] {
        assert_eq!(office.get(&format!("{SEPTEMBER}{narrower}")).await.status, 200);
    }
}

#[tokio::test]
async fn a_past_scorecard_counts_what_it_could_not_read() {
    let world = World::new().await;
    let sender = world.clerk(YBJ).await;
    sender.send_clue(GAJ).await;
    sender.send_clue(GAJ).await;
    let past = as_of("2026-09-16T09:00:00+08:00");
    let before = sender.get(&past).await.body;
    assert_eq!((&before["skipped"], &row(&before, YBJ)["sent"]), (&json!(0), &json!(2)));
    let statement = "update views_1.timeline set schema_version = 99 where position = 1";
    sqlx::raw_sql(statement).execute(&world.pool).await.unwrap();
    let after = sender.get(&past).await.body;
    assert_eq!((&after["skipped"], &row(&after, YBJ)["sent"]), (&json!(1), &json!(1)));
}
