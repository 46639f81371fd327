//! Several relays at once.

use crate::support::World;
use relay::RelayState;

#[tokio::test]
async fn two_relays_at_once_leave_no_hole_and_no_duplicate() {
    let world = World::new().await;
    let one = world.relay().await;
    let other = world.relay().await;
    for _ in 0..10 {
        world.append(100).await;
    }
    world.expect_stream_to_equal_log().await;
    let leads = |state: &RelayState| matches!(state, RelayState::Relaying { .. });
    assert!(leads(&one.status.current()) != leads(&other.status.current()), "exactly one leads");
}

#[tokio::test]
async fn when_the_leader_stops_the_other_takes_over() {
    let world = World::new().await;
    let one = world.relay().await;
    one.expect(|state| matches!(state, RelayState::Relaying { .. })).await;
    let other = world.relay().await;
    other.expect(|state| *state == RelayState::Standby).await;
    world.append(300).await;
    one.stop().await;
    world.append(300).await;
    world.expect_stream_to_equal_log().await;
    other.expect(|state| *state == RelayState::Relaying { acknowledged: 600 }).await;
}
