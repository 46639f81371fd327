//! Waiting for the log to grow, and leading.

use crate::fixture::{command, fresh, signal, stream};
use log::{Leadership, Log, Writer};
use std::time::{Duration, Instant};

#[tokio::test]
async fn waiting_ends_when_another_handle_appends_even_without_hints() {
    let fixture = fresh().await;
    let other = Log::open(fixture.pool.clone()).await.unwrap();
    let append = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        other.append(&[command(1, stream(1), 0)]).await.unwrap();
    };
    let (head, ()) = tokio::join!(fixture.log.wait_after(0, Duration::from_secs(5)), append);
    assert_eq!(head.unwrap(), 1);
}

#[tokio::test]
async fn a_notification_wakes_a_waiter_well_before_its_timer() {
    let fixture = fresh().await;
    let (other, write) = Writer::new(Log::open(fixture.pool.clone()).await.unwrap());
    let waiting = async {
        let mut waits = Vec::new();
        for position in 0..20 {
            let begun = Instant::now();
            while fixture.log.wait_after(position, Duration::from_secs(5)).await.unwrap() <= position {}
            waits.push(begun.elapsed());
        }
        waits.sort();
        waits[10]
    };
    let appending = async {
        for number in 0..20u128 {
            tokio::time::sleep(Duration::from_millis(30)).await;
            other.append(command(number, stream(number), 0)).await.unwrap();
        }
        std::future::pending::<()>().await;
    };
    let median = tokio::select! {
        median = waiting => median,
        listened = fixture.log.listen() => panic!("listening ended: {listened:?}"),
        () = write => unreachable!("the writer has its handle"),
        () = appending => unreachable!("it never ends"),
    };
    assert!(median < Duration::from_millis(150), "the timer alone takes 250 ms; the median was {median:?}");
}

#[tokio::test]
async fn a_process_tells_others_of_its_own_appends_only() {
    let fixture = fresh().await;
    let mut tasks = tokio::task::JoinSet::new();
    let mut writers = Vec::new();
    for _ in 0..3 {
        let log = Log::open(sqlx::PgPool::connect(&fixture.database.url).await.unwrap()).await.unwrap();
        let (writer, work) = Writer::new(log.clone());
        tasks.spawn(work);
        tasks.spawn(async move { log.listen().await.unwrap() });
        writers.push(writer);
    }
    let mut listener = sqlx::postgres::PgListener::connect_with(&fixture.pool).await.unwrap();
    listener.listen("casebus_log").await.unwrap();
    // All of them listen by then.
    tokio::time::sleep(Duration::from_millis(500)).await;
    for number in 1..=5_u128 {
        writers[0].append(command(number, stream(number), 0)).await.unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let mut told = Vec::new();
    while let Ok(told_now) = tokio::time::timeout(Duration::from_millis(500), listener.recv()).await {
        told.push(told_now.unwrap().process_id());
    }
    told.dedup();
    assert_eq!(told.len(), 1, "processes that notified: {told:?}");
}

#[tokio::test]
async fn waiting_gives_up_after_its_time() {
    let fixture = fresh().await;
    let begun = Instant::now();
    assert_eq!(fixture.log.wait_after(0, Duration::from_millis(120)).await.unwrap(), 0);
    assert!(begun.elapsed() >= Duration::from_millis(120));
}

#[tokio::test]
async fn one_process_leads_a_role_until_it_lets_go() {
    let fixture = fresh().await;
    let first = Leadership::try_acquire(&fixture.pool, "relay").await.unwrap().unwrap();
    assert!(first.still_held().await);
    assert!(Leadership::try_acquire(&fixture.pool, "relay").await.unwrap().is_none());
    assert!(Leadership::try_acquire(&fixture.pool, "watch").await.unwrap().is_some());
    drop(first);
    let second =
        tokio::time::timeout(Duration::from_secs(5), Leadership::acquire(&fixture.pool, "relay")).await;
    assert!(second.unwrap().unwrap().still_held().await);
}

#[tokio::test]
async fn a_process_that_is_frozen_loses_the_lead_and_one_that_only_waits_keeps_it() {
    const LEASE: Duration = Duration::from_millis(1_500);
    let fixture = fresh().await;
    let try_acquire = || Leadership::try_acquire_for(&fixture.pool, "relay", LEASE);
    let first = try_acquire().await.unwrap().unwrap();
    tokio::time::sleep(2 * LEASE).await;
    assert!(try_acquire().await.unwrap().is_none(), "it shows by itself that it is alive");
    // Nothing else runs in this process meanwhile.
    std::thread::sleep(2 * LEASE);
    assert!(try_acquire().await.unwrap().is_some());
    assert!(!first.still_held().await);
}

#[tokio::test]
async fn work_of_a_leader_ends_when_its_session_does_though_nothing_else_tells_it() {
    let fixture = fresh().await;
    let lease = Duration::from_millis(600);
    let leadership = Leadership::try_acquire_for(&fixture.pool, "relay", lease).await.unwrap().unwrap();
    assert_eq!(leadership.while_held(async { 7 }).await, Some(7));
    let end = sqlx::query(
        "select pg_terminate_backend(pid) from pg_locks
          where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())",
    );
    end.execute(&fixture.pool).await.unwrap();
    let work = leadership.while_held(std::future::pending::<()>());
    assert_eq!(tokio::time::timeout(Duration::from_secs(5), work).await, Ok(None));
}

#[tokio::test]
async fn one_who_waits_for_the_lead_finds_out_soon_that_its_connection_was_lost() {
    let fixture = fresh().await;
    let first = Leadership::try_acquire(&fixture.pool, "relay").await.unwrap().unwrap();
    let pool = fixture.pool.clone();
    let mut waiting = tokio::task::JoinSet::new();
    waiting.spawn(async move { Leadership::acquire(&pool, "relay").await });
    let asks = "select pid from pg_stat_activity where datname = current_database() and state = 'idle'
        and query like '%pg_try_advisory_lock%' and not exists (
          select from pg_locks l where l.pid = pg_stat_activity.pid and l.locktype = 'advisory')";
    let mut backends: Vec<i32> = Vec::new();
    while backends.is_empty() {
        tokio::time::sleep(Duration::from_millis(50)).await;
        backends = sqlx::query_scalar(asks).fetch_all(&fixture.pool).await.unwrap();
    }
    // A process that is stopped leaves its connection standing, and answers as little as one behind a broken cable.
    signal("STOP", &backends).await;
    let given_up = tokio::time::timeout(Duration::from_secs(15), waiting.join_next()).await;
    signal("CONT", &backends).await;
    assert!(given_up.expect("nobody leads meanwhile").unwrap().unwrap().is_err());
    assert!(first.still_held().await);
}

#[tokio::test]
async fn what_must_not_be_begun_twice_is_held_however_long_its_process_is_frozen() {
    let fixture = fresh().await;
    let held = Leadership::try_hold(&fixture.pool, "rebuild").await.unwrap().unwrap();
    std::thread::sleep(Duration::from_secs(2));
    assert!(Leadership::try_hold(&fixture.pool, "rebuild").await.unwrap().is_none());
    assert!(held.still_held().await);
}
