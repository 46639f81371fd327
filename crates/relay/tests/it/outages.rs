//! NATS or Postgres goes away.

use crate::support::World;
use relay::RelayState;
use std::time::Duration;

#[tokio::test]
async fn events_appended_while_nats_is_away_are_relayed_when_it_is_back() {
    let world = World::new().await;
    world.nats.kill().await;
    let relay = world.relay().await;
    relay.expect(|state| matches!(state, RelayState::Interrupted { .. })).await;
    world.append(100).await;
    world.nats.restart().await;
    world.expect_stream_to_equal_log().await;
    relay.stop().await;
}

#[tokio::test]
async fn killing_nats_again_and_again_under_continuous_appends_leaves_no_hole() {
    let world = World::new().await;
    let _relay = world.relay().await;
    let appends = async {
        for _ in 0..150 {
            world.append(20).await;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let kills = async {
        for round in 0..4 {
            tokio::time::sleep(Duration::from_millis(300)).await;
            world.nats.kill().await;
            if round == 2 {
                world.nats.wipe().await;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
            world.nats.restart().await;
        }
    };
    tokio::join!(appends, kills);
    world.expect_stream_to_equal_log().await;
    assert_eq!(world.log.head().await.unwrap().position, 3000);
}

#[tokio::test]
async fn a_relay_whose_database_connections_break_goes_on() {
    let world = World::new().await;
    let _relay = world.relay().await;
    world.append(100).await;
    world.expect_stream_to_equal_log().await;
    for _ in 0..3 {
        let broken = sqlx::query(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
        );
        broken.execute(world.log.pool()).await.unwrap();
        world.append(100).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    world.expect_stream_to_equal_log().await;
    assert_eq!(world.log.head().await.unwrap().position, 400);
}
