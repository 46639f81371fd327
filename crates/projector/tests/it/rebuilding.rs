//! The next read model is built while everything goes on.

use crate::world::{World, signed};
use projector::ProjectorError;
use projector::rebuild::{Progress, rebuild};
use sqlx::AssertSqlSafe;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use views::Visibility;

/// All rows of the read model but its checkpoint, in order.
async fn dump(world: &World) -> String {
    let tables: Vec<String> = sqlx::query_scalar(
        "select tablename::text from pg_tables where schemaname = 'views_1' and tablename not in ('checkpoint', '_sqlx_migrations') order by 1",
    )
    .fetch_all(&world.pool)
    .await
    .unwrap();
    let mut text = String::new();
    for table in tables {
        let query = format!(
            "select coalesce(string_agg(t::text, e'\\n' order by t::text), '') from views_1.{table} t"
        );
        text += &sqlx::query_scalar::<_, String>(AssertSqlSafe(query)).fetch_one(&world.pool).await.unwrap();
    }
    text
}

#[tokio::test]
async fn commands_go_on_no_read_fails_and_the_rows_are_those_of_the_live_fold() {
    let world = World::new().await;
    world.send_many(3_000).await;
    let running = world.start(None);
    running.reaches(3_000).await;
    let done = AtomicBool::new(false);
    let appending = async {
        while !done.load(Ordering::Relaxed) {
            let case = world.send().await;
            world.append(&case, 1, vec![signed(&case)]).await;
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
    };
    let reading = async {
        let mut last = 0;
        while !done.load(Ordering::Relaxed) {
            let page = world.views.feed(&Visibility::All, 0, 10).await.unwrap();
            assert_eq!(page.events.len(), 10);
            let checkpoint = world.views.checkpoint().await.unwrap();
            assert!(checkpoint.position >= last, "the read model went back");
            last = checkpoint.position;
        }
    };
    let told = Mutex::new(Vec::new());
    let rebuilding = async {
        let rebuilt =
            rebuild(&world.log, &world.pool, 2, |progress| told.lock().unwrap().push(progress)).await;
        done.store(true, Ordering::Relaxed);
        rebuilt.unwrap()
    };
    let (rebuilt, (), ()) = tokio::join!(rebuilding, appending, reading);
    assert!(rebuilt.position >= 3_000 && rebuilt.copied.rows > 3_000 * 5);
    let told = told.into_inner().unwrap();
    let is_filled =
        |told: &Progress| matches!(told, Progress::Filling { events, of } if events == of && *of >= 3_000);
    assert!(told.iter().any(is_filled), "{told:?}");
    assert_eq!(told.last(), Some(&Progress::Switching));

    let head = world.log.head().await.unwrap().position;
    assert!(views::wait_for_position(&world.pool, head, crate::world::PATIENCE).await.unwrap());
    running.stop().await;
    let built_and_folded = dump(&world).await;
    views::reset(&world.pool).await.unwrap();
    let running = world.start(None);
    assert!(views::wait_for_position(&world.pool, head, crate::world::PATIENCE).await.unwrap());
    running.stop().await;
    assert!(dump(&world).await == built_and_folded, "what was built differs from what is folded live");
    assert!(views::rebuild::drop_former(&world.pool).await.unwrap());
}

#[tokio::test]
async fn an_empty_log_gives_an_empty_read_model() {
    let world = World::new().await;
    let rebuilt = rebuild(&world.log, &world.pool, 2, |_| {}).await.unwrap();
    assert_eq!((rebuilt.position, rebuilt.copied.rows), (0, 0));
    let running = world.start(None);
    world.send().await;
    running.reaches(1).await;
    running.stop().await;
}

#[tokio::test]
async fn there_is_one_rebuild_at_a_time() {
    let world = World::new().await;
    world.send_many(500).await;
    let nothing = |_: Progress| {};
    let (one, other) = tokio::join!(
        rebuild(&world.log, &world.pool, 1, nothing),
        rebuild(&world.log, &world.pool, 1, nothing)
    );
    let refused = [one.is_err(), other.is_err()];
    assert_eq!(refused.iter().filter(|is_refused| **is_refused).count(), 1, "{one:?} {other:?}");
    let error = one.err().or(other.err()).unwrap();
    let is_told = matches!(error, ProjectorError::RebuildUnderWay | ProjectorError::Views(_));
    assert!(is_told, "{error:?}");
}

#[tokio::test]
async fn a_new_epoch_during_a_rebuild_leaves_the_serving_read_model_as_it_was() {
    let world = World::new().await;
    world.send_many(50).await;
    let running = world.start(None);
    running.reaches(50).await;
    let epoch = log::schema::begin_epoch(&world.pool).await.unwrap();
    let error = rebuild(&world.log, &world.pool, 1, |_| {}).await.unwrap_err();
    assert!(matches!(error, ProjectorError::EpochDiffers { folded: 1, log } if log == epoch), "{error:?}");
    assert_eq!(world.views.checkpoint().await.unwrap().position, 50);
    // Opened in the new epoch, it builds what a projector may go on with.
    let log = log::Log::open(world.pool.clone()).await.unwrap();
    rebuild(&log, &world.pool, 1, |_| {}).await.unwrap();
    assert_eq!(world.views.checkpoint().await.unwrap(), views::Checkpoint { position: 50, epoch });
    drop(running);
}

#[tokio::test]
async fn a_parked_stream_is_folded_again_when_the_reason_is_gone() {
    let world = World::new().await;
    let case = world.send().await;
    let running = world.start(None);
    running.reaches(1).await;
    running.stop().await;
    // As a program leaves it that did not know an event.
    sqlx::query(
        "insert into views_1.parked (stream_id, position, reason) values ($1, 1, 'unknown to this program')",
    )
    .bind(case.id.0)
    .execute(&world.pool)
    .await
    .unwrap();
    sqlx::query("update views_1.transfer set stale = true").execute(&world.pool).await.unwrap();
    world.sign(&case).await;
    let running = world.start(None);
    running.reaches(2).await;
    assert_eq!(world.views.parked(0, 10).await.unwrap().len(), 2);
    let rebuilding = projector::rebuild::hold_off(&world.pool).await.unwrap();
    let refused = projector::retry_parked(&world.log, &world.pool, None).await;
    assert!(matches!(refused, Err(ProjectorError::RebuildUnderWay)), "{refused:?}");
    drop(rebuilding);
    let copied = projector::retry_parked(&world.log, &world.pool, None).await.unwrap();
    assert_eq!((copied.events, copied.parked), (2, 0));
    assert_eq!(world.views.parked(0, 10).await.unwrap(), []);
    let transfer = world.views.transfer_by_id(&Visibility::All, case.id).await.unwrap().unwrap();
    assert_eq!((transfer.version, transfer.stale), (2, false));
    let later = world.send().await;
    running.reaches(3).await;
    world.sign(&later).await;
    running.reaches(4).await;
    world.assert_equal().await;
    running.stop().await;
}
