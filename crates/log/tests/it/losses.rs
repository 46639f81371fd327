//! A log that came back without events of which a process knows.

use crate::fixture::{Fixture, command, fresh, stream};
use log::{Log, LogError, Writer, WriterError};
use sqlx::{Executor, PgPool};

/// Events after a position are gone, as after a failover to a standby that lacked them.
async fn lose_after(fixture: &Fixture, position: i64) {
    let lose = format!(
        "alter table log.event disable trigger all; delete from log.event where position > {position};
         alter table log.event enable trigger all"
    );
    fixture.pool.execute(sqlx::AssertSqlSafe(lose)).await.unwrap();
}

async fn opened(fixture: &Fixture) -> Log {
    Log::open(PgPool::connect(&fixture.database.url).await.unwrap()).await.unwrap()
}

/// The process must find that something is lost. Answers what it says.
async fn loss_found_by(log: &Log) -> String {
    match log.check_kept().await {
        Err(LogError::EventsLost(reason)) => reason,
        other => panic!("nothing is lost: {other:?}"),
    }
}

#[tokio::test]
async fn whoever_knows_of_lost_events_halts_the_log_and_only_a_new_epoch_ends_that() {
    let fixture = fresh().await;
    let stranger = opened(&fixture).await;
    fixture.log.append(&[command(1, stream(1), 0), command(2, stream(2), 0)]).await.unwrap();
    fixture.log.check_kept().await.unwrap();
    lose_after(&fixture, 1).await;
    stranger.check_kept().await.expect("it knew of no event");

    let reason = loss_found_by(&fixture.log).await;
    assert!(reason.contains("ends at position 1, but it went as far as 2"), "{reason}");
    assert!(reason.contains("`casebus log new-epoch`"), "{reason}");
    // What a relay finds afterwards, or another process, changes nothing.
    stranger.halt("the stream is ahead").await.unwrap();
    let seen = stranger.standing().await.unwrap();
    assert!(seen.is_lost && seen.halted.as_deref() == Some(&reason), "{seen:?}");
    assert!(!stranger.resume(&seen).await.unwrap());
    assert!(matches!(fixture.log.resume(&seen).await, Err(LogError::EventsLost(_))));
    fixture.pool.execute("select log.resume()").await.unwrap();
    for log in [&fixture.log, &stranger] {
        let refused = log.append(&[command(3, stream(3), 0)]).await;
        assert!(matches!(&refused, Err(LogError::Halted(why)) if *why == reason), "{refused:?}");
    }

    log::schema::begin_epoch(&fixture.pool).await.unwrap();
    fixture.log.check_kept().await.expect("it knows nothing of the new epoch");
    let reopened = opened(&fixture).await;
    assert!(!reopened.standing().await.unwrap().is_lost);
    reopened.append(&[command(3, stream(3), 0)]).await.unwrap();
    reopened.check_kept().await.unwrap();
}

#[tokio::test]
async fn another_event_in_the_place_of_a_lost_one_is_noticed() {
    let fixture = fresh().await;
    fixture.log.append(&[command(1, stream(1), 0), command(2, stream(2), 0)]).await.unwrap();
    lose_after(&fixture, 1).await;
    opened(&fixture).await.append(&[command(3, stream(3), 0), command(4, stream(4), 0)]).await.unwrap();
    let reason = loss_found_by(&fixture.log).await;
    assert!(reason.contains("another event at position 2 than before"), "{reason}");
}

#[tokio::test]
async fn a_log_of_an_earlier_epoch_is_an_older_copy() {
    let fixture = fresh().await;
    let former = fixture.log.epoch();
    log::schema::begin_epoch(&fixture.pool).await.unwrap();
    let hints = log::Hints::default();
    let pool = PgPool::connect(&fixture.database.url).await.unwrap();
    let later = Log::open_sharing(pool.clone(), &hints).await.unwrap();
    later.append(&[command(1, stream(1), 0)]).await.unwrap();
    // As a standby finds it that had not heard of the epoch; the process opens the log once more, as it does in another epoch.
    let older = format!("update log.log_state set epoch = {former}");
    fixture.pool.execute(sqlx::AssertSqlSafe(older)).await.unwrap();
    let reopened = Log::open_sharing(pool, &hints).await.unwrap();
    let reason = loss_found_by(&reopened).await;
    assert!(
        reason.contains(&format!("is of epoch {former}, but it was in epoch {}", later.epoch())),
        "{reason}"
    );
    let refused = reopened.append(&[command(2, stream(2), 0)]).await;
    assert!(matches!(refused, Err(LogError::Halted(_))), "{refused:?}");
}

#[tokio::test]
async fn a_process_that_has_only_seen_the_end_of_the_log_knows_of_it_too() {
    let fixture = fresh().await;
    let reader = opened(&fixture).await;
    fixture.log.append(&[command(1, stream(1), 0), command(2, stream(2), 0)]).await.unwrap();
    assert_eq!(reader.head().await.unwrap().position, 2);
    lose_after(&fixture, 1).await;
    loss_found_by(&reader).await;
}

#[tokio::test]
async fn a_writer_looks_whenever_it_connects_anew_and_appends_nothing_where_events_are_lost() {
    let fixture = fresh().await;
    let (writer, work) = Writer::new(opened(&fixture).await);
    let mut tasks = tokio::task::JoinSet::new();
    tasks.spawn(work);
    writer.append(command(1, stream(1), 0)).await.unwrap();
    writer.append(command(2, stream(2), 0)).await.unwrap();
    lose_after(&fixture, 1).await;
    let others = "select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()";
    fixture.pool.execute(others).await.unwrap();
    assert_eq!(writer.append(command(3, stream(3), 0)).await, Err(WriterError::Halted));
    assert_eq!(opened(&fixture).await.head().await.unwrap().position, 1);
    let first_answer = writer.append(command(1, stream(1), 0)).await;
    assert!(matches!(first_answer, Ok(log::Outcome::Repeated { first: 1, last: 1 })), "{first_answer:?}");
}

#[tokio::test]
async fn a_process_that_has_read_events_notices_that_others_stand_there() {
    let fixture = fresh().await;
    let reader = opened(&fixture).await;
    fixture.log.append(&[command(1, stream(1), 0), command(2, stream(2), 0)]).await.unwrap();
    reader.read_after(0, 10).await.unwrap();
    lose_after(&fixture, 1).await;
    opened(&fixture).await.append(&[command(3, stream(3), 0), command(4, stream(4), 0)]).await.unwrap();
    loss_found_by(&reader).await;
}

#[tokio::test]
async fn what_a_process_reads_where_its_own_event_is_lost_does_not_take_the_place_of_that() {
    let fixture = fresh().await;
    fixture.log.append(&[command(1, stream(1), 0), command(2, stream(2), 0)]).await.unwrap();
    lose_after(&fixture, 1).await;
    opened(&fixture).await.append(&[command(3, stream(3), 0), command(4, stream(4), 0)]).await.unwrap();
    fixture.log.read_after(2, 1).await.unwrap();
    let reason = loss_found_by(&fixture.log).await;
    assert!(reason.contains("another event at position 2 than before"), "{reason}");
}

#[tokio::test]
async fn a_process_that_sees_the_log_go_back_halts_it() {
    let fixture = fresh().await;
    let reader = opened(&fixture).await;
    fixture.log.append(&[command(1, stream(1), 0), command(2, stream(2), 0)]).await.unwrap();
    assert_eq!(reader.head().await.unwrap().position, 2);
    lose_after(&fixture, 1).await;
    assert_eq!(reader.head().await.unwrap().position, 1);
    assert!(opened(&fixture).await.standing().await.unwrap().is_lost);
}

#[tokio::test]
async fn who_halts_the_log_or_lets_it_go_on_does_not_stay_behind_a_commit_that_waits() {
    let fixture = fresh().await;
    fixture.log.halt("the stream is ahead").await.unwrap();
    let seen = fixture.log.standing().await.unwrap();
    let mut waiting = fixture.pool.begin().await.unwrap();
    sqlx::query("select from log.log_state for update").execute(&mut *waiting).await.unwrap();
    let (halted, resumed) = tokio::join!(fixture.log.halt("another reason"), fixture.log.resume(&seen));
    for outcome in [halted, resumed.map(drop)] {
        let Err(LogError::Database(sqlx::Error::Database(refused))) = outcome else { panic!("{outcome:?}") };
        assert_eq!(refused.code().as_deref(), Some("55P03"), "{refused}");
    }
    waiting.rollback().await.unwrap();
    assert!(fixture.log.resume(&seen).await.unwrap());
}

#[tokio::test]
async fn a_repeat_that_gets_its_first_answer_is_known_too() {
    let fixture = fresh().await;
    let other = opened(&fixture).await;
    fixture.log.append(&[command(1, stream(1), 0)]).await.unwrap();
    other.append(&[command(1, stream(1), 0)]).await.unwrap();
    lose_after(&fixture, 0).await;
    loss_found_by(&other).await;
}

#[tokio::test]
async fn a_listener_that_connects_anew_notices_without_appending() {
    let fixture = fresh().await;
    fixture.log.append(&[command(1, stream(1), 0), command(2, stream(2), 0)]).await.unwrap();
    let (listening, stranger) = (fixture.log.clone(), opened(&fixture).await);
    let mut tasks = tokio::task::JoinSet::new();
    // As a service does: again whenever it has ended.
    tasks.spawn(async move {
        loop {
            let _why_it_ended = listening.listen().await;
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    });
    let noticed = async {
        // What it asked last is whether anything is lost.
        let listens = "select count(*) from pg_stat_activity
            where datname = current_database() and query like '%log.check_kept(%' and pid <> pg_backend_pid()";
        while sqlx::query_scalar::<_, i64>(listens).fetch_one(stranger.pool()).await.unwrap() == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        lose_after(&fixture, 1).await;
        let end = "select pg_terminate_backend(pid) from pg_stat_activity
            where datname = current_database() and query like '%log.check_kept(%' and pid <> pg_backend_pid()";
        stranger.pool().execute(end).await.unwrap();
        while !stranger.standing().await.unwrap().is_lost {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_mins(1), noticed).await.unwrap();
}

#[tokio::test]
async fn a_new_epoch_by_the_former_program_ends_the_halt_as_well() {
    let fixture = fresh().await;
    fixture.log.append(&[command(1, stream(1), 0)]).await.unwrap();
    lose_after(&fixture, 0).await;
    loss_found_by(&fixture.log).await;
    let former = "update log.log_head set epoch = epoch + 1, halted = null, compared_on = null";
    fixture.pool.execute(former).await.unwrap();
    let reopened = opened(&fixture).await;
    let seen = reopened.standing().await.unwrap();
    assert!(!seen.is_lost);
    assert!(reopened.resume(&seen).await.unwrap());
    reopened.append(&[command(2, stream(2), 0)]).await.unwrap();
}

#[tokio::test]
async fn what_anybody_can_notify_halts_nothing() {
    let fixture = fresh().await;
    let listening = fixture.log.clone();
    let mut tasks = tokio::task::JoinSet::new();
    tasks.spawn(async move { listening.listen().await });
    let heard = async {
        while !fixture.log.has_heard_of_more(98) {
            fixture.pool.execute("select pg_notify('casebus_log', '99')").await.unwrap();
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_mins(1), heard).await.unwrap();
    fixture.log.check_kept().await.unwrap();
}
