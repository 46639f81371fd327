//! The row that every append locks, and the end of the log that it reads then.

use crate::fixture::{command, fresh, stream};
use sqlx::{Connection, PgConnection};
use std::time::Duration;

/// How many wait for a lock.
const WAITING: &str =
    "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";

#[tokio::test]
async fn an_append_leaves_no_version_of_the_row_that_it_locks_behind() {
    let fixture = fresh().await;
    // Versions of a row have places of their own.
    let place = async || {
        let asked = sqlx::query_scalar::<_, String>("select ctid::text from log.log_state");
        asked.fetch_one(&fixture.pool).await.unwrap()
    };
    let before = place().await;
    for number in 1..=20 {
        fixture.log.append(&[command(number, stream(number), 0)]).await.unwrap();
        let several =
            [command(number + 100, stream(number), 1), command(number + 200, stream(number + 200), 0)];
        fixture.log.append(&several).await.unwrap();
        let twice = [command(number + 300, stream(number), 2), command(number + 400, stream(number), 3)];
        fixture.log.append(&twice).await.unwrap();
    }
    assert_eq!(fixture.log.head().await.unwrap().position, 100);
    assert_eq!(place().await, before);
    fixture.log.halt("in a test").await.unwrap();
    assert_ne!(place().await, before, "what changes the row does leave one");
}

#[tokio::test]
async fn calls_that_waited_for_each_other_number_from_the_end_that_the_other_left() {
    let fixture = fresh().await;
    let single = "select (log.append_single(1, $1, '\\x01', 0, $1, $1, 'a.b', 1::smallint, now(), 'x', $1, null, null, '\\x07', null))[1]";
    let lean = "select start + 1 from log.append_lean(1, '{}', array[$1], '{x}', '{0}', array[$1], array[$1], '{a.b}', '{1}',
        array[now()], '{x}', array[$1], '{null}', '{0}', '{0}', '{x}', null)";
    let mut held = fixture.pool.begin().await.unwrap();
    sqlx::query("select from log.log_state for update").execute(&mut *held).await.unwrap();
    let mut calls = tokio::task::JoinSet::new();
    for (number, how) in (1..).zip([single, lean, lean, single]) {
        let mut connection = PgConnection::connect(&fixture.database.url).await.unwrap();
        calls.spawn(async move {
            sqlx::query_scalar::<_, i64>(how).bind(stream(number)).fetch_one(&mut connection).await.unwrap()
        });
    }
    while sqlx::query_scalar::<_, i64>(WAITING).fetch_one(&fixture.pool).await.unwrap() < 4 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    held.commit().await.unwrap();
    let mut positions = calls.join_all().await;
    positions.sort_unstable();
    assert_eq!(positions, [1, 2, 3, 4]);
}
