//! A program of the version before, while the schema is brought up to date beneath it.

use crate::fixture::{command, stream};
use log::Log;
use sqlx::{Connection, PgConnection, PgPool};

/// The migrations as the version before knew them.
const FORMER: [&str; 2] = [
    include_str!("../../migrations/0001_event_log.sql"),
    include_str!("../../migrations/0002_lean_appends.sql"),
];
/// Those that came since.
const SINCE: [&str; 10] = [
    include_str!("../../migrations/0003_traces.sql"),
    include_str!("../../migrations/0004_single_appends.sql"),
    include_str!("../../migrations/0005_lean_single_appends.sql"),
    include_str!("../../migrations/0006_arrays_in_step.sql"),
    include_str!("../../migrations/0007_versions_before_the_head.sql"),
    include_str!("../../migrations/0008_resume_as_seen.sql"),
    include_str!("../../migrations/0009_who_resumes.sql"),
    include_str!("../../migrations/0010_lost_events.sql"),
    include_str!("../../migrations/0011_no_queue_at_the_head.sql"),
    include_str!("../../migrations/0012_head_without_versions.sql"),
];

/// How it appends one event, several with one event each, and any commands.
const ONE: &str = "select first from log.append_one(1, $1, '\\x01', 0, $1, $1, 'clue-transfer.sent', 1::smallint, now(), 'a', $1,
    null, 'series', '{}')";
const LEAN: &str = "select start from log.append_lean(1, '{}', array[$1], array['\\x01'::bytea], array[0::bigint], array[$1],
    array[$1], array['clue-transfer.sent'], array[1::smallint], array[now()], array['a'], array[$1], array[null::uuid],
    array[0], array[0], array['{}'::bytea])";
const MANY: &str = "select lasts[1] from log.append_many(1, array[$1], '{}', array[$1], array[0], array[1], array[1],
    array[0::bigint], array[1], array[1], array[$1], array['clue-transfer.sent'], array[1::smallint], array[now()], array['a'],
    array[$1], array[null::uuid], array[0], array[$1], array[1], array['\\x01'::bytea], array['{}'::bytea])";

async fn append(connection: &mut PgConnection, how: &'static str, number: u128) -> i64 {
    sqlx::query_scalar(how).bind(stream(number)).fetch_one(connection).await.unwrap()
}

async fn migrate(owner: &PgPool, migration: &'static str) {
    let mut transaction = owner.begin().await.unwrap();
    sqlx::raw_sql(migration).execute(&mut *transaction).await.unwrap();
    transaction.commit().await.unwrap();
}

#[tokio::test]
async fn a_program_of_the_version_before_appends_on_the_same_connection_before_and_after_the_migration() {
    let database = testkit::database().await;
    let owner = PgPool::connect(&database.url).await.unwrap();
    for migration in FORMER {
        migrate(&owner, migration).await;
    }
    sqlx::raw_sql(
        "do $$ begin create role \"former Service\" login; exception when duplicate_object then null; end $$;
         grant usage on schema log to \"former Service\";
         grant select on all tables in schema log to \"former Service\";
         grant execute on function log.append_one, log.append_lean, log.append_many, log.resume to \"former Service\"",
    )
    .execute(&owner)
    .await
    .unwrap();
    let mut service = PgConnection::connect(&database.url).await.unwrap();
    sqlx::raw_sql("set role \"former Service\"").execute(&mut service).await.unwrap();
    assert_eq!(append(&mut service, ONE, 1).await, 1);
    assert_eq!(append(&mut service, LEAN, 2).await + 1, 2);
    assert_eq!(append(&mut service, MANY, 3).await, 3);

    for migration in SINCE {
        migrate(&owner, migration).await;
    }

    assert_eq!(append(&mut service, ONE, 4).await, 4);
    assert_eq!(append(&mut service, LEAN, 5).await + 1, 5);
    assert_eq!(append(&mut service, MANY, 6).await, 6);
    for came_since in ["append_single", "resume_as_seen"] {
        let may_call = "select has_function_privilege(oid, 'execute') from pg_proc where proname = $1";
        let may_call = sqlx::query_scalar::<_, bool>(may_call).bind(came_since);
        assert!(may_call.fetch_one(&mut service).await.unwrap(), "{came_since}");
    }
    let log = Log::open(owner).await.unwrap();
    log.append(&[command(7, stream(7), 0)]).await.unwrap();
    let events = log.read_after(0, 10).await.unwrap();
    assert_eq!(events.len(), 7);
    assert!(events.iter().all(|event| event.traceparent.is_none()));

    let mut stranger = PgConnection::connect(&database.url).await.unwrap();
    sqlx::raw_sql("do $$ begin create role stranger; exception when duplicate_object then null; end $$; set role stranger")
        .execute(&mut stranger)
        .await
        .unwrap();
    let refused = sqlx::query(ONE).bind(stream(9)).execute(&mut stranger).await.unwrap_err();
    assert!(refused.to_string().contains("permission denied"), "{refused}");
}

#[tokio::test]
async fn calls_that_wait_for_the_head_to_lose_its_versions_fail_as_a_whole_and_can_be_made_again() {
    let database = testkit::database().await;
    let owner = PgPool::connect(&database.url).await.unwrap();
    let (last, others) = SINCE.split_last().unwrap();
    for migration in FORMER.iter().chain(others) {
        migrate(&owner, migration).await;
    }
    let mut migrating = owner.begin().await.unwrap();
    sqlx::raw_sql(*last).execute(&mut *migrating).await.unwrap();
    let mut under_way = tokio::task::JoinSet::new();
    for (number, how) in (1..).zip([ONE, LEAN, LEAN, MANY, MANY]) {
        let mut connection = PgConnection::connect(&database.url).await.unwrap();
        under_way.spawn(async move {
            let met = sqlx::query(how).bind(stream(number)).execute(&mut connection).await;
            (met, append(&mut connection, how, number).await)
        });
    }
    let waiting = "select count(*) from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and query like '%log.append%'";
    while sqlx::query_scalar::<_, i64>(waiting).fetch_one(&owner).await.unwrap() < 5 {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    migrating.commit().await.unwrap();
    while let Some(calls) = under_way.join_next().await {
        let (met, _again) = calls.unwrap();
        // Neither of class 22 nor 23, with which a command is refused for good.
        let refused = met.unwrap_err();
        let code = refused.as_database_error().and_then(sqlx::error::DatabaseError::code);
        assert!(matches!(code.as_deref(), Some("0A000" | "42703")), "{refused}");
    }
    // What their former forms read is missing, so that none of them finds an end from before its wait.
    let column = "select exists (select from pg_attribute where attrelid = 'log.log_head'::regclass and attname = 'recorded_at')";
    assert!(!sqlx::query_scalar::<_, bool>(column).fetch_one(&owner).await.unwrap());
    let events = Log::open(owner).await.unwrap().read_after(0, 10).await.unwrap();
    let positions: Vec<i64> = events.iter().map(|event| event.position).collect();
    assert_eq!(positions, [1, 2, 3, 4, 5]);
}
