//! Published rule packs.

use crate::{Fixture, minute};
use domain::Refusal;
use domain::rule_pack::RulePackError;

/// A pack that changes how soon a transfer is signed, in force from a day that follows from its id.
fn pack(id: &str, inherits: &str, days: u16, due_on: &str) -> String {
    let day = id.bytes().map(u32::from).sum::<u32>() % 28 + 1;
    format!(
        "id = \"{id}\"\ninherits = \"{inherits}\"\njurisdiction = \"320100\"\neffective_from = \"2026-09-{day:02}\"\n\
         [[clock]]\ncode = \"T02\"\nperiod = {{ length = {days}, unit = \"working_day\" }}\narticle = \"local\"\n\
         [[vector]]\nclock = \"T02\"\nstart = 2026-09-16T10:00:00+08:00\ndue_on = \"{due_on}\"\n"
    )
}

#[tokio::test]
async fn a_published_pack_is_loaded_everywhere_and_may_be_inherited_from() {
    let fixture = Fixture::new().await;
    let accounts = &fixture.accounts;
    assert_eq!(accounts.rules_version().await.unwrap(), 0);
    let shipped = accounts.load_rules().await.unwrap().packs().len();
    let first = pack("nj-1", "cn-default-2026.2", 2, "2026-09-18");
    assert_eq!(accounts.publish_rule_pack(&first, minute(0)).await.unwrap().unwrap(), "nj-1");
    let second = pack("nj-2", "nj-1", 3, "2026-09-20");
    assert_eq!(accounts.publish_rule_pack(&second, minute(1)).await.unwrap().unwrap(), "nj-2");
    let elsewhere = fixture.other_process();
    assert_eq!(elsewhere.rules_version().await.unwrap(), 2);
    let rules = elsewhere.load_rules().await.unwrap();
    let ids: Vec<_> = rules.packs()[shipped..].iter().map(|pack| pack.id.as_str()).collect();
    assert_eq!(ids, ["nj-1", "nj-2"]);
}

#[tokio::test]
async fn the_same_file_again_changes_nothing_and_another_one_under_its_id_is_refused() {
    let fixture = Fixture::new().await;
    let accounts = &fixture.accounts;
    let first = pack("nj-1", "cn-default-2026.2", 2, "2026-09-18");
    for _ in 0..2 {
        assert_eq!(accounts.publish_rule_pack(&first, minute(0)).await.unwrap().unwrap(), "nj-1");
    }
    let other = pack("nj-1", "cn-default-2026.2", 3, "2026-09-20");
    let refused = accounts.publish_rule_pack(&other, minute(1)).await.unwrap();
    assert!(matches!(refused, Err(RulePackError::IdTaken(id)) if id == "nj-1"));
    assert_eq!(accounts.rules_version().await.unwrap(), 1);
}

#[tokio::test]
async fn a_pack_that_cannot_be_used_is_not_stored() {
    let fixture = Fixture::new().await;
    let accounts = &fixture.accounts;
    let wrong = [
        pack("a", "b", 2, "2026-09-18"),
        pack("a", "cn-default-2026.2", 2, "2026-09-19"),
        "not = a pack".to_owned(),
        String::new(),
    ];
    for text in wrong {
        assert!(accounts.publish_rule_pack(&text, minute(0)).await.unwrap().is_err(), "{text}");
    }
    assert_eq!(fixture.count("SELECT count(*) FROM accounts.rule_pack").await, 0);
    assert_eq!(accounts.rules_version().await.unwrap(), 0);
}

#[tokio::test]
async fn two_packs_at_the_same_time_are_both_published() {
    let fixture = Fixture::new().await;
    let elsewhere = fixture.other_process();
    let (one, two) = (
        pack("nj-1", "cn-default-2026.2", 2, "2026-09-18"),
        pack("nj-2", "cn-default-2026.2", 3, "2026-09-20"),
    );
    let (one, two) = tokio::join!(
        fixture.accounts.publish_rule_pack(&one, minute(0)),
        elsewhere.publish_rule_pack(&two, minute(0)),
    );
    assert_eq!((one.unwrap().unwrap(), two.unwrap().unwrap()), ("nj-1".to_owned(), "nj-2".to_owned()));
    assert_eq!(fixture.accounts.rules_version().await.unwrap(), 2);
}

#[tokio::test]
async fn a_published_pack_neither_changes_nor_leaves() {
    let fixture = Fixture::new().await;
    let first = pack("nj-1", "cn-default-2026.2", 2, "2026-09-18");
    fixture.accounts.publish_rule_pack(&first, minute(0)).await.unwrap().unwrap();
    for change in ["UPDATE accounts.rule_pack SET toml = ''", "DELETE FROM accounts.rule_pack"] {
        assert!(fixture.execute(change).await.is_err(), "{change}");
    }
}

/// Stores a pack as another release published it.
async fn store(fixture: &Fixture, id: &str, toml: &str, ordinal: i64) {
    sqlx::query(
        "INSERT INTO accounts.rule_pack VALUES ($1, 'cn', '2026-09-01', $2, sha256($1::bytea), '2026-09-01', $3)",
    )
    .bind(id)
    .bind(toml)
    .bind(ordinal)
    .execute(&fixture.pool)
    .await
    .unwrap();
}

#[tokio::test]
async fn a_stored_pack_is_loaded_although_its_vector_fails_by_the_calendar_of_today() {
    let fixture = Fixture::new().await;
    // Its release knew of a holiday that moved the day.
    let other_calendar = pack("nj-1", "cn-default-2026.2", 2, "2026-09-21");
    assert!(fixture.accounts.publish_rule_pack(&other_calendar, minute(0)).await.unwrap().is_err());
    store(&fixture, "nj-1", &other_calendar, 1).await;
    let rules = fixture.accounts.load_rules().await.unwrap();
    assert!(rules.pack("nj-1").is_ok());
    let heir = pack("nj-2", "nj-1", 3, "2026-09-20");
    assert_eq!(fixture.accounts.publish_rule_pack(&heir, minute(1)).await.unwrap().unwrap(), "nj-2");
}

#[tokio::test]
async fn a_stored_pack_that_cannot_be_read_is_left_out_and_its_id_stays_taken() {
    let fixture = Fixture::new().await;
    let accounts = &fixture.accounts;
    store(&fixture, "of-tomorrow", "id = \"of-tomorrow\"\nspeed = 3", 1).await;
    store(&fixture, "heir", &pack("heir", "of-tomorrow", 2, "2026-09-18"), 2).await;
    store(&fixture, "nj-1", &pack("nj-1", "cn-default-2026.2", 2, "2026-09-18"), 3).await;
    let rules = accounts.load_rules().await.unwrap();
    assert!(rules.pack("nj-1").is_ok() && rules.pack("cn-default-2026.2").is_ok());
    for unreadable in ["of-tomorrow", "heir"] {
        let refused = rules.pack(unreadable);
        assert!(matches!(refused, Err(Refusal::UnknownRulePack(id)) if id == unreadable));
    }
    let same_id = pack("of-tomorrow", "cn-default-2026.2", 2, "2026-09-18");
    let refused = accounts.publish_rule_pack(&same_id, minute(0)).await.unwrap();
    assert!(matches!(refused, Err(RulePackError::IdTaken(id)) if id == "of-tomorrow"));
}

#[tokio::test]
async fn an_id_of_the_packs_that_ship_is_refused() {
    let fixture = Fixture::new().await;
    let reserved = pack("cn-default-2027.1", "cn-default-2026.2", 2, "2026-09-18");
    let refused = fixture.accounts.publish_rule_pack(&reserved, minute(0)).await.unwrap();
    assert!(matches!(refused, Err(RulePackError::ReservedId(id)) if id == "cn-default-2027.1"));
}
