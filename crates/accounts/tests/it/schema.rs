//! The schema itself.

use crate::{Fixture, connect, department, minute};
use accounts::{Accounts, NewKey, Scope};
use contract::actor::Role;
use contract::ids::TransferId;
use sqlx::postgres::PgPoolOptions;
use sqlx::{Executor, PgPool};

#[tokio::test]
async fn migrating_again_changes_nothing() {
    let fixture = Fixture::new().await;
    accounts::migrate(&fixture.pool, None).await.unwrap();
    let applied = fixture.count("SELECT count(*) FROM accounts._sqlx_migrations").await;
    assert_eq!(applied, 3);
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

/// What each right of the service role is on each table.
const RIGHTS: [(&str, &[&str]); 15] = [
    ("api_key", &["SELECT"]),
    ("registry_version", &["SELECT"]),
    ("department", &["SELECT"]),
    ("department_group", &["SELECT"]),
    ("responsibility", &["SELECT"]),
    ("subject_key", &["SELECT", "INSERT"]),
    ("read_audit", &["SELECT", "INSERT"]),
    ("reading", &["SELECT", "INSERT", "UPDATE"]),
    ("rules_version", &["SELECT"]),
    ("rule_pack", &["SELECT"]),
    ("calendar", &["SELECT"]),
    ("notification_setting", &["SELECT", "INSERT", "UPDATE"]),
    ("contact", &["SELECT", "INSERT", "UPDATE"]),
    ("absence", &["SELECT", "INSERT"]),
    ("_sqlx_migrations", &["SELECT"]),
];

/// Connections as the service role.
async fn connect_as_service(url: &str) -> PgPool {
    PgPoolOptions::new()
        .max_connections(2)
        .after_connect(|connection, _| {
            Box::pin(async move {
                connection.execute("SET ROLE \"accounts service\"").await?;
                Ok(())
            })
        })
        .connect(url)
        .await
        .unwrap()
}

fn new_key() -> NewKey {
    NewKey {
        department: department("320100-ybj"),
        role: Role::Supervisor,
        scope: Scope::All,
        label: "mine".to_owned(),
        expires_at: None,
    }
}

/// The services' work, and what would let a service make itself somebody else.
async fn works_as_service(fixture: &Fixture) {
    let pool = connect_as_service(&fixture.url).await;
    let service = Accounts::new(pool, fixture.master_key.clone());
    let made = fixture.accounts.create_key(new_key(), minute(0)).await.unwrap();
    let caller = service.authenticate(&made.secret, minute(1)).await.unwrap().unwrap();
    service.load_registry().await.unwrap();
    service.load_rules().await.unwrap();
    service.new_subject_key().await.unwrap();
    let transfer = TransferId::fresh();
    service.note_fetched(&caller.department, &[transfer], minute(2)).await.unwrap();
    service.audit_opened(&caller, transfer, "GET /", minute(30)).await.unwrap();
    service.audit_read(&caller, transfer, "GET /", minute(2)).await.unwrap();
    assert!(service.create_key(new_key(), minute(3)).await.is_err(), "no service makes a key");
    assert!(service.revoke_key(&made.id, minute(3)).await.is_err());
    let notice = "date,kind,holiday\n2027-01-01,off,元旦\n";
    assert!(service.import_calendar(None, notice, minute(3)).await.is_err(), "no service changes the rules");
    let rows = "id,name,canonical_name,level,type,parent,host\n320100-x,某局,某局,市,ADMIN,,\n";
    assert!(service.import_departments(rows, true).await.is_err(), "no service changes the registry");
}

#[tokio::test]
async fn the_service_role_may_do_its_work_and_makes_no_keys() {
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
    for (table, rights) in RIGHTS {
        for right in ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE"] {
            assert_eq!(may(table, right).await, rights.contains(&right), "{right} {table}");
        }
    }
    works_as_service(&fixture).await;
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
