//! How far the read model is behind, as the metrics say it.

use crate::gauges::Gauges;
use crate::world::{PATIENCE, Running, World, case, sent, unknown};
use log::Leadership;
use std::time::Duration;
use tokio::time::sleep;

const EVENTS: &str = "casebus_projector_lag_events";
const SECONDS: &str = "casebus_projector_lag_seconds";
const PARKED: &str = "casebus_projector_parked_events";
/// The operator's guide promises that the projector looks every five seconds.
const SOON: Duration = Duration::from_secs(8);

/// A projector that has folded the only event.
async fn folding() -> (World, Running) {
    let world = World::new().await;
    let running = world.start(None);
    world.send().await;
    running.reaches(1).await;
    (world, running)
}

#[tokio::test]
async fn a_projector_whose_writes_are_held_up_says_for_how_long_and_how_much_waits() {
    let gauges = Gauges::default();
    let _noting = gauges.note();
    let (world, running) = folding().await;
    let mut holding = world.pool.begin().await.unwrap();
    sqlx::query("select from views_1.checkpoint for update").execute(&mut *holding).await.unwrap();
    world.send_many(3).await;
    gauges.show(SECONDS, SOON, |seconds| seconds > 0.0).await;
    gauges.show(EVENTS, SOON, |events| events > 2.5).await;
    let before = gauges.value(SECONDS).unwrap();
    gauges.show(SECONDS, SOON, |seconds| seconds > before + 3.0).await;

    holding.rollback().await.unwrap();
    running.reaches(4).await;
    gauges.show(SECONDS, SOON, |seconds| seconds == 0.0).await;
    gauges.show(EVENTS, SOON, |events| events == 0.0).await;
    running.stop().await;
}

#[tokio::test]
async fn a_projector_whose_writes_fail_each_time_says_for_how_long() {
    let gauges = Gauges::default();
    let _noting = gauges.note();
    let (world, running) = folding().await;
    let refuse = "create function refuse() returns trigger language plpgsql as
          $$ begin raise 'the disk of this test is full'; end $$;
        create trigger refuse before update of position on views_1.checkpoint execute function refuse()";
    sqlx::raw_sql(refuse).execute(&world.pool).await.unwrap();
    world.send().await;
    gauges.show(SECONDS, SOON, |seconds| seconds > 0.0).await;
    let before = gauges.value(SECONDS).unwrap();
    gauges.show(SECONDS, SOON, |seconds| seconds > before + 3.0).await;
    sqlx::raw_sql("drop trigger refuse on views_1.checkpoint").execute(&world.pool).await.unwrap();
    running.reaches(2).await;
    gauges.show(SECONDS, SOON, |seconds| seconds == 0.0).await;
    running.stop().await;
}

#[tokio::test]
async fn a_projector_that_stops_until_an_operator_acts_says_what_waits() {
    let gauges = Gauges::default();
    let _noting = gauges.note();
    let (world, running) = folding().await;
    running.stop().await;
    world.send_many(2).await;
    log::schema::begin_epoch(&world.pool).await.unwrap();
    world.start(None).fails().await;
    assert_eq!([EVENTS, PARKED].map(|gauge| gauges.value(gauge)), [Some(2.0), Some(0.0)]);
    assert!(gauges.value(SECONDS).unwrap() > 0.0);
}

#[tokio::test]
async fn a_projector_that_lost_the_lead_says_nothing_of_the_read_model_any_more() {
    let gauges = Gauges::default();
    let _noting = gauges.note();
    let world = World::new().await;
    let running = world.start(None);
    let case = case();
    world.append(&case, 0, vec![unknown(sent(&case))]).await;
    running.reaches(1).await;
    gauges.show(PARKED, SOON, |parked| parked > 0.0).await;
    let mut holding = world.pool.begin().await.unwrap();
    sqlx::query("select from views_1.checkpoint for update").execute(&mut *holding).await.unwrap();
    world.send_many(2).await;
    gauges.show(SECONDS, SOON, |seconds| seconds > 0.0).await;
    let _other_leads = take_the_lead(&world).await;
    for gauge in [EVENTS, SECONDS, PARKED] {
        gauges.show(gauge, PATIENCE, |value| value == 0.0).await;
    }
    sleep(SOON).await;
    assert_eq!([EVENTS, SECONDS, PARKED].map(|gauge| gauges.value(gauge)), [Some(0.0); 3]);
    running.stop().await;
}

/// Leads in the place of the projector, whose connection breaks.
async fn take_the_lead(world: &World) -> Leadership {
    let waiting = Leadership::acquire(&world.pool, "projector");
    let breaking = async {
        // The other one waits by now.
        sleep(Duration::from_millis(300)).await;
        let leader = "select count(pg_terminate_backend(pid)) from pg_locks
          where locktype = 'advisory' and granted
            and database = (select oid from pg_database where datname = current_database())";
        let ended: i64 = sqlx::query_scalar(leader).fetch_one(&world.pool).await.unwrap();
        assert_eq!(ended, 1);
    };
    let (leadership, ()) = tokio::join!(waiting, breaking);
    leadership.unwrap()
}
