//! What the watch records, and how often.

use crate::world::{MARKET, World, department, event, with_a_city_pack};
use accounts::{Caller, Scope};
use bus::BusConfig;
use contract::actor::Role;
use contract::clock::MissedCause;
use contract::event::TransferEvent;
use domain::{Command, Rules};
use log::RecordedEvent;

/// Wednesday; T02 is over at the end of Thursday.
const SENT: &str = "2026-03-04T10:00:00+08:00";

fn cause(recorded: &RecordedEvent) -> MissedCause {
    match event(recorded) {
        TransferEvent::TimeLimitMissed(missed) => missed.cause,
        other => panic!("{} is not a missed time limit", other.name()),
    }
}

fn moment(text: &str) -> chrono::DateTime<chrono::Utc> {
    text.parse().unwrap()
}

#[tokio::test]
async fn a_clock_that_ran_out_is_recorded_once_however_many_watches_run() {
    let world = World::at(SENT).await;
    let transfer = world.send().await;
    let _two = (world.watch(), world.watch());
    world.clock.set(moment("2026-03-05T23:59:59+08:00"));
    world.missed(transfer, 0).await;
    world.clock.set(moment("2026-03-06T00:00:00+08:00"));
    let missed = world.missed(transfer, 1).await;
    assert_eq!(missed[0].actor, "casebus/watch");
    assert_eq!(missed[0].occurred_at, moment("2026-03-06T00:00:00+08:00"));
}

#[tokio::test]
async fn a_watch_that_was_down_finds_what_ran_out_meanwhile() {
    let world = World::at(SENT).await;
    drop(world.watch());
    let transfers = [world.send().await, world.send().await, world.send().await];
    world.clock.set(moment("2026-03-20T09:00:00+08:00"));
    world.views_reach_the_head().await;
    let first = world.watch();
    for transfer in transfers {
        world.missed(transfer, 1).await;
    }
    drop(first);
    let _again = world.watch();
    world.missed(transfers[0], 1).await;
}

#[tokio::test]
async fn the_cause_says_how_far_the_receiver_came() {
    let world = World::at(SENT).await;
    let market = department(MARKET);
    let [untouched, fetched, opened, signed, accepted] =
        [world.send().await, world.send().await, world.send().await, world.send().await, world.send().await];
    world.accounts.note_fetched(&market, &[fetched, opened], world.clock.now()).await.unwrap();
    let reader =
        Caller { key_id: "k_1".to_owned(), department: market, role: Role::Clerk, scope: Scope::Own };
    world.accounts.audit_opened(&reader, opened, "GET /", world.clock.now()).await.unwrap();
    world.act(MARKET, signed, &Command::Sign).await;
    world.act(MARKET, accepted, &Command::Sign).await;
    world.act(MARKET, accepted, &Command::Accept).await;
    world.clock.set(moment("2026-04-30T09:00:00+08:00"));
    let _watch = world.watch();
    assert_eq!(cause(&world.missed(untouched, 1).await[0]), MissedCause::NotFetched);
    assert_eq!(cause(&world.missed(fetched, 1).await[0]), MissedCause::Unread);
    assert_eq!(cause(&world.missed(opened, 1).await[0]), MissedCause::Idle);
    assert_eq!(cause(&world.missed(signed, 1).await[0]), MissedCause::Idle);
    let both = world.missed(accepted, 2).await;
    assert!(both.iter().all(|event| cause(event) == MissedCause::Silent), "T07 and T08");
}

#[tokio::test]
async fn a_pack_that_this_process_does_not_know_yet_is_waited_for_from_round_to_round() {
    let world = World::at("2026-03-04T10:00:00+08:00").await;
    let catalogue = with_a_city_pack();
    let rules = Rules::national().with(catalogue, []);
    world.rules.replace(rules.clone());
    let transfer = world.send().await;
    world.views_reach_the_head().await;
    world.rules.replace(Rules::national());
    world.goes_to("2026-03-06T00:00:00");
    let _watch = world.watch();
    world.missed(transfer, 0).await;
    // Business time stands still, so nothing that was put off would be tried again.
    world.rules.replace(rules);
    world.missed(transfer, 1).await;
}

#[tokio::test]
async fn what_ran_out_is_recorded_in_one_round_also_while_nats_is_away() {
    let world = World::at(SENT).await;
    let nats = testkit::nats().await;
    let _watch = world.watch_beside(BusConfig::new(&nats.url));
    // Once it has recorded this one, it is connected.
    let first = world.send().await;
    world.views_reach_the_head().await;
    world.goes_to("2026-03-06T00:00:00");
    assert_eq!(cause(&world.missed(first, 1).await[0]), MissedCause::NotFetched);
    nats.kill().await;
    // If each 32 of them waited five seconds for an answer, the step would be over before the last was asked.
    world.send_many(330).await;
    let last = world.send().await;
    world.views_reach_the_head().await;
    let before = world.desk.log().head().await.unwrap().position;
    world.goes_to("2026-03-10T00:00:00");
    world.events_reach(before + 331).await;
    let missed = world.missed(last, 1).await;
    // Its own consumer may have fetched it.
    assert_eq!(cause(&missed[0]), MissedCause::Unread);
}

#[tokio::test]
async fn a_watch_that_began_without_nats_asks_it_as_soon_as_it_is_there() {
    let world = World::at(SENT).await;
    let nats = testkit::nats().await;
    nats.stop().await;
    let _watch = world.watch_beside(BusConfig::new(&nats.url));
    let first = world.send().await;
    world.views_reach_the_head().await;
    world.goes_to("2026-03-06T00:00:00");
    assert_eq!(cause(&world.missed(first, 1).await[0]), MissedCause::Unread);
    nats.restart().await;
    let second = world.send().await;
    world.views_reach_the_head().await;
    world.goes_to("2026-03-10T00:00:00");
    // The bus says that market supervision has no consumer.
    assert_eq!(cause(&world.missed(second, 1).await[0]), MissedCause::NotFetched);
}
