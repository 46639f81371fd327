//! What `append` promises.

use crate::fixture::{Fixture, command, event, fresh, id, signal, stream};
use log::{Guard, Log, LogError, NewCommand, Outcome, Writer};
use sqlx::postgres::PgPoolOptions;
use std::time::Duration;

/// Connections that wait for a lock.
const AT_A_LOCK: &str =
    "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
/// Processes of Postgres whose last statement was an append.
const BACKENDS_OF_APPENDS: &str = "select pid from pg_stat_activity
    where datname = current_database() and query like '%log.append%'
      and query not like '%pg_stat_activity%'";

#[tokio::test]
async fn positions_are_dense_in_commit_order_under_many_writers() {
    let fixture = fresh().await;
    let (writer, work) = Writer::new(fixture.log.clone());
    let (other_writer, other_work) = Writer::new(fixture.log.clone());
    let working = tokio::task::LocalSet::new();
    working.spawn_local(work);
    working.spawn_local(other_work);
    working
        .run_until(async {
            let mut appends = Vec::new();
            for number in 0..400u128 {
                let writer = if number % 2 == 0 { writer.clone() } else { other_writer.clone() };
                appends.push(tokio::task::spawn_local(async move {
                    writer.append(command(number, stream(number), 0)).await.unwrap()
                }));
            }
            for append in appends {
                assert!(matches!(append.await.unwrap(), Outcome::Appended { .. }));
            }
        })
        .await;
    let events = fixture.log.read_after(0, 1_000).await.unwrap();
    let positions: Vec<i64> = events.iter().map(|event| event.position).collect();
    assert_eq!(positions, (1..=400).collect::<Vec<i64>>());
    assert!(events.windows(2).all(|pair| pair[0].recorded_at <= pair[1].recorded_at));
    assert_eq!(fixture.log.head().await.unwrap().position, 400);
}

#[tokio::test]
async fn a_repeated_command_gets_the_first_answer_and_has_no_further_effect() {
    let fixture = fresh().await;
    let first = fixture.log.append(&[command(1, stream(1), 0)]).await.unwrap();
    fixture.log.append(&[command(2, stream(1), 1)]).await.unwrap();
    let again = fixture.log.append(&[command(1, stream(1), 0)]).await.unwrap();
    assert_eq!(first, [Outcome::Appended { first: 1, last: 1, number: None }]);
    assert_eq!(again, [Outcome::Repeated { first: 1, last: 1 }]);
    assert_eq!(fixture.log.head().await.unwrap().position, 2);
    let earlier = fixture.log.find_command(id(1)).await.unwrap().unwrap();
    assert_eq!((earlier.first, earlier.last, earlier.stream_id), (1, 1, stream(1)));
}

#[tokio::test]
async fn a_command_id_of_another_request_is_refused() {
    let fixture = fresh().await;
    fixture.log.append(&[command(1, stream(1), 0)]).await.unwrap();
    let other = NewCommand { request_hash: [9; 32], ..command(1, stream(2), 0) };
    assert_eq!(fixture.log.append(&[other]).await.unwrap(), [Outcome::CommandIdReused]);
}

#[tokio::test]
async fn commands_of_one_call_are_taken_in_order_and_a_stale_one_gets_its_conflict_alone() {
    let fixture = fresh().await;
    let repeated_in_the_call = command(1, stream(1), 0);
    let reused_in_the_call = NewCommand { request_hash: [9; 32], ..command(1, stream(3), 0) };
    let commands = [
        command(1, stream(1), 0),
        command(2, stream(1), 0),
        command(3, stream(1), 1),
        repeated_in_the_call,
        reused_in_the_call,
        command(4, stream(2), 0),
    ];
    let outcomes = fixture.log.append(&commands).await.unwrap();
    let expected = [
        Outcome::Appended { first: 1, last: 1, number: None },
        Outcome::Conflict { stream_id: stream(1), actual: 1 },
        Outcome::Appended { first: 2, last: 2, number: None },
        Outcome::Repeated { first: 1, last: 1 },
        Outcome::CommandIdReused,
        Outcome::Appended { first: 3, last: 3, number: None },
    ];
    assert_eq!(outcomes, expected);
    let conflict_then_taken_then_repeated =
        [command(9, stream(9), 7), command(9, stream(9), 0), command(9, stream(9), 7)];
    let outcomes = fixture.log.append(&conflict_then_taken_then_repeated).await.unwrap();
    assert_eq!(outcomes[2], Outcome::Repeated { first: 4, last: 4 });
    // A command that met a conflict may be sent again under the same id.
    assert_eq!(
        fixture.log.append(&[command(2, stream(1), 2)]).await.unwrap(),
        [Outcome::Appended { first: 5, last: 5, number: None }]
    );
}

#[tokio::test]
async fn a_command_over_several_streams_is_taken_whole_or_not_at_all() {
    let fixture = fresh().await;
    fixture.log.append(&[command(1, stream(1), 0)]).await.unwrap();
    let both = |number, second_version| NewCommand {
        id: id(number),
        request_hash: [7; 32],
        guards: vec![
            Guard { stream_id: stream(1), version: 1 },
            Guard { stream_id: stream(2), version: second_version },
        ],
        events: vec![event(stream(1), "{}"), event(stream(2), "{}"), event(stream(1), "{}")],
    };
    let refused = fixture.log.append(&[both(2, 5)]).await.unwrap();
    assert_eq!(refused, [Outcome::Conflict { stream_id: stream(2), actual: 0 }]);
    assert_eq!(fixture.log.head().await.unwrap().position, 1);
    let taken = fixture.log.append(&[both(3, 0)]).await.unwrap();
    assert_eq!(taken, [Outcome::Appended { first: 2, last: 4, number: None }]);
    let versions: Vec<i64> =
        fixture.log.read_stream(stream(1)).await.unwrap().iter().map(|event| event.version).collect();
    assert_eq!(versions, [1, 2, 3]);
}

#[tokio::test]
async fn a_stream_can_be_guarded_without_being_written() {
    let fixture = fresh().await;
    fixture.log.append(&[command(1, stream(1), 0)]).await.unwrap();
    let mut guarded = command(2, stream(2), 0);
    guarded.guards.push(Guard { stream_id: stream(1), version: 0 });
    let outcome = fixture.log.append(&[guarded]).await.unwrap();
    assert_eq!(outcome, [Outcome::Conflict { stream_id: stream(1), actual: 1 }]);
}

#[tokio::test]
async fn numbers_are_dense_in_each_series_and_a_conflict_uses_none() {
    let fixture = fresh().await;
    let numbered = |number: u128, series: &str, version| {
        let mut command = command(number, stream(number), version);
        command.events[0].number_series = Some(series.to_owned());
        command
    };
    let commands = [
        numbered(1, "a", 0),
        numbered(2, "a", 3),
        numbered(3, "b", 0),
        numbered(4, "a", 0),
        command(5, stream(5), 0),
    ];
    fixture.log.append(&commands).await.unwrap();
    fixture.log.append(&[numbered(6, "a", 0)]).await.unwrap();
    let numbers: Vec<Option<i64>> =
        fixture.log.read_after(0, 10).await.unwrap().iter().map(|event| event.number).collect();
    assert_eq!(numbers, [Some(1), Some(1), Some(2), None, Some(3)]);
}

#[tokio::test]
async fn an_event_reads_back_as_it_was_written_byte_for_byte() {
    let fixture = fresh().await;
    let mut odd = command(1, stream(1), 0);
    odd.events[0].body = "{ \"b\":1,\"a\": \"\\u4e2d\",\"a\":\t2 }".as_bytes().to_vec();
    let written = odd.events[0].clone();
    fixture.log.append(&[odd]).await.unwrap();
    let read = &fixture.log.read_after(0, 1).await.unwrap()[0];
    assert_eq!(read.body, written.body);
    assert_eq!((read.event_id, read.stream_id, read.version), (written.event_id, stream(1), 1));
    assert_eq!((read.occurred_at, &read.actor), (written.occurred_at, &written.actor));
    assert_eq!((read.event_type.as_str(), read.schema_version, read.epoch), ("clue-transfer.sent", 1, 1));
}

#[tokio::test]
async fn a_body_over_256_kib_fails_alone_and_the_rest_of_its_batch_commits() {
    let fixture = fresh().await;
    let mut large = command(1, stream(1), 0);
    large.events[0].body = vec![b' '; 256 * 1024 + 1];
    assert!(matches!(fixture.log.append(&[large.clone()]).await, Err(LogError::InvalidCommand(_))));
    let (writer, work) = Writer::new(fixture.log.clone());
    let (refused, taken, ()) =
        tokio::join!(writer.append(large), writer.append(command(2, stream(2), 0)), async {
            tokio::select! {
                () = work => {}
                () = tokio::time::sleep(Duration::from_secs(2)) => {}
            }
        });
    assert_eq!(refused, Err(log::WriterError::Rejected));
    assert_eq!(taken, Ok(Outcome::Appended { first: 1, last: 1, number: None }));
}

#[tokio::test]
async fn a_command_without_events_or_with_an_unguarded_stream_is_invalid() {
    let fixture = fresh().await;
    let empty = NewCommand { events: Vec::new(), ..command(1, stream(1), 0) };
    assert!(matches!(fixture.log.append(&[empty]).await, Err(LogError::InvalidCommand(_))));
    let unguarded = NewCommand { guards: Vec::new(), ..command(1, stream(1), 0) };
    assert!(matches!(fixture.log.append(&[unguarded]).await, Err(LogError::InvalidCommand(_))));
}

#[tokio::test]
async fn where_many_wait_a_call_goes_behind_another_and_every_command_is_appended_once() {
    let fixture = fresh().await;
    let (writer, work) = Writer::new(fixture.log.clone());
    let mut appends = tokio::task::JoinSet::new();
    appends.spawn(async move {
        work.await;
        None
    });
    // As long as somebody else holds the head, both calls wait for it.
    let mut held = fixture.pool.begin().await.unwrap();
    sqlx::query("select 1 from log.log_state for update").execute(&mut *held).await.unwrap();
    let mut spawn = |number: u128, on: u128| {
        let (writer, command) = (writer.clone(), command(number, stream(on), 0));
        appends.spawn(async move { Some(writer.append(command).await.unwrap()) });
    };
    for (calls, numbers) in [(1, 0..200), (2, 200..600)] {
        numbers.for_each(|number| spawn(number, number));
        while sqlx::query_scalar::<_, i64>(AT_A_LOCK).fetch_one(&fixture.pool).await.unwrap() < calls {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
    // Some of those under way come again, and others write the same streams.
    (0..100).for_each(|number| spawn(number, number));
    (600..700).for_each(|number| spawn(number, number - 600));
    held.rollback().await.unwrap();
    drop(writer);
    let outcomes: Vec<_> = appends.join_all().await.into_iter().flatten().collect();
    let count = |wanted: fn(&Outcome) -> bool| outcomes.iter().filter(|outcome| wanted(outcome)).count();
    assert_eq!(count(|outcome| matches!(outcome, Outcome::Appended { .. })), 600);
    assert_eq!(count(|outcome| matches!(outcome, Outcome::Repeated { .. })), 100);
    assert_eq!(count(|outcome| matches!(outcome, Outcome::Conflict { actual: 1, .. })), 100);
    let events = fixture.log.read_after(0, 1_000).await.unwrap();
    assert!(events.iter().map(|event| event.position).eq(1..=600));
}

/// Appends two commands through each of two handles, which meet at the head while somebody else does something to it.
async fn meet_at_the_head(
    fixture: &Fixture,
    calls: [[NewCommand; 2]; 2],
    meanwhile: &'static str,
) -> [Result<Vec<Outcome>, LogError>; 2] {
    let mut held = fixture.pool.begin().await.unwrap();
    sqlx::query("select 1 from log.log_state for update").execute(&mut *held).await.unwrap();
    let (mut appends, mut waiting) = (Vec::new(), 0);
    for call in calls {
        let log = Log::open(fixture.pool.clone()).await.unwrap();
        appends.push(tokio::task::JoinSet::from_iter([async move { log.append(&call).await }]));
        waiting += 1;
        // What can be looked for before the head is taken, each has looked for then.
        while sqlx::query_scalar::<_, i64>(AT_A_LOCK).fetch_one(&fixture.pool).await.unwrap() < waiting {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
    sqlx::raw_sql(meanwhile).execute(&mut *held).await.unwrap();
    held.commit().await.unwrap();
    let mut outcomes = Vec::new();
    for mut append in appends {
        outcomes.push(append.join_next().await.unwrap().unwrap());
    }
    outcomes.try_into().unwrap()
}

#[tokio::test]
async fn of_two_calls_that_found_the_same_version_before_they_met_at_the_head_one_appends_and_one_gets_its_conflict()
 {
    let fixture = fresh().await;
    fixture.log.append(&[command(1, stream(1), 0)]).await.unwrap();
    let calls =
        [[2, 3], [4, 5]].map(|[one, other]| [command(one, stream(1), 1), command(other, stream(other), 0)]);
    let outcomes = meet_at_the_head(&fixture, calls, "select 1").await.map(Result::unwrap);
    assert!(matches!(
        outcomes[0][..],
        [Outcome::Appended { first: 2, .. }, Outcome::Appended { first: 3, .. }]
    ));
    assert!(
        matches!(outcomes[1][..], [Outcome::Conflict { actual: 2, .. }, Outcome::Appended { first: 4, .. }]),
        "{outcomes:?}"
    );
    let events = fixture.log.read_stream(stream(1)).await.unwrap();
    assert!(events.iter().map(|event| event.version).eq([1, 2]));
}

#[tokio::test]
async fn a_call_that_did_not_find_a_version_before_it_came_to_the_head_appends_where_it_is_there_by_then() {
    let fixture = fresh().await;
    let calls = [
        [command(1, stream(1), 0), command(2, stream(2), 0)],
        [command(3, stream(1), 1), command(4, stream(2), 1)],
    ];
    let outcomes = meet_at_the_head(&fixture, calls, "select 1").await.map(Result::unwrap);
    let first = |outcome: &Outcome| match outcome {
        Outcome::Appended { first, .. } => Some(*first),
        _ => None,
    };
    assert!(outcomes.iter().flatten().map(first).eq([1, 2, 3, 4].map(Some)), "{outcomes:?}");
    for on in [1, 2] {
        let events = fixture.log.read_stream(stream(on)).await.unwrap();
        assert!(events.iter().map(|event| event.version).eq([1, 2]));
    }
}

#[tokio::test]
async fn what_was_looked_for_before_the_head_is_of_no_use_in_a_halted_log_or_another_epoch() {
    for (meanwhile, refused) in [
        ("update log.log_state set halted = 'in a test'", "Halted"),
        ("update log.log_state set epoch = epoch + 1", "EpochChanged"),
    ] {
        let fixture = fresh().await;
        fixture.log.append(&[command(1, stream(1), 0)]).await.unwrap();
        let calls = [[2, 3], [4, 5]]
            .map(|[one, other]| [command(one, stream(1), 1), command(other, stream(other), 0)]);
        for outcome in meet_at_the_head(&fixture, calls, meanwhile).await {
            assert!(format!("{:?}", outcome.unwrap_err()).starts_with(refused));
        }
        assert_eq!(fixture.log.head().await.unwrap().position, 1);
    }
}

#[tokio::test]
async fn a_writer_that_gets_no_second_connection_goes_on_with_the_first() {
    let fixture = fresh().await;
    let pool = PgPoolOptions::new().max_connections(1).connect(&fixture.database.url).await.unwrap();
    let (writer, work) = Writer::new(Log::open(pool).await.unwrap());
    let mut appends = tokio::task::JoinSet::new();
    appends.spawn(work);
    // Each waits for its answer and then writes its stream once more, so that there are always many.
    for number in 0..400u128 {
        let writer = writer.clone();
        appends.spawn(async move {
            for version in 0..3i64 {
                let command =
                    command(number * 3 + u128::from(version.unsigned_abs()), stream(number), version);
                assert!(matches!(writer.append(command).await, Ok(Outcome::Appended { .. })));
            }
        });
    }
    drop(writer);
    tokio::time::timeout(Duration::from_secs(20), appends.join_all()).await.unwrap();
    assert_eq!(fixture.log.head().await.unwrap().position, 1_200);
}

#[tokio::test]
async fn a_command_alone_that_is_stuck_holds_up_no_others() {
    let fixture = fresh().await;
    let (writer, work) = Writer::new(fixture.log.clone());
    let mut working = tokio::task::JoinSet::new();
    working.spawn(work);
    // One after the other: from the second on each is appended by its caller.
    for number in 1..4 {
        writer.append(command(number, stream(number), 0)).await.unwrap();
    }
    let mut held = fixture.pool.begin().await.unwrap();
    sqlx::query("select 1 from log.log_state for update").execute(&mut *held).await.unwrap();
    let alone = writer.clone();
    working.spawn(async move {
        alone.append(command(4, stream(4), 0)).await.unwrap();
    });
    let other = writer.clone();
    working.spawn(async move {
        other.append(command(5, stream(5), 0)).await.unwrap();
    });
    // Both are at the head, on connections of their own.
    while sqlx::query_scalar::<_, i64>(AT_A_LOCK).fetch_one(&fixture.pool).await.unwrap() < 2 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    held.rollback().await.unwrap();
    drop(writer);
    working.join_all().await;
    assert_eq!(fixture.log.head().await.unwrap().position, 5);
}

#[tokio::test]
async fn a_command_whose_connection_was_dropped_without_a_word_is_appended_once_on_another_one() {
    let fixture = fresh().await;
    let (writer, work) = Writer::new(fixture.log.clone());
    let mut working = tokio::task::JoinSet::new();
    working.spawn(work);
    writer.append(command(1, stream(1), 0)).await.unwrap();
    let backends: Vec<i32> = sqlx::query_scalar(BACKENDS_OF_APPENDS).fetch_all(&fixture.pool).await.unwrap();
    // Stopped while it does nothing, so that it holds up nobody else.
    tokio::time::sleep(Duration::from_millis(300)).await;
    // A process that is stopped leaves its connection standing, and answers as little as one behind a broken cable.
    signal("STOP", &backends).await;
    let appended =
        tokio::time::timeout(Duration::from_secs(30), writer.append(command(2, stream(2), 0))).await;
    signal("CONT", &backends).await;
    assert_eq!(appended.unwrap(), Ok(Outcome::Appended { first: 2, last: 2, number: None }));
    // What was held up arrives after all.
    let still_there = "select count(*) from pg_stat_activity where pid = any($1)";
    let gone = async {
        while sqlx::query_scalar::<_, i64>(still_there)
            .bind(&backends)
            .fetch_one(&fixture.pool)
            .await
            .unwrap()
            > 0
        {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), gone).await.unwrap();
    assert_eq!(fixture.log.head().await.unwrap().position, 2);
}

#[tokio::test]
async fn a_call_that_is_only_slow_is_not_given_up() {
    let fixture = fresh().await;
    let (writer, work) = Writer::new(fixture.log.clone());
    let mut working = tokio::task::JoinSet::new();
    working.spawn(work);
    writer.append(command(1, stream(1), 0)).await.unwrap();
    let before: Vec<i32> = sqlx::query_scalar(BACKENDS_OF_APPENDS).fetch_all(&fixture.pool).await.unwrap();
    let mut held = fixture.pool.begin().await.unwrap();
    sqlx::query("select 1 from log.log_state for update").execute(&mut *held).await.unwrap();
    let (appended, ()) = tokio::join!(writer.append(command(2, stream(2), 0)), async {
        // Longer than until Postgres is asked.
        tokio::time::sleep(Duration::from_secs(7)).await;
        held.rollback().await.unwrap();
    });
    assert_eq!(appended, Ok(Outcome::Appended { first: 2, last: 2, number: None }));
    let after: Vec<i32> = sqlx::query_scalar(BACKENDS_OF_APPENDS).fetch_all(&fixture.pool).await.unwrap();
    assert_eq!((before.len(), after), (1, before));
}

#[tokio::test]
async fn a_writer_whose_task_is_ended_gives_its_connection_back_though_a_handle_is_left() {
    let fixture = fresh().await;
    let pool = PgPoolOptions::new().max_connections(1).connect(&fixture.database.url).await.unwrap();
    let (writer, work) = Writer::new(Log::open(pool.clone()).await.unwrap());
    let mut working = tokio::task::JoinSet::new();
    working.spawn(work);
    writer.append(command(1, stream(1), 0)).await.unwrap();
    working.shutdown().await;
    let given_back = tokio::time::timeout(Duration::from_secs(5), pool.acquire()).await;
    assert!(given_back.is_ok_and(|acquired| acquired.is_ok()));
    assert_eq!(writer.append(command(2, stream(2), 0)).await, Err(log::WriterError::Ended));
}

#[tokio::test]
async fn a_halted_log_costs_no_connections() {
    let fixture = fresh().await;
    let (writer, work) = Writer::new(fixture.log.clone());
    let mut working = tokio::task::JoinSet::new();
    working.spawn(work);
    writer.append(command(1, stream(1), 0)).await.unwrap();
    let before: Vec<i32> = sqlx::query_scalar(BACKENDS_OF_APPENDS).fetch_all(&fixture.pool).await.unwrap();
    fixture.log.halt("a test").await.unwrap();
    for number in 2..6 {
        let refused = writer.append(command(number, stream(number), 0)).await;
        assert_eq!(refused, Err(log::WriterError::Halted));
    }
    let after: Vec<i32> = sqlx::query_scalar(BACKENDS_OF_APPENDS).fetch_all(&fixture.pool).await.unwrap();
    assert_eq!((before.len(), after), (1, before));
}

#[tokio::test]
async fn a_writer_whose_queue_is_full_turns_away_at_once_and_what_waits_is_appended() {
    let fixture = fresh().await;
    let (writer, work) = Writer::new(fixture.log.clone());
    let mut waiting = 0u128;
    // Nobody works yet: each waits until its caller goes away, and stays in the queue.
    let turned_away = loop {
        let append = writer.append(command(waiting, stream(waiting), 0));
        match tokio::time::timeout(Duration::ZERO, append).await {
            Err(_) => waiting += 1,
            Ok(answer) => break answer,
        }
    };
    assert_eq!(turned_away, Err(log::WriterError::Overloaded));
    assert_eq!(waiting, 4_096);
    drop(writer);
    work.await;
    assert_eq!(fixture.log.head().await.unwrap().position, 4_096);
}

#[tokio::test]
async fn a_writer_is_full_by_bytes_before_memory_grows() {
    let fixture = fresh().await;
    let (writer, _work) = Writer::new(fixture.log.clone());
    let mut waiting = 0u128;
    let turned_away = loop {
        let mut large = command(waiting, stream(waiting), 0);
        large.events[0].body = vec![b' '; 256 * 1024];
        match tokio::time::timeout(Duration::ZERO, writer.append(large)).await {
            Err(_) => waiting += 1,
            Ok(answer) => break answer,
        }
    };
    assert_eq!((turned_away, waiting), (Err(log::WriterError::Overloaded), 256));
}
