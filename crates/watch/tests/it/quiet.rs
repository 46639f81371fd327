//! What holds an alarm back: a failure that the office knows of, and the quiet hours of a department.

use crate::world::{MARKET, OFFICE, World, department, in_china};
use accounts::{NotificationSetting, QuietHours};
use domain::Command;
use domain::supervision::commands::AcknowledgeFailure;

const WARNED: &str = "time-limit.warned";
const URGED: &str = "supervision.urged";

#[tokio::test]
async fn an_acknowledged_failure_is_recorded_and_stays_quiet_until_its_expiry() {
    let world = World::at("2026-03-04T10:00:00+08:00").await;
    let transfer = world.send().await;
    world.goes_to("2026-03-06T09:00:00");
    let known = AcknowledgeFailure { note: "网络故障".into(), until: in_china("2026-03-12T12:00:00") };
    world.act(OFFICE, transfer, &Command::AcknowledgeFailure(known)).await;
    let _watch = world.watch();
    world.missed(transfer, 1).await;
    world.goes_to("2026-03-12T11:59:59");
    world.happened(transfer, URGED, 0).await;
    world.goes_to("2026-03-12T12:00:00");
    world.happened(transfer, URGED, 1).await;
}

#[tokio::test]
async fn quiet_hours_hold_early_warnings_and_urgings_back_and_nothing_else() {
    let world = World::at("2026-03-02T10:00:00+08:00").await;
    let transfer = world.send().await;
    world.act(MARKET, transfer, &Command::Sign).await;
    let (from, to) = ("00:00:00".parse().unwrap(), "12:00:00".parse().unwrap());
    let setting = NotificationSetting { quiet_hours: Some(QuietHours { from, to }), digest_at: None };
    let (bureau, now) = (department(MARKET), world.clock.now());
    world.accounts.set_notification_setting(&bureau, setting, "k", now).await.unwrap();
    let _watch = world.watch();
    // T03 would warn at 11:36.
    world.goes_to("2026-03-08T11:59:59");
    world.happened(transfer, WARNED, 0).await;
    world.goes_to("2026-03-08T12:00:00");
    world.happened(transfer, WARNED, 1).await;
    // It runs out at midnight, and not unwarned.
    world.goes_to("2026-03-09T00:00:00");
    world.happened(transfer, WARNED, 2).await;
    world.goes_to("2026-03-10T00:00:00");
    world.missed(transfer, 1).await;
    world.happened(transfer, URGED, 0).await;
    world.goes_to("2026-03-10T12:00:00");
    world.happened(transfer, URGED, 1).await;
}
