//! What the log refuses.

use crate::fixture::{command, fresh, stream};
use log::{Log, LogError, Outcome, Writer, WriterError};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Executor, PgPool};
use std::time::Duration;

#[tokio::test]
async fn the_owner_cannot_change_delete_or_truncate_events() {
    let fixture = fresh().await;
    fixture.log.append(&[command(1, stream(1), 0)]).await.unwrap();
    for statement in [
        "update log.event set actor = 'x'",
        "delete from log.event",
        "truncate log.event",
        "delete from log.log_state",
        "truncate log.log_state",
        "insert into log.log_state (only_row, epoch) values (false, 1)",
    ] {
        let error = fixture.pool.execute(statement).await.unwrap_err();
        assert!(error.to_string().contains("append-only"), "{statement}: {error}");
    }
    assert_eq!(fixture.log.read_after(0, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_service_role_may_append_and_read_and_nothing_else() {
    let fixture = fresh().await;
    let url = fixture.database.url.replace("user=casebus", "user=service");
    assert_ne!(url, fixture.database.url);
    let pool = PgPool::connect(&url).await.unwrap();
    let log = log::Log::open(pool.clone()).await.unwrap();
    log.append(&[command(1, stream(1), 0)]).await.unwrap();
    assert_eq!(log.read_after(0, 10).await.unwrap().len(), 1);
    for statement in [
        "update log.event set actor = 'x'",
        "delete from log.event",
        "truncate log.event",
        "insert into log.event select * from log.event",
        "update log.log_state set halted = null",
        "update log.log_head set epoch = 9",
        "drop trigger event_append_only on log.event",
    ] {
        let error = pool.execute(statement).await.unwrap_err();
        assert!(
            error.to_string().contains("permission denied") || error.to_string().contains("must be owner"),
            "{statement}: {error}"
        );
    }
}

/// `log.append_single` runs as the owner under the search path of its caller.
#[tokio::test]
async fn a_caller_cannot_put_operators_and_functions_of_its_own_in_the_way() {
    let fixture = fresh().await;
    let own = "create schema own;
        create function own.never(bigint, bigint) returns boolean language sql as 'select false';
        create operator own.= (leftarg = bigint, rightarg = bigint, function = own.never);
        create operator own.<> (leftarg = bigint, rightarg = bigint, function = own.never);
        create function own.nothing(bigint, integer) returns bigint language sql as 'select 0::bigint';
        create operator own.+ (leftarg = bigint, rightarg = integer, function = own.nothing);
        create function own.generate_series(integer, integer) returns setof integer language sql as 'select 0';
        create function own.pg_postmaster_start_time() returns timestamptz language sql as 'select null::timestamptz';
        create function own.nothing(bigint, bigint) returns bigint language sql as 'select 0::bigint';
        create operator own.+ (leftarg = bigint, rightarg = bigint, function = own.nothing);
        create function own.never(integer, integer) returns boolean language sql as 'select false';
        create operator own.> (leftarg = integer, rightarg = integer, function = own.never);
        create function own.cardinality(uuid[]) returns integer language sql as 'select 0';
        create function own.unnest(uuid[]) returns setof uuid language sql as 'select null::uuid';
        create function own.clock_timestamp() returns timestamptz language sql as 'select null::timestamptz';
        create domain own.timestamptz as text;";
    fixture.pool.execute(own).await.unwrap();
    let options: PgConnectOptions = fixture.database.url.parse().unwrap();
    let pool = PgPool::connect_with(options.options([("search_path", "own,pg_catalog")])).await.unwrap();
    let deceived: bool = sqlx::query_scalar("select 1::bigint = 1::bigint").fetch_one(&pool).await.unwrap();
    assert!(!deceived, "the operator of the caller is found first");
    for version in 0..3_i64 {
        let appended: Vec<Option<i64>> = sqlx::query_scalar(
            "select log.append_single(1::bigint, gen_random_uuid(), '\\x07', $1, $2, gen_random_uuid(), 'a.b', 1::smallint,
               pg_catalog.now(), 'x', $2, null, 'series', '\\x07', null)",
        )
        .bind(version)
        .bind(stream(1))
        .fetch_one(&pool)
        .await
        .unwrap();
        assert_eq!(appended, [Some(version + 1), Some(version + 1)]);
    }
    let (start, numbers): (i64, Vec<i64>) = sqlx::query_as(
        "select * from log.append_lean(1::bigint, '{series}', array[gen_random_uuid(), gen_random_uuid()], '{x,y}', '{3,0}', $1,
           array[gen_random_uuid(), gen_random_uuid()], '{a.b,a.b}', '{1,1}', array[pg_catalog.now(), pg_catalog.now()], '{x,y}', $1,
           '{null,null}', '{1,0}', '{1,0}', '{x,y}', null)",
    )
    .bind([stream(1), stream(2)])
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!((start, numbers), (3, vec![3]));
    let events = fixture.log.read_after(0, 10).await.unwrap();
    assert!(events.is_sorted_by_key(|event| event.recorded_at), "{events:?}");
    let stands: Vec<_> = events.iter().map(|event| (event.stream_id, event.version, event.number)).collect();
    let [one, two] = [stream(1), stream(2)];
    let expected =
        [(one, 1, Some(1)), (one, 2, Some(2)), (one, 3, Some(3)), (one, 4, Some(4)), (two, 1, None)];
    assert_eq!(stands, expected);
}

#[tokio::test]
async fn after_a_new_epoch_an_old_handle_can_not_append() {
    let fixture = fresh().await;
    let epoch = log::schema::begin_epoch(&fixture.pool).await.unwrap();
    assert!(
        epoch > 1_700_000_000,
        "a restored log does not come to the number that it had come to before: {epoch}"
    );
    assert!(matches!(fixture.log.append(&[command(1, stream(1), 0)]).await, Err(LogError::EpochChanged)));
    let reopened = log::Log::open(fixture.pool.clone()).await.unwrap();
    assert_eq!(reopened.epoch(), epoch);
    reopened.append(&[command(1, stream(1), 0)]).await.unwrap();
}

async fn resume(log: &Log) {
    let seen = log.standing().await.unwrap();
    assert!(log.resume(&seen).await.unwrap());
}

#[tokio::test]
async fn a_halted_log_takes_nothing_new_and_still_gives_a_repeat_its_first_answer() {
    let fixture = fresh().await;
    fixture.log.append(&[command(1, stream(1), 0)]).await.unwrap();
    fixture.log.halt("the stream is ahead").await.unwrap();
    let refused = fixture.log.append(&[command(1, stream(1), 0), command(2, stream(2), 0)]).await;
    assert!(
        matches!(&refused, Err(LogError::Halted(reason)) if reason == "the stream is ahead"),
        "{refused:?}"
    );
    let repeated = fixture.log.append(&[command(1, stream(1), 0)]).await.unwrap();
    assert_eq!(repeated, [Outcome::Repeated { first: 1, last: 1 }]);
    resume(&fixture.log).await;
    let taken = fixture.log.append(&[command(2, stream(2), 0)]).await.unwrap();
    assert_eq!(taken, [Outcome::Appended { first: 2, last: 2, number: None }]);
}

#[tokio::test]
async fn migrating_twice_changes_nothing() {
    let fixture = fresh().await;
    fixture.log.append(&[command(1, stream(1), 0)]).await.unwrap();
    log::migrate(&fixture.pool, Some("service")).await.unwrap();
    assert_eq!(fixture.log.head().await.unwrap().position, 1);
}

#[tokio::test]
async fn every_column_of_the_log_is_described() {
    let fixture = fresh().await;
    let undescribed: Vec<String> = sqlx::query_scalar(
        "select table_name || '.' || column_name from information_schema.columns
          where table_schema = 'log' and table_name not like '\\_%'
            and col_description((table_schema || '.' || table_name)::regclass, ordinal_position) is null",
    )
    .fetch_all(&fixture.pool)
    .await
    .unwrap();
    assert_eq!(undescribed, Vec::<String>::new());
}

#[tokio::test]
async fn after_its_server_began_anew_the_log_takes_nothing_until_it_was_compared_with_the_stream() {
    let fixture = fresh().await;
    fixture.log.append(&[command(1, stream(1), 0)]).await.unwrap();
    resume(&fixture.log).await;
    fixture.log.append(&[command(2, stream(2), 0)]).await.unwrap();
    // As a promoted standby or a restored copy finds it: compared on a server that started at another moment.
    let elsewhere = "update log.log_state set compared_on = compared_on - interval '1 hour'";
    fixture.pool.execute(elsewhere).await.unwrap();
    for commands in [&[command(3, stream(3), 0)][..], &[command(3, stream(3), 0), command(4, stream(4), 0)]] {
        let refused = fixture.log.append(commands).await;
        assert!(matches!(refused, Err(LogError::NotCompared)), "{refused:?}");
    }
    let repeated = fixture.log.append(&[command(1, stream(1), 0)]).await.unwrap();
    assert_eq!(repeated, [Outcome::Repeated { first: 1, last: 1 }]);
    resume(&fixture.log).await;
    let taken = fixture.log.append(&[command(3, stream(3), 0)]).await.unwrap();
    assert_eq!(taken, [Outcome::Appended { first: 3, last: 3, number: None }]);
}

#[tokio::test]
async fn appends_go_on_only_where_the_log_is_as_it_was_before_the_comparison() {
    let fixture = fresh().await;
    fixture.log.append(&[command(1, stream(1), 0)]).await.unwrap();
    fixture.log.halt("the stream is ahead").await.unwrap();
    let seen = fixture.log.standing().await.unwrap();
    // Another relay finds something else, another server answers, an operator begins an epoch.
    fixture.log.halt("the stream differs").await.unwrap();
    assert!(!fixture.log.resume(&seen).await.unwrap());
    let halted = fixture.log.standing().await.unwrap();
    assert_eq!(halted.halted.as_deref(), Some("the stream differs"));
    let elsewhere = log::Standing {
        server_started_at: halted.server_started_at - chrono::TimeDelta::hours(1),
        ..halted.clone()
    };
    assert!(!fixture.log.resume(&elsewhere).await.unwrap());
    let refused = fixture.log.append(&[command(2, stream(2), 0)]).await;
    assert!(matches!(refused, Err(LogError::Halted(_))), "{refused:?}");
    log::schema::begin_epoch(&fixture.pool).await.unwrap();
    assert!(!fixture.log.resume(&halted).await.unwrap());
    // Unhalted and compared already, it stays as it is.
    resume(&fixture.log).await;
    resume(&fixture.log).await;
    assert_eq!(fixture.log.standing().await.unwrap().halted, None);
}

#[tokio::test]
async fn a_writer_has_no_limit_of_time_whatever_the_database_says() {
    let fixture = fresh().await;
    let limit = "do $$ begin execute format('alter database %I set statement_timeout = 300', current_database()); end $$";
    fixture.pool.execute(limit).await.unwrap();
    let pool = PgPool::connect(&fixture.database.url).await.unwrap();
    let (writer, work) = Writer::new(Log::open(pool).await.unwrap());
    let mut tasks = tokio::task::JoinSet::new();
    tasks.spawn(work);
    writer.append(command(1, stream(1), 0)).await.unwrap();
    // As a standby that does not answer holds a commit up.
    let mut holding = fixture.pool.begin().await.unwrap();
    holding.execute("select from log.log_state for update").await.unwrap();
    let appending = writer.append(command(2, stream(2), 0));
    let released = async {
        tokio::time::sleep(Duration::from_millis(900)).await;
        holding.rollback().await.unwrap();
    };
    let (appended, ()) = tokio::join!(appending, released);
    assert_eq!(appended.unwrap(), Outcome::Appended { first: 2, last: 2, number: None });
    drop(writer);
    tasks.join_all().await;
}

#[tokio::test]
async fn a_writer_sees_the_end_of_the_log_that_it_waited_for_whatever_the_database_says() {
    let fixture = fresh().await;
    let isolated = "do $$ begin
        execute format('alter database %I set default_transaction_isolation = ''repeatable read'' ', current_database()); end $$";
    fixture.pool.execute(isolated).await.unwrap();
    let mut held = fixture.pool.begin().await.unwrap();
    held.execute("select from log.log_state for update").await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    let mut appends = tokio::task::JoinSet::new();
    for number in 1..=2 {
        let pool = PgPool::connect(&fixture.database.url).await.unwrap();
        let (writer, work) = Writer::new(Log::open(pool).await.unwrap());
        tasks.spawn(work);
        // Two events, so that nothing is tried before in a lean way.
        let mut both = command(number, stream(number), 0);
        both.events.extend(command(number + 10, stream(number), 1).events);
        appends.spawn(async move { writer.append(both).await });
    }
    let waiting = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    while sqlx::query_scalar::<_, i64>(waiting).fetch_one(&fixture.pool).await.unwrap() < 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    held.rollback().await.unwrap();
    for appended in appends.join_all().await {
        assert!(matches!(appended, Ok(Outcome::Appended { .. })), "{appended:?}");
    }
    tasks.join_all().await;
    assert_eq!(fixture.log.head().await.unwrap().position, 4);
}

#[tokio::test]
async fn a_repeat_gets_its_first_answer_beside_new_commands_that_the_log_does_not_take() {
    let fixture = fresh().await;
    fixture.log.append(&[command(1, stream(1), 0)]).await.unwrap();
    resume(&fixture.log).await;
    let elsewhere = "update log.log_state set compared_on = compared_on - interval '1 hour'";
    fixture.pool.execute(elsewhere).await.unwrap();
    let (writer, work) = Writer::new(fixture.log.clone());
    let mut other = command(1, stream(1), 0);
    other.request_hash = [251; 32];
    let answers = async {
        tokio::join!(
            writer.append(command(1, stream(1), 0)),
            writer.append(command(2, stream(2), 0)),
            writer.append(other)
        )
    };
    let (repeated, new, reused) = tokio::select! {
        answers = answers => answers,
        () = work => panic!("the writer ended"),
    };
    assert_eq!(repeated, Ok(Outcome::Repeated { first: 1, last: 1 }));
    assert_eq!(new, Err(WriterError::NotCompared));
    assert_eq!(reused, Ok(Outcome::CommandIdReused));
}

#[tokio::test]
async fn a_repeat_gets_its_first_answer_also_where_the_writer_has_no_more_than_its_own_connections() {
    let fixture = fresh().await;
    // One for each of its two calls, and one to notify others.
    let pool = PgPoolOptions::new().max_connections(3).connect(&fixture.database.url).await.unwrap();
    let (writer, work) = Writer::new(Log::open(pool.clone()).await.unwrap());
    let mut tasks = tokio::task::JoinSet::new();
    tasks.spawn(work);
    let append = async |number: u128, wait: u64| {
        tokio::time::sleep(Duration::from_millis(wait)).await;
        writer.append(command(number, stream(number), 0)).await
    };
    append(1, 0).await.unwrap();
    // A slow commit, while others wait, so that the second connection is made.
    let mut holding = fixture.pool.begin().await.unwrap();
    holding.execute("select from log.log_state for update").await.unwrap();
    let released = async {
        tokio::time::sleep(Duration::from_millis(900)).await;
        holding.rollback().await.unwrap();
    };
    let _done = tokio::join!(append(2, 0), append(3, 100), append(4, 200), released);
    let all_are_taken = async {
        while pool.size() < 3 || pool.num_idle() > 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), all_are_taken).await.unwrap();

    // As after a start of the server, before a relay has compared.
    let restarted = "update log.log_state set compared_on = pg_postmaster_start_time() - interval '1 hour'";
    fixture.pool.execute(restarted).await.unwrap();
    let begun = std::time::Instant::now();
    let (_, repeated, _, new) = tokio::join!(append(5, 0), append(1, 1), append(6, 2), append(7, 3));
    assert_eq!(repeated, Ok(Outcome::Repeated { first: 1, last: 1 }));
    assert_eq!(new, Err(WriterError::NotCompared));
    assert!(begun.elapsed() < Duration::from_secs(8), "it waited for a connection: {:?}", begun.elapsed());
    drop(writer);
    tasks.join_all().await;
}

#[tokio::test]
async fn callers_who_give_up_while_a_commit_is_held_up_leave_no_connection_each() {
    let fixture = fresh().await;
    let (writer, work) = Writer::new(fixture.log.clone());
    let mut tasks = tokio::task::JoinSet::new();
    tasks.spawn(work);
    writer.append(command(1, stream(1), 0)).await.unwrap();
    // As a standby that does not answer holds a commit up.
    let mut holding = fixture.pool.begin().await.unwrap();
    holding.execute("select from log.log_state for update").await.unwrap();
    for number in 2..7 {
        let appending = writer.append(command(number, stream(number), 0));
        let given_up = tokio::time::timeout(Duration::from_millis(200), appending).await;
        assert!(given_up.is_err(), "{given_up:?}");
    }
    let held_up = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    let held_up: i64 = sqlx::query_scalar(held_up).fetch_one(&fixture.pool).await.unwrap();
    assert!((1..=2).contains(&held_up), "{held_up} connections wait");
    holding.rollback().await.unwrap();
    // Nobody waits for them any more, and still they are there.
    for number in 2..7 {
        let repeated = writer.append(command(number, stream(number), 0)).await.unwrap();
        assert!(matches!(repeated, Outcome::Repeated { .. }), "{repeated:?}");
    }
    drop(writer);
    tasks.join_all().await;
}
