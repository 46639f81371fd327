//! The schema itself.

use crate::{Fixture, connect};

#[tokio::test]
async fn migrating_again_changes_nothing() {
    let fixture = Fixture::new().await;
    accounts::migrate(&fixture.pool, None).await.unwrap();
    let applied = fixture.count("SELECT count(*) FROM accounts._sqlx_migrations").await;
    assert_eq!(applied, 1);
    let elsewhere = "SELECT count(*) FROM pg_class WHERE relname = '_sqlx_migrations'";
    assert_eq!(fixture.count(elsewhere).await, 1, "the record of migrations stands in the own schema only");
}

#[tokio::test]
async fn every_column_says_what_it_is_for() {
    let fixture = Fixture::new().await;
    let silent: Vec<String> = sqlx::query_scalar(
        "SELECT relname || '.' || attname FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
         WHERE relnamespace = 'accounts'::regnamespace AND relkind = 'r' AND attnum > 0
           AND relname <> '_sqlx_migrations' AND col_description(attrelid, attnum) IS NULL",
    )
    .fetch_all(&fixture.pool)
    .await
    .unwrap();
    assert!(silent.is_empty(), "{silent:?}");
}

#[tokio::test]
async fn the_service_role_may_do_its_work_and_may_not_rewrite_the_audit() {
    let fixture = Fixture::new().await;
    // Roles belong to the whole cluster, which other tests share; this name is used only here.
    fixture.execute("CREATE ROLE \"accounts service\"").await.unwrap();
    accounts::migrate(&fixture.pool, Some("accounts service")).await.unwrap();
    let may = async |table: &str, right: &str| -> bool {
        sqlx::query_scalar("SELECT has_table_privilege('accounts service', $1, $2)")
            .bind(format!("accounts.{table}"))
            .bind(right)
            .fetch_one(&fixture.pool)
            .await
            .unwrap()
    };
    for table in ["api_key", "subject_key", "registry_version", "department", "responsibility", "reading"] {
        for right in ["SELECT", "INSERT", "UPDATE"] {
            assert!(may(table, right).await, "{right} {table}");
        }
        assert!(!may(table, "DELETE").await, "DELETE {table}");
    }
    for (right, allowed) in
        [("SELECT", true), ("INSERT", true), ("UPDATE", false), ("DELETE", false), ("TRUNCATE", false)]
    {
        assert_eq!(may("read_audit", right).await, allowed, "{right} read_audit");
    }
    fixture.execute("DROP OWNED BY \"accounts service\"").await.unwrap();
    fixture.execute("DROP ROLE \"accounts service\"").await.unwrap();
}

#[tokio::test]
async fn a_role_that_does_not_exist_is_an_error() {
    let fixture = Fixture::new().await;
    assert!(accounts::migrate(&fixture.pool, Some("nobody_here")).await.is_err());
}

#[tokio::test]
async fn two_migrations_at_the_same_time_both_succeed() {
    let database = testkit::database().await;
    let (first, second) = (connect(&database.url).await, connect(&database.url).await);
    let (one, two) = tokio::join!(accounts::migrate(&first, None), accounts::migrate(&second, None));
    one.unwrap();
    two.unwrap();
}
