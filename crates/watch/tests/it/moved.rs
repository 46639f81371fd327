//! What moves due moments without anybody's act: the end of a suspension, and another holiday calendar.

use crate::world::{MARKET, OFFICE, World, body, event, in_china, with_a_city_pack};
use contract::clock::{ClockCode, ClockMove, PauseReason};
use contract::event::{CloseReason, TransferEvent};
use domain::calendar::Calendar;
use domain::rule_pack::Catalogue;
use domain::supervision::commands::{DecideInMeeting, Resolution};
use domain::time_limit::commands::SuspendClocks;
use domain::{Command, Rules};
use std::time::Duration;

const RESUMED: &str = "time-limit.resumed";
const RECALCULATED: &str = "time-limit.recalculated";

/// The national rules with a calendar in which a day is a holiday, too.
fn rules_with_holiday(day: &str, catalogue: Catalogue) -> Rules {
    let rows = format!("date,kind,holiday\n{day},off,测试");
    let calendar = Calendar::from_csv("cn-test", &rows).unwrap();
    Rules::national().with(catalogue, [calendar])
}

#[tokio::test]
async fn a_suspension_ends_by_itself_and_the_clock_runs_on_from_its_last_day() {
    let world = World::at("2026-03-02T10:00:00+08:00").await;
    let transfer = world.send().await;
    world.act(MARKET, transfer, &Command::Sign).await;
    world.act(MARKET, transfer, &Command::Accept).await;
    world.goes_to("2026-03-04T10:00:00");
    let suspend = SuspendClocks {
        reason: PauseReason::Appraisal,
        evidence: "鉴定委托书〔2026〕3号".into(),
        until: "2026-03-10".parse().unwrap(),
    };
    world.act(MARKET, transfer, &Command::Suspend(suspend)).await;
    let _two = (world.watch(), world.watch());
    world.goes_to("2026-03-10T23:59:59");
    world.happened(transfer, RESUMED, 0).await;
    // Nobody looked for a day; the clocks ran on all the same.
    world.goes_to("2026-03-12T09:00:00");
    let resumed = world.happened(transfer, RESUMED, 1).await;
    let TransferEvent::Resumed(said) = event(&resumed[0]) else { panic!("not the end of a suspension") };
    assert_eq!(said.ended_at, in_china("2026-03-10T23:59:59.999"));
    let after = world.transfer(transfer).await;
    assert_eq!(after.facts.suspension, None);
    // Fifteen working days would be over on March 23; March 5, 6, 9 and 10 did not count.
    let filing = after.open_clock(ClockCode::T07).unwrap();
    assert_eq!(filing.due_at, Some(in_china("2026-03-28T00:00:00")));
}

#[tokio::test]
async fn a_request_for_assistance_ends_with_the_case_that_it_serves() {
    let world = World::at("2026-03-02T10:00:00+08:00").await;
    let case = world.send().await;
    world.act(MARKET, case, &Command::Sign).await;
    world.act(MARKET, case, &Command::Accept).await;
    let request = world.ask(case).await;
    let _two = (world.watch(), world.watch());
    world.happened(request, "assistance.closed", 0).await;
    let close = DecideInMeeting {
        minutes: "会议纪要〔2026〕2号".into(),
        reason: "并案处理".into(),
        resolution: Resolution::Close,
    };
    world.act(OFFICE, case, &Command::DecideInMeeting(close)).await;
    let closed = world.happened(request, "assistance.closed", 1).await;
    let TransferEvent::Closed(closed) = event(&closed[0]) else { panic!("not closed") };
    assert_eq!(closed.reason, CloseReason::CaseEnded);
}

#[tokio::test]
async fn a_new_calendar_recalculates_a_provisional_due_moment_as_an_event() {
    let world = World::at("2026-11-20T10:00:00+08:00").await;
    let transfer = world.send().await;
    world.act(MARKET, transfer, &Command::Sign).await;
    world.act(MARKET, transfer, &Command::Accept).await;
    let cap = world.transfer(transfer).await.open_clock(ClockCode::T09b).unwrap().clone();
    assert_eq!((cap.due_at, cap.provisional), (Some(in_china("2027-02-19T00:00:00")), true));
    let first = (world.watch(), world.watch());
    world.happened(transfer, RECALCULATED, 0).await;

    // The ninetieth day becomes a holiday.
    let rows = "date,kind,holiday\n2027-02-18,off,春节";
    let calendar = world.rules.now().calendar().with_notice("cn-2027", rows).unwrap();
    world.rules.replace(Rules::national().with(Catalogue::shipped(), [calendar]));
    let recalculated = world.happened(transfer, RECALCULATED, 1).await;
    assert_eq!(recalculated[0].actor, "casebus/watch");
    let moves = body(&recalculated[0]).after.clocks;
    let moved: Vec<_> = moves.iter().map(|change| (change.code, change.movement)).collect();
    assert_eq!(moved, [(ClockCode::T09b, ClockMove::Recalculated)]);
    assert_eq!((moves[0].due_at, moves[0].provisional), (Some(in_china("2027-02-20T00:00:00")), false));
    assert_eq!(moves[0].calendar.as_deref(), Some("cn-2027"));
    drop(first);
    let _again = world.watch();
    world.goes_to("2026-11-21T10:00:00");
    world.happened(transfer, RECALCULATED, 1).await;
}

#[tokio::test]
async fn a_transfer_that_the_read_model_lists_only_later_gets_the_new_calendar_all_the_same() {
    let world = World::at("2026-03-04T10:00:00+08:00").await;
    world.stop_projecting().await;
    let transfer = world.send().await;
    world.rules.replace(rules_with_holiday("2026-03-05", Catalogue::shipped()));
    let _watch = world.watch();
    // Time for a round that finds nothing.
    tokio::time::sleep(Duration::from_secs(3)).await;
    world.project();
    world.happened(transfer, RECALCULATED, 1).await;
    let signing = world.transfer(transfer).await.open_clock(ClockCode::T02).unwrap().clone();
    assert_eq!((signing.due_at, signing.provisional), (Some(in_china("2026-03-07T00:00:00")), false));
}

#[tokio::test]
async fn what_another_process_counts_by_the_former_calendar_is_moved_within_the_hour() {
    let world = World::at("2026-03-04T10:00:00+08:00").await;
    let [accepted, sent] = [world.send().await, world.send().await];
    world.act(MARKET, accepted, &Command::Sign).await;
    world.act(MARKET, accepted, &Command::Accept).await;
    let _watch = world.watch_by(rules_with_holiday("2026-03-12", Catalogue::shipped()));
    world.happened(accepted, RECALCULATED, 1).await;
    // All was looked through, also this one, whose signing is due earlier. Its next clocks know nothing of the holiday.
    world.act(MARKET, sent, &Command::Sign).await;
    world.act(MARKET, sent, &Command::Accept).await;
    world.goes_to("2026-03-04T10:59:00");
    world.happened(sent, RECALCULATED, 0).await;
    world.goes_to("2026-03-04T11:01:00");
    world.happened(sent, RECALCULATED, 1).await;
    let filing = world.transfer(sent).await.open_clock(ClockCode::T07).unwrap().clone();
    assert_eq!(filing.calendar.as_deref(), Some("cn-test"));
    world.happened(accepted, RECALCULATED, 1).await;
}

#[tokio::test]
async fn a_transfer_whose_rule_pack_is_known_only_later_gets_the_new_calendar_all_the_same() {
    let world = World::at("2026-03-04T10:00:00+08:00").await;
    let national = world.send().await;
    let catalogue = with_a_city_pack();
    world.rules.replace(Rules::national().with(catalogue.clone(), []));
    let transfer = world.send().await;
    world.views_reach_the_head().await;
    world.rules.replace(rules_with_holiday("2026-03-05", Catalogue::shipped()));
    let _watch = world.watch();
    world.happened(national, RECALCULATED, 1).await;
    world.happened(transfer, RECALCULATED, 0).await;
    // The rest of the round is taken, round after round.
    world.goes_to("2026-03-07T00:00:00");
    world.happened(national, "time-limit.missed", 1).await;
    world.rules.replace(rules_with_holiday("2026-03-05", catalogue));
    world.happened(transfer, RECALCULATED, 1).await;
}
