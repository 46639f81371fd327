//! What the watch does in criminal handoffs: a clock that ran out is recorded once, a right that was not used lapses.

use crate::world::{HEALTH, World, department, with_a_city_pack};
use command::{Request, request_hash};
use contract::actor::Actor;
use contract::handoff::{
    Approval, ApproverPost, Direction, HandoffAct, HandoffClock, HandoffMaterial, HandoffState, MaterialKind,
    Officer, Said, Suspect, SuspectKind,
};
use contract::ids::{CommandId, HandoffId, fresh_id};
use contract::sealed::Sealed;
use domain::Rules;
use domain::calendar::Calendar;
use domain::handoff::{HandoffAction, OpenHandoff};
use domain::rule_pack::Catalogue;
use log::{Guard, NewCommand, NewEvent};
use std::time::{Duration, Instant};

const POLICE: &str = "320100-gaj";

fn request(world: &World, by: &str) -> Request {
    Request {
        id: CommandId::fresh(),
        hash: request_hash("test", b""),
        actor: Actor::System("test"),
        by: department(by),
        now: world.clock.now(),
        expected_version: None,
        traceparent: None,
    }
}

fn name() -> Sealed {
    Sealed::new(fresh_id(), "AAAA")
}

fn approval(post: ApproverPost) -> Approval {
    Approval { name: name(), post, presides_from: None, presides_to: None }
}

async fn act(world: &World, id: HandoffId, by: &str, act: HandoffAct, said: Said) {
    let registry = world.accounts.load_registry().await.unwrap();
    let action = HandoffAction { act, said, fresh: HandoffId::fresh() };
    world.desk.act_on_handoff(&request(world, by), id, &action, false, &registry).await.unwrap();
}

const DEPARTMENTS: &str = include_str!("../../../casebus/data/departments.csv");

/// A handoff for which the police have signed.
async fn signed(world: &World) -> HandoffId {
    world.accounts.import_departments(DEPARTMENTS, true).await.unwrap();
    let registry = world.accounts.load_registry().await.unwrap();
    let suspect = Suspect {
        kind: SuspectKind::Organisation,
        name: Some("某诊所".to_owned()),
        person_name: None,
        identity_number: None,
        uscc: None,
        offence: "非法行医罪".to_owned(),
        public_official: false,
    };
    let command = OpenHandoff {
        id: HandoffId::fresh(),
        direction: Direction::Forward,
        by: department(HEALTH),
        to: department(POLICE),
        matter: None,
        origin: None,
        upstream: Vec::new(),
        title: "非法行医".to_owned(),
        summary: "检查发现".to_owned(),
        suspects: vec![suspect],
        administrative_case: None,
        administrative_case_filed_on: None,
        standard: None,
        amount_fen: None,
        expedited: false,
        suspicion: Some("涉嫌犯罪".to_owned()),
        readers: Vec::new(),
        approval: None,
    };
    world.desk.open_handoff(&request(world, HEALTH), &command, &registry).await.unwrap();
    let content = Some("内容".to_owned());
    let officer = |certificate: &str| Officer { name: name(), certificate: certificate.to_owned() };
    let officers = vec![officer("1"), officer("2")];
    act(
        world,
        command.id,
        HEALTH,
        HandoffAct::Report,
        Said { content: content.clone(), officers, ..Said::default() },
    )
    .await;
    let head = Said { approval: Some(approval(ApproverPost::Head)), ..Said::default() };
    act(world, command.id, HEALTH, HandoffAct::Approval, head).await;
    let material = |kind: &MaterialKind| HandoffMaterial {
        kind: *kind,
        name: None,
        sha256: None,
        absent_because: Some("无".to_owned()),
    };
    let materials = MaterialKind::ALL.iter().map(material).collect();
    act(world, command.id, HEALTH, HandoffAct::Dispatch, Said { materials, ..Said::default() }).await;
    act(world, command.id, POLICE, HandoffAct::Receipt, Said::default()).await;
    command.id
}

/// The national rules with a calendar in which the Monday is a holiday, too, on which the filing clock of a handoff of
/// 2026-11-25 ends.
fn rules_with_holiday(catalogue: Catalogue) -> Rules {
    let rows = "date,kind,holiday\n2026-11-30,off,测试";
    let calendar = Calendar::from_csv("cn-test", rows).unwrap();
    Rules::national().with(catalogue, [calendar])
}

/// The last event of a handoff is of a shape that this program does not know.
async fn spoil(world: &World, id: HandoffId) {
    let events = world.desk.log().read_stream(id.0).await.unwrap();
    let last = events.last().unwrap();
    let event = NewEvent {
        stream_id: id.0,
        event_id: fresh_id(),
        event_type: last.event_type.clone(),
        schema_version: 99,
        occurred_at: world.clock.now(),
        actor: "test".to_owned(),
        correlation_id: last.correlation_id,
        causation_id: None,
        number_series: None,
        traceparent: None,
        body: b"{}".to_vec(),
    };
    let guards = vec![Guard { stream_id: id.0, version: last.version }];
    world.append(NewCommand { id: fresh_id(), request_hash: [0; 32], guards, events: vec![event] }).await;
}

async fn until(world: &World, id: HandoffId, event: &str, times: usize) {
    let begun = Instant::now();
    loop {
        let events = world.desk.log().read_stream(id.0).await.unwrap();
        let count = events.iter().filter(|one| one.event_type == format!("criminal-handoff.{event}")).count();
        assert!(count <= times, "{count} × {event}");
        if count == times && (times > 0 || begun.elapsed() > Duration::from_millis(700)) {
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "{count} and not {times} × {event}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_clock_that_ran_out_is_recorded_once_by_two_watches() {
    let world = World::at("2026-03-04T10:00:00+08:00").await;
    let id = signed(&world).await;
    let _two = (world.watch(), world.watch());
    // Three natural days from Wednesday end on Saturday, so on Monday; the optional request for a supplement never counts.
    world.clock.set("2026-03-09T23:59:59+08:00".parse().unwrap());
    until(&world, id, "time-limit-missed", 0).await;
    world.clock.set("2026-03-10T00:00:00+08:00".parse().unwrap());
    until(&world, id, "time-limit-missed", 1).await;
    tokio::time::sleep(Duration::from_millis(700)).await;
    until(&world, id, "time-limit-missed", 1).await;
}

#[tokio::test]
async fn a_refusal_that_nobody_fights_in_time_goes_back_to_administrative_handling() {
    let world = World::at("2026-03-04T10:00:00+08:00").await;
    let id = signed(&world).await;
    let refusal = Said {
        approval: Some(approval(ApproverPost::PoliceHead)),
        reason: Some("没有犯罪事实".to_owned()),
        ..Said::default()
    };
    act(&world, id, POLICE, HandoffAct::NonFiling, refusal).await;
    act(&world, id, POLICE, HandoffAct::Notification, Said::default()).await;
    act(&world, id, HEALTH, HandoffAct::NoticeReceipt, Said { notice: Some(1), ..Said::default() }).await;
    let _watch = world.watch();
    world.clock.set("2026-03-10T00:00:00+08:00".parse().unwrap());
    until(&world, id, "right-lapsed", 1).await;
    let handoff = world.desk.handoff(id).await.unwrap().unwrap();
    assert_eq!(handoff.after.lanes[0].state, HandoffState::AdminHandling);
    until(&world, id, "time-limit-missed", 0).await;
}

#[tokio::test]
async fn a_new_holiday_notice_moves_the_clocks_of_handoffs_once() {
    let world = World::at("2026-11-25T10:00:00+08:00").await;
    let id = signed(&world).await;
    let _watch = world.watch();
    until(&world, id, "clocks-recalculated", 0).await;
    world.rules.replace(rules_with_holiday(Catalogue::shipped()));
    until(&world, id, "clocks-recalculated", 1).await;
    let handoff = world.desk.handoff(id).await.unwrap().unwrap();
    let review = handoff.after.clocks.iter().find(|run| run.code == HandoffClock::C07).unwrap();
    assert_eq!(
        (review.calendar.as_str(), review.due_at),
        ("cn-test", Some("2026-12-02T00:00:00+08:00".parse().unwrap()))
    );
}

#[tokio::test]
async fn a_notice_that_nobody_confirms_counts_as_arrived_and_its_clock_runs() {
    let world = World::at("2026-03-04T10:00:00+08:00").await;
    let id = signed(&world).await;
    let refusal = Said {
        approval: Some(approval(ApproverPost::PoliceHead)),
        reason: Some("没有犯罪事实".to_owned()),
        ..Said::default()
    };
    act(&world, id, POLICE, HandoffAct::NonFiling, refusal).await;
    act(&world, id, POLICE, HandoffAct::Notification, Said::default()).await;
    let _watch = world.watch();
    world.clock.set("2026-03-07T09:59:59+08:00".parse().unwrap());
    until(&world, id, "notice-received", 0).await;
    world.clock.set("2026-03-07T10:00:00+08:00".parse().unwrap());
    until(&world, id, "notice-received", 1).await;
    // Three natural days from Saturday end on Tuesday.
    world.clock.set("2026-03-11T00:00:00+08:00".parse().unwrap());
    until(&world, id, "right-lapsed", 1).await;
    until(&world, id, "notice-received", 1).await;
}

#[tokio::test]
async fn a_handoff_that_cannot_be_read_keeps_nothing_from_being_done_in_the_others() {
    let world = World::at("2026-11-25T10:00:00+08:00").await;
    let (spoilt, sound) = (signed(&world).await, signed(&world).await);
    spoil(&world, spoilt).await;
    world.views_reach_the_head().await;
    let _watch = world.watch();
    world.rules.replace(rules_with_holiday(Catalogue::shipped()));
    until(&world, sound, "clocks-recalculated", 1).await;
    // The filing clock ends on Tuesday instead of Monday.
    world.clock.set("2026-12-01T23:59:59+08:00".parse().unwrap());
    until(&world, sound, "time-limit-missed", 0).await;
    world.clock.set("2026-12-02T00:00:00+08:00".parse().unwrap());
    until(&world, sound, "time-limit-missed", 1).await;
    until(&world, sound, "clocks-recalculated", 1).await;
}

#[tokio::test]
async fn a_handoff_that_the_read_model_lists_only_later_gets_the_new_calendar_all_the_same() {
    let world = World::at("2026-11-25T10:00:00+08:00").await;
    world.stop_projecting().await;
    let id = signed(&world).await;
    world.rules.replace(rules_with_holiday(Catalogue::shipped()));
    let _watch = world.watch();
    // Time for a round that finds nothing.
    tokio::time::sleep(Duration::from_secs(3)).await;
    world.project();
    until(&world, id, "clocks-recalculated", 1).await;
}

#[tokio::test]
async fn what_another_process_counts_by_the_former_calendar_in_a_handoff_is_moved_within_the_hour() {
    let world = World::at("2026-11-25T10:00:00+08:00").await;
    let first = signed(&world).await;
    let _watch = world.watch_by(rules_with_holiday(Catalogue::shipped()));
    until(&world, first, "clocks-recalculated", 1).await;
    let late = signed(&world).await;
    world.clock.set("2026-11-25T10:59:00+08:00".parse().unwrap());
    until(&world, late, "clocks-recalculated", 0).await;
    world.clock.set("2026-11-25T11:01:00+08:00".parse().unwrap());
    until(&world, late, "clocks-recalculated", 1).await;
    until(&world, first, "clocks-recalculated", 1).await;
}

#[tokio::test]
async fn a_handoff_whose_rule_pack_is_known_only_later_gets_the_new_calendar_all_the_same() {
    let world = World::at("2026-11-25T10:00:00+08:00").await;
    let national = signed(&world).await;
    let catalogue = with_a_city_pack();
    world.rules.replace(Rules::national().with(catalogue.clone(), []));
    let id = signed(&world).await;
    assert_eq!(world.desk.handoff(id).await.unwrap().unwrap().opening.rule_pack, "nj-1");
    world.views_reach_the_head().await;
    world.rules.replace(rules_with_holiday(Catalogue::shipped()));
    let _watch = world.watch();
    until(&world, national, "clocks-recalculated", 1).await;
    until(&world, id, "clocks-recalculated", 0).await;
    world.rules.replace(rules_with_holiday(catalogue));
    until(&world, id, "clocks-recalculated", 1).await;
    until(&world, national, "clocks-recalculated", 1).await;
}
