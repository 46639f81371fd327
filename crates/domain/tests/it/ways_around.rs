//! Ways around the rules that somebody may try, and that lead nowhere.

use crate::given::{HEALTH, INSURANCE, MARKET, OFFICE, World, at, department, sending};
use contract::action::Action;
use contract::clock::{ClockCode, LatenessReason, MissedCause, PauseReason};
use contract::event::{DueDate, DueItem, OutcomeCode, Terms};
use contract::ids::TransferId;
use contract::kind::{Routing, TransferKind, Urgency};
use contract::limits::{RECEIVER_EVENTS_MAX, REPEATABLE_EVENTS_MAX};
use contract::state::TransferState;
use domain::assistance::commands::{HandleJointly, NewParticipant};
use domain::dispute::commands::{
    AgreeInDispute, AnswerObjection, DesignateJurisdiction, ObjectToTransfer, SubmitDispute,
};
use domain::feedback::commands::{ConfirmFeedback, GiveFeedback};
use domain::supervision::commands::{
    AcknowledgeFailure, DecideInMeeting, Escalate, FilePlan, ReportProgress, Resolution, Supervise, Urge,
    UrgeAutomatically,
};
use domain::time_limit::commands::{
    DecideExtension, ExplainLateness, MissTimeLimit, RequestExtension, SuspendClocks,
};
use domain::transfer::commands::{
    AssignInternally, ConfirmRouting, ConvertNotice, FileCase, KeepTransfer, RequestSupplement,
    ResendTransfer, SendTransfer, SupplySupplement, WithdrawTransfer,
};
use domain::{Command, Refusal};

fn accepted() -> World {
    let mut world = World::with(TransferKind::CaseReferral, at("09-14 09:00"));
    world.act(INSURANCE, "09-14 10:00", &Command::Sign);
    world.act(INSURANCE, "09-14 11:00", &Command::Accept);
    world
}

fn object(to: &str) -> Command {
    let proposed_department = department(to);
    Command::Object(ObjectToTransfer {
        reason: "非本部门职责".into(), proposed_department, ground: None
    })
}

fn resend(world: &mut World, to: &str) -> Command {
    let (id, office) = (world.fresh(), department(OFFICE));
    Command::Resend(ResendTransfer { id, to: department(to), office })
}

fn supplement() -> Command {
    Command::RequestSupplement(RequestSupplement { reason: "缺件".into(), missing: vec!["发票".into()] })
}

fn extension(code: ClockCode) -> Command {
    Command::RequestExtension(RequestExtension { code, reason: "复杂".into(), until: None })
}

fn grant() -> Command {
    Command::DecideExtension(DecideExtension::Grant { note: None })
}

fn answer() -> Command {
    Command::GiveFeedback(GiveFeedback {
        text: "查实".into(),
        outcome: Some(OutcomeCode::Penalty),
        without_parts: None,
    })
}

#[test]
fn a_referral_is_not_handed_on_by_way_of_ones_own_request_or_notice() {
    for kind in [TransferKind::AssistanceRequest, TransferKind::Notice] {
        let mut world = accepted();
        let (referral, between) = (world.first, world.fresh());
        let step = SendTransfer {
            from_receiver_of_origin: true,
            ..sending(kind, between, INSURANCE, MARKET, Urgency::Normal)
        };
        world.send(&step, Some(referral), at("09-15 09:00"));
        let onward = sending(TransferKind::CaseReferral, world.fresh(), INSURANCE, MARKET, Urgency::Normal);
        let decided = onward.decide(Some(&world.transfers[&between]), at("09-16 09:00"), &world.rules);
        assert_eq!(decided, Err(Refusal::ReferralOnwardForbidden { transfer: referral }), "{kind}");
    }
}

#[test]
fn a_notice_of_a_referral_does_not_become_a_clue_after_the_office_has_routed_it() {
    let mut world = accepted();
    let (referral, notice, routed) = (world.first, world.fresh(), world.fresh());
    let step = SendTransfer {
        from_receiver_of_origin: true,
        routing: Routing::Assumed,
        ..sending(TransferKind::Notice, notice, INSURANCE, HEALTH, Urgency::Normal)
    };
    world.send(&step, Some(referral), at("09-15 09:00"));
    let office = department(OFFICE);
    let name = ConfirmRouting { department: department(MARKET), reason: None, id: routed, office };
    world.act_on(notice, OFFICE, "09-15 10:00", &Command::ConfirmRouting(name));
    let convert = Command::Convert(ConvertNotice { id: world.fresh() });
    let refused = world.try_act_on(routed, MARKET, at("09-15 11:00"), &convert);
    assert_eq!(refused, Err(Refusal::ReferralOnwardForbidden { transfer: referral }));
}

#[test]
fn a_returned_transfer_does_not_go_back_to_the_one_that_objected() {
    let mut world = World::with(TransferKind::CaseReferral, at("09-14 09:00"));
    world.act(INSURANCE, "09-14 10:00", &Command::Sign);
    world.act(INSURANCE, "09-14 11:00", &object(MARKET));
    world.act(HEALTH, "09-15 09:00", &Command::AnswerObjection(AnswerObjection::Agree { note: None }));
    let back = resend(&mut world, INSURANCE);
    assert_eq!(
        world.refused(HEALTH, "09-15 10:00", &back),
        Refusal::LeadNotPossible { department: department(INSURANCE) }
    );
}

#[test]
fn a_designation_of_the_sender_binds_the_sender() {
    let mut world = World::with(TransferKind::CaseReferral, at("09-14 09:00"));
    world.act(INSURANCE, "09-14 10:00", &Command::Sign);
    world.act(INSURANCE, "09-14 11:00", &object(MARKET));
    world.act(
        HEALTH,
        "09-15 09:00",
        &Command::AnswerObjection(AnswerObjection::Dispute { reason: "不同意".into() }),
    );
    let superior = Some(department(OFFICE));
    world.act(
        HEALTH,
        "09-15 10:00",
        &Command::SubmitDispute(SubmitDispute { superior, reason: "协商不成".into() }),
    );
    let (id, office) = (world.fresh(), department(OFFICE));
    let designate =
        DesignateJurisdiction { department: department(HEALTH), reason: "先立案".into(), id, office };
    world.act(OFFICE, "09-16 09:00", &Command::Designate(designate));
    assert_eq!((world.state(), world.holder()), (TransferState::Returned, HEALTH));
    let on = resend(&mut world, MARKET);
    assert_eq!(world.refused(HEALTH, "09-16 10:00", &on), Refusal::DesignationBinding);
    world.act(HEALTH, "09-16 10:00", &Command::Keep(KeepTransfer { reason: "本机关查处".into() }));
}

#[test]
fn who_has_objected_on_the_way_of_a_case_does_not_object_again() {
    let mut world = World::with(TransferKind::ClueTransfer, at("09-14 09:00"));
    world.act(INSURANCE, "09-14 10:00", &Command::Sign);
    world.act(INSURANCE, "09-14 11:00", &object(MARKET));
    world.act(
        HEALTH,
        "09-15 09:00",
        &Command::AnswerObjection(AnswerObjection::Dispute { reason: "不同意".into() }),
    );
    let (first, office) = (world.fresh(), department(OFFICE));
    let on_market = AgreeInDispute { department: department(MARKET), id: first, office: office.clone() };
    world.act(INSURANCE, "09-15 10:00", &Command::AgreeInDispute(on_market.clone()));
    world.act(HEALTH, "09-15 11:00", &Command::AgreeInDispute(on_market));
    world.act_on(first, MARKET, "09-16 09:00", &Command::Sign);
    world.act_on(first, MARKET, "09-16 10:00", &object(INSURANCE));
    let agree = Command::AnswerObjection(AnswerObjection::Agree { note: None });
    world.act_on(first, HEALTH, "09-16 11:00", &agree);
    let back = world.fresh();
    let resend = Command::Resend(ResendTransfer { id: back, to: department(INSURANCE), office });
    world.act_on(first, HEALTH, "09-16 12:00", &resend);
    world.act_on(back, INSURANCE, "09-17 09:00", &Command::Sign);
    let again = world.try_act_on(back, INSURANCE, at("09-17 10:00"), &object(MARKET));
    assert_eq!(again, Err(Refusal::ObjectionNotAllowed));
}

#[test]
fn a_pause_for_a_supplement_makes_no_late_clock_extendable() {
    let mut world = accepted();
    assert_eq!(world.last_day(ClockCode::T07), "2026-10-10");
    world.act(INSURANCE, "10-10 09:00", &extension(ClockCode::T07));
    world.act(INSURANCE, "10-12 09:00", &supplement());
    let transfer = world.transfer();
    assert!(transfer.facts.extension.is_none(), "what stands still is asked for again");
    assert!(transfer.open_clock(ClockCode::T10).is_none());
    let refused = world.refused(INSURANCE, "10-12 10:00", &grant());
    assert!(matches!(refused, Refusal::OutOfTurn { .. } | Refusal::WrongParty { .. }), "{refused:?}");
    let supply = Command::SupplySupplement(SupplySupplement { note: "已补".into(), supplied: true });
    world.act(HEALTH, "10-13 09:00", &supply);
    let late = world.refused(INSURANCE, "10-13 10:00", &extension(ClockCode::T07));
    assert!(matches!(late, Refusal::ExtensionAfterExpiry { .. }), "{late:?}");
}

#[test]
fn what_was_late_before_a_pause_is_late_when_it_ends_in_it_although_no_watch_has_seen_it() {
    let mut world = World::with(TransferKind::CaseReferral, at("09-14 09:00"));
    world.act(INSURANCE, "09-14 10:00", &Command::Sign);
    assert_eq!(world.last_day(ClockCode::T03), "2026-09-20");
    world.act(INSURANCE, "09-22 09:00", &supplement());
    world.act(HEALTH, "09-23 09:00", &Command::Withdraw(WithdrawTransfer { reason: "另案处理".into() }));
    assert_eq!(world.transfer().facts.late, [department(INSURANCE)]);
}

#[test]
fn a_duty_that_falls_away_after_its_due_moment_was_late() {
    let mut world = World::with(TransferKind::ClueTransfer, at("09-14 09:00"));
    world.act(HEALTH, "09-20 09:00", &Command::Withdraw(WithdrawTransfer { reason: "无人签收".into() }));
    assert_eq!(world.transfer().facts.late, [department(INSURANCE)]);
    let explain = Command::ExplainLateness(ExplainLateness {
        code: ClockCode::T02,
        run: None,
        reason: LatenessReason::Oversight,
        note: "漏看".into(),
    });
    world.act(INSURANCE, "09-21 09:00", &explain);
    assert!(world.transfer().facts.late.is_empty());
}

#[test]
fn a_suspension_shelters_nobody_after_its_last_day_when_no_watch_runs() {
    let mut world = accepted();
    let suspend = SuspendClocks {
        reason: PauseReason::Appraisal,
        evidence: "委托书".into(),
        until: "2026-09-18".parse().unwrap(),
    };
    world.act(INSURANCE, "09-16 09:00", &Command::Suspend(suspend));
    // Paused on 17 and 18 September; due two working days later than 10 October.
    let events = world.act(INSURANCE, "10-20 09:00", &Command::File(FileCase::Filed { case_number: None }));
    assert_eq!(events, ["resumed", "case-filed"]);
    let t07 = world.transfer().clocks.iter().find(|clock| clock.code == ClockCode::T07).unwrap();
    assert!(t07.was_late());
    assert_eq!(t07.due_at.map(domain::civil::last_day_before), "2026-10-13".parse().ok());
    assert_eq!(t07.pauses.len(), 1);
}

#[test]
fn the_office_gives_itself_no_time_and_does_not_meet_its_way_around_a_ruling() {
    let mut world = accepted();
    world.act(INSURANCE, "09-16 09:00", &answer());
    let contest = domain::feedback::commands::ContestFeedback { feedback: 1, reason: "不实".into() };
    world.act(HEALTH, "09-17 09:00", &Command::ContestFeedback(contest));
    let meeting = |resolution| {
        let (minutes, reason) = ("纪要".to_owned(), "统一意见".to_owned());
        Command::DecideInMeeting(DecideInMeeting { minutes, reason, resolution })
    };
    let until = "2026-12-01".parse().unwrap();
    for resolution in [Resolution::Close, Resolution::Extend { code: ClockCode::T19, until }] {
        let refused = world.refused(OFFICE, "09-18 09:00", &meeting(resolution));
        assert!(matches!(refused, Refusal::OutOfTurn { .. }), "{refused:?}");
    }
}

#[test]
fn a_meeting_may_give_time_to_what_has_run_out_and_that_stays_on_record() {
    let mut world = accepted();
    let resolution = Resolution::Extend { code: ClockCode::T07, until: "2026-12-01".parse().unwrap() };
    let (minutes, reason) = ("纪要".to_owned(), "统一意见".to_owned());
    let meeting = Command::DecideInMeeting(DecideInMeeting { minutes, reason, resolution });
    assert_eq!(world.act(OFFICE, "10-11 09:00", &meeting), ["missed", "meeting-decided"]);
    assert_eq!(world.last_day(ClockCode::T07), "2026-12-01");
    let t07 = world.transfer().open_clock(ClockCode::T07).unwrap();
    assert!(t07.missed);
    let urge = Command::UrgeAutomatically(UrgeAutomatically { code: ClockCode::T07, run: 1 });
    assert_eq!(world.refused(INSURANCE, "10-12 09:00", &urge), Refusal::StepNotDue, "it has time now");
}

#[test]
fn a_request_for_assistance_ends_with_its_case() {
    let mut world = accepted();
    let (case, id) = (world.first, world.fresh());
    let request = sending(TransferKind::AssistanceRequest, id, INSURANCE, MARKET, Urgency::Normal);
    let request = SendTransfer { from_receiver_of_origin: true, ..request };
    world.send(&request, Some(case), at("09-15 09:00"));
    let early = world.try_act_on(id, MARKET, at("09-15 10:00"), &Command::EndWithCase);
    assert_eq!(early, Err(Refusal::StepNotDue));
    let (minutes, reason) = ("纪要".to_owned(), "并案处理".to_owned());
    let close = DecideInMeeting { minutes, reason, resolution: Resolution::Close };
    world.act(OFFICE, "09-16 09:00", &Command::DecideInMeeting(close));
    assert_eq!(world.act_on(id, MARKET, "09-16 09:01", &Command::EndWithCase), ["closed"]);
    assert!(world.transfers[&id].clocks.iter().all(|clock| !clock.is_open()));
}

#[test]
fn two_late_duties_of_one_department_are_urged_once_a_day_and_supervised_once() {
    let mut world = accepted();
    for code in [ClockCode::T07, ClockCode::T08] {
        let cause = MissedCause::Silent;
        world.act(INSURANCE, "10-12 09:00", &Command::MissTimeLimit(MissTimeLimit { code, run: 1, cause }));
    }
    let urge = |code| Command::UrgeAutomatically(UrgeAutomatically { code, run: 1 });
    world.act(INSURANCE, "10-12 09:00", &urge(ClockCode::T07));
    assert_eq!(world.refused(INSURANCE, "10-12 09:00", &urge(ClockCode::T08)), Refusal::StepNotDue);
    world.act(INSURANCE, "10-13 09:00", &urge(ClockCode::T08));
    let supervise = |code| {
        Command::SuperviseAutomatically(domain::supervision::commands::SuperviseAutomatically {
            code,
            run: 1,
        })
    };
    world.act(INSURANCE, "10-20 09:00", &supervise(ClockCode::T07));
    assert_eq!(world.refused(INSURANCE, "10-20 09:00", &supervise(ClockCode::T08)), Refusal::StepNotDue);
}

#[test]
fn an_acknowledged_failure_says_nothing_about_what_fails_later() {
    let mut world = World::with(TransferKind::ClueTransfer, at("09-14 09:00"));
    let miss = |code| Command::MissTimeLimit(MissTimeLimit { code, run: 1, cause: MissedCause::Idle });
    let urge = |code| Command::UrgeAutomatically(UrgeAutomatically { code, run: 1 });
    world.act(INSURANCE, "09-16 09:00", &miss(ClockCode::T02));
    let until = at("12-01 00:00");
    world.act(
        OFFICE,
        "09-16 10:00",
        &Command::AcknowledgeFailure(AcknowledgeFailure { note: "系统升级".into(), until }),
    );
    assert_eq!(world.refused(INSURANCE, "09-16 11:00", &urge(ClockCode::T02)), Refusal::StepNotDue);
    world.act(INSURANCE, "09-17 09:00", &Command::Sign);
    world.act(INSURANCE, "10-08 09:00", &miss(ClockCode::T03));
    assert_eq!(world.act(INSURANCE, "10-08 09:00", &urge(ClockCode::T03)), ["urged"]);
}

#[test]
fn a_supervision_is_about_one_department_and_nobody_else_is_criticised_for_it() {
    let mut world = World::with(TransferKind::CaseReferral, at("09-14 09:00"));
    world.act(INSURANCE, "09-14 10:00", &Command::Sign);
    world.act(INSURANCE, "09-14 11:00", &object(MARKET));
    let supervise = Command::Supervise(Supervise { reason: "久拖不决".into() });
    world.act(OFFICE, "09-15 09:00", &supervise);
    assert_eq!(world.transfer().facts.supervision.as_ref().unwrap().department.as_str(), HEALTH);
    world.act(HEALTH, "09-15 10:00", &Command::AnswerObjection(AnswerObjection::Agree { note: None }));
    assert!(world.transfer().facts.supervision.is_some(), "it still holds the transfer");
    let on = resend(&mut world, MARKET);
    world.act(HEALTH, "09-15 11:00", &on);
    let linked = world.linked().reference.id;
    let step = Escalate { step: contract::clock::LadderStep::Criticised, reason: "久拖".into() };
    let refused = world.try_act_on(linked, OFFICE, at("11-16 09:00"), &Command::Escalate(step));
    assert!(matches!(refused, Err(Refusal::OutOfTurn { .. })), "{refused:?}");
}

#[test]
fn a_second_department_that_is_urged_owes_a_reply_of_its_own() {
    let mut world = accepted();
    let miss = |code| Command::MissTimeLimit(MissTimeLimit { code, run: 1, cause: MissedCause::Silent });
    let urge = |code| Command::UrgeAutomatically(UrgeAutomatically { code, run: 1 });
    world.act(INSURANCE, "10-12 09:00", &miss(ClockCode::T07));
    world.act(INSURANCE, "10-12 09:00", &urge(ClockCode::T07));
    world.act(INSURANCE, "10-12 10:00", &supplement());
    world.act(HEALTH, "10-20 09:00", &miss(ClockCode::T16));
    world.act(HEALTH, "10-20 09:00", &urge(ClockCode::T16));
    let reply = world.transfer().open_clock(ClockCode::T20).unwrap();
    assert_eq!((reply.owner.as_str(), reply.run), (HEALTH, 2));
}

#[test]
fn a_case_waits_no_longer_for_a_request_that_was_withdrawn_and_for_all_that_are_open() {
    let mut world = accepted();
    let participants = [HEALTH, MARKET].map(|one| NewParticipant {
        department: department(one),
        request: "请核查".into(),
        id: world.fresh(),
        office: department(OFFICE),
    });
    let ids: [TransferId; 2] = participants.clone().map(|one| one.id);
    world.act(
        INSURANCE,
        "09-15 09:00",
        &Command::HandleJointly(HandleJointly { participants: participants.into() }),
    );
    let suspend = SuspendClocks {
        reason: PauseReason::Assistance,
        evidence: "联合办理".into(),
        until: "2026-10-30".parse().unwrap(),
    };
    world.act(INSURANCE, "09-15 10:00", &Command::Suspend(suspend));
    let withdraw = Command::Withdraw(WithdrawTransfer { reason: "不再需要".into() });
    let events = world.act_on(ids[0], INSURANCE, "09-16 09:00", &withdraw);
    assert_eq!(events, ["assistance-ended", "withdrawn"], "the other one is still open");
    assert_eq!(world.transfer().facts.parts_outstanding, [department(MARKET)]);
    world.act_on(ids[1], MARKET, "09-17 09:00", &Command::Sign);
    let events = world.act_on(ids[1], MARKET, "09-18 09:00", &answer());
    assert_eq!(events, ["assistance-replied", "resumed", "final-given", "closed"]);
    world.act(INSURANCE, "09-21 09:00", &answer());
    assert_eq!(world.transfer().feedback[0].feedback.parts.len(), 1);
}

#[test]
fn what_can_be_repeated_for_ever_ends_and_what_the_other_side_repeats_takes_nothing_away() {
    let interim = GiveFeedback { text: "正在核查".into(), outcome: None, without_parts: None };
    let interim = Command::GiveFeedback(interim);
    let urge = Command::Urge(Urge { reason: "请尽快办理".into() });
    let full = |most| Refusal::TooManyEvents { most };
    let mut world = accepted();
    while world.transfer().version < REPEATABLE_EVENTS_MAX {
        world.act(HEALTH, "09-14 12:00", &urge);
    }
    assert_eq!(world.refused(HEALTH, "09-14 12:00", &urge), full(REPEATABLE_EVENTS_MAX));
    world.act(INSURANCE, "09-14 12:00", &extension(ClockCode::T07));

    // Also the first interim feedback, which is due, finds room however many there are.
    while world.transfer().version < RECEIVER_EVENTS_MAX {
        let assign =
            AssignInternally { unit: "稽核科".into(), due_on: at("09-15 09:00").date_naive(), note: None };
        world.act(INSURANCE, "09-14 12:00", &Command::AssignInternally(assign));
    }
    world.act(INSURANCE, "09-14 12:30", &interim);
    assert!(!world.running().contains(&ClockCode::T08));
    assert_eq!(world.refused(INSURANCE, "09-14 12:40", &interim), full(RECEIVER_EVENTS_MAX));
    assert_eq!(world.refused(INSURANCE, "09-14 12:40", &supplement()), full(RECEIVER_EVENTS_MAX));
    let standing = world.transfer().standing(at("09-14 12:40"));
    let offered = [HEALTH, INSURANCE, OFFICE].map(|by| standing.allowed_actions(&department(by))).concat();
    assert!(!offered.iter().any(|action| action.events_max().is_some()), "{offered:?}");
    assert!(offered.contains(&Action::Feedback) && offered.contains(&Action::Filing), "{offered:?}");
    let send = SendTransfer {
        from_receiver_of_origin: true,
        ..sending(TransferKind::AssistanceRequest, world.fresh(), INSURANCE, MARKET, Urgency::Normal)
    };
    let sent = send.decide(Some(world.transfer()), at("09-14 12:40"), &world.rules);
    assert_eq!(sent, Err(full(RECEIVER_EVENTS_MAX)), "it would be written on the case as well");

    world.act(INSURANCE, "09-14 13:00", &answer());
    let feedback = world.transfer().feedback.last().unwrap().feedback.feedback;
    world.act(HEALTH, "09-14 14:00", &Command::ConfirmFeedback(ConfirmFeedback { feedback }));
    assert_eq!(world.state(), TransferState::Closed);
}

#[test]
fn a_task_of_very_many_events_takes_the_reports_that_its_own_dates_ask_for() {
    let progress =
        Command::ReportProgress(ReportProgress { text: "已完成六成".into(), evidence: Vec::new() });
    let plan =
        Command::FilePlan(FilePlan { text: "整改方案".into(), measures: vec!["建立台账".into()] });
    let due = |on: &str, item| DueDate { on: on.parse().unwrap(), item };
    let due_dates = vec![
        due("2026-09-18", DueItem::Plan),
        due("2026-09-30", DueItem::Progress),
        due("2026-10-30", DueItem::Completion),
    ];
    let mut world = World::empty();
    let send = SendTransfer {
        terms: Terms { due_dates, ..Terms::default() },
        ..sending(TransferKind::SupervisionTask, world.first, HEALTH, INSURANCE, Urgency::Normal)
    };
    world.send(&send, None, at("09-14 09:00"));
    world.act(INSURANCE, "09-14 10:00", &Command::Sign);
    while world.transfer().version < RECEIVER_EVENTS_MAX {
        world.act(INSURANCE, "09-14 11:00", &progress);
    }
    let full = Refusal::TooManyEvents { most: RECEIVER_EVENTS_MAX };
    assert_eq!(world.refused(INSURANCE, "09-14 12:00", &progress), full, "the plan is due");
    world.act(INSURANCE, "09-14 12:00", &plan);
    assert_eq!(world.refused(INSURANCE, "09-14 13:00", &plan), full);
    world.act(INSURANCE, "09-14 13:00", &progress);
    assert_eq!(world.refused(INSURANCE, "09-14 14:00", &progress), full, "the completion is due");
    world.act(INSURANCE, "09-14 15:00", &answer());
}
