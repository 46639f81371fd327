//! Supervision tasks from plan to striking off, assistance, joint handling, routing by the office, internal hops, and
//! what a coordination meeting decides.

use crate::given::{HEALTH, INSURANCE, MARKET, OFFICE, World, at, department, sending};
use chrono::NaiveDate;
use contract::clock::{ClockCode, PauseReason};
use contract::event::{
    CloseReason, DueDate, DueItem, LegalReview, LinkReason, Material, OutcomeCode, TaskPurpose, Terms,
};
use contract::ids::TransferId;
use contract::kind::{Routing, TransferKind, Urgency};
use contract::state::TransferState;
use domain::assistance::commands::{HandleJointly, NewParticipant};
use domain::feedback::commands::{ConfirmFeedback, ContestFeedback, GiveFeedback};
use domain::rule_pack::Catalogue;
use domain::supervision::commands::{DecideInMeeting, FilePlan, ReopenTask, ReportProgress, Resolution};
use domain::time_limit::commands::{ResumeClocks, SuspendClocks};
use domain::transfer::commands::{AssignInternally, ConfirmRouting, SendTransfer, send_all};
use domain::transfer::state::State;
use domain::{Command, Refusal, Rules};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn dated() -> Terms {
    let due = |on: &str, item| DueDate { on: day(on), item };
    let due_dates = vec![
        due("2026-09-18", DueItem::Plan),
        due("2026-09-30", DueItem::Progress),
        due("2026-10-30", DueItem::Completion),
    ];
    Terms { due_dates, measures: vec!["建立台账".into()], ..Terms::default() }
}

fn task(terms: Terms) -> World {
    let mut world = World::empty();
    let send = sending(TransferKind::SupervisionTask, world.first, OFFICE, INSURANCE, Urgency::Normal);
    let office = department("320100-rmzf");
    world.send(&SendTransfer { terms, office, ..send }, None, at("09-14 09:00"));
    world.act(INSURANCE, "09-14 10:00", &Command::Sign);
    world
}

fn plan() -> Command {
    Command::FilePlan(FilePlan { text: "方案".into(), measures: vec!["自查".into()] })
}

fn progress() -> Command {
    Command::ReportProgress(ReportProgress {
        text: "完成六成".into(), evidence: vec!["台账照片".into()]
    })
}

fn done() -> Command {
    Command::GiveFeedback(GiveFeedback {
        text: "已完成整改".into(),
        outcome: Some(OutcomeCode::Rectified),
        without_parts: None,
    })
}

fn confirm(feedback: u32) -> Command {
    Command::ConfirmFeedback(ConfirmFeedback { feedback })
}

#[test]
fn a_task_runs_by_its_own_dates_from_plan_to_progress_to_completion() {
    let mut world = task(dated());
    assert_eq!(
        (world.running(), world.last_day(ClockCode::T21)),
        (vec![ClockCode::T21], "2026-09-18".into())
    );
    world.act(INSURANCE, "09-18 23:59", &plan());
    assert_eq!(world.last_day(ClockCode::T21), "2026-09-30");
    world.act(INSURANCE, "10-08 09:00", &progress());
    assert_eq!(world.last_day(ClockCode::T21), "2026-10-30");
    assert_eq!(world.transfer().facts.late.len(), 1, "the progress of September came late");
    world.act(INSURANCE, "10-20 09:00", &progress());
    world.act(INSURANCE, "10-20 10:00", &plan());
    assert_eq!(world.last_day(ClockCode::T21), "2026-10-30", "neither a report nor a plan is the completion");
    world.act(INSURANCE, "10-28 09:00", &done());
    assert_eq!(world.running(), [ClockCode::T18]);
    assert_eq!(world.act(OFFICE, "10-29 09:00", &confirm(1)), ["confirmed", "closed"]);
    assert_eq!(world.transfer().state, State::Closed(CloseReason::StruckOff));
}

#[test]
fn a_task_that_was_struck_off_opens_again_and_owes_a_new_answer() {
    let mut world = task(dated());
    world.act(INSURANCE, "09-16 09:00", &done());
    world.act(OFFICE, "09-17 09:00", &confirm(1));
    let reopen = Command::Reopen(ReopenTask { reason: "回头看发现反弹".into() });
    assert!(matches!(world.refused(INSURANCE, "10-12 09:00", &reopen), Refusal::WrongParty { .. }));
    world.act(OFFICE, "10-12 09:00", &reopen);
    assert_eq!((world.state(), world.holder()), (TransferState::Accepted, INSURANCE));
    assert_eq!(
        (world.running(), world.last_day(ClockCode::T09)),
        (vec![ClockCode::T09], "2026-10-26".into())
    );
    world.act(INSURANCE, "10-20 09:00", &done());
    world.act(OFFICE, "10-21 09:00", &confirm(2));
    assert_eq!(world.state(), TransferState::Closed);
    let open = World::with(TransferKind::SupervisionTask, at("09-14 09:00"));
    let mut open = open;
    assert!(matches!(open.refused(HEALTH, "09-15 09:00", &reopen), Refusal::OutOfTurn { .. }));
}

#[test]
fn nobody_strikes_off_the_work_of_its_own_house_the_office_does_or_sends_it_back() {
    // The sender sits inside the receiver, so the government between them approves.
    let terms = Terms { approver: Some(department(OFFICE)), ..dated() };
    let mut world = World::empty();
    let send = sending(TransferKind::SupervisionTask, world.first, HEALTH, INSURANCE, Urgency::Normal);
    world.send(&SendTransfer { terms, ..send }, None, at("09-14 09:00"));
    world.act(INSURANCE, "09-14 10:00", &Command::Sign);
    world.act(INSURANCE, "09-16 09:00", &done());
    assert_eq!((world.state(), world.holder()), (TransferState::Answered, OFFICE));
    assert!(matches!(world.refused(HEALTH, "09-17 09:00", &confirm(1)), Refusal::WrongParty { .. }));
    let contest = Command::ContestFeedback(ContestFeedback { feedback: 1, reason: "证据不足".into() });
    assert_eq!(world.act(OFFICE, "09-17 09:00", &contest), ["contested", "contest-ruled"]);
    assert_eq!((world.state(), world.holder()), (TransferState::Accepted, INSURANCE));
    world.act(INSURANCE, "09-18 09:00", &done());
    world.act(OFFICE, "09-21 09:00", &confirm(2));
    assert_eq!(world.transfer().state, State::Closed(CloseReason::StruckOff));
}

#[test]
fn one_task_goes_to_several_departments_at_once_in_one_matter() {
    let rules = Rules::national();
    let to = |number: u128, to: &str| {
        let id = TransferId(uuid::Uuid::from_u128(number));
        SendTransfer {
            terms: dated(),
            ..sending(TransferKind::SupervisionTask, id, OFFICE, to, Urgency::Normal)
        }
    };
    let tasks = [to(1, HEALTH), to(2, INSURANCE), to(3, MARKET)];
    let decision = send_all(&tasks, at("09-14 09:00"), &rules).unwrap();
    assert_eq!(decision.shown, tasks[0].id);
    assert_eq!(decision.drafts.last().unwrap().body.transfer.id, tasks[0].id, "so a repeat shows the same");
    assert!(decision.drafts.iter().all(|draft| draft.body.transfer.matter.0 == tasks[0].id.0));
    assert_eq!(decision.guards.len(), 3);
    assert_eq!(send_all(&[], at("09-14 09:00"), &rules), Err(Refusal::NobodyNamed));
}

#[test]
fn a_reinspection_follows_what_is_closed_and_nothing_else() {
    let mut world = task(dated());
    let again = |world: &World| {
        let id = TransferId(uuid::Uuid::from_u128(77));
        let terms = Terms { purpose: Some(TaskPurpose::Reinspection), ..Terms::default() };
        let send = sending(TransferKind::SupervisionTask, id, OFFICE, INSURANCE, Urgency::Normal);
        SendTransfer { terms, ..send }.decide(Some(world.transfer()), at("11-02 09:00"), &world.rules)
    };
    assert_eq!(again(&world), Err(Refusal::ReinspectionTooEarly));
    world.act(INSURANCE, "09-16 09:00", &done());
    world.act(OFFICE, "09-17 09:00", &confirm(1));
    let sent = again(&world).unwrap();
    world.take(&sent);
    assert_eq!(world.linked().sent.origin.as_ref().unwrap().reason, LinkReason::Reinspection);
}

fn accepted() -> World {
    let mut world = World::with(TransferKind::CaseReferral, at("09-14 09:00"));
    world.act(INSURANCE, "09-14 10:00", &Command::Sign);
    world.act(INSURANCE, "09-14 11:00", &Command::Accept);
    world
}

#[test]
fn assistance_is_answered_on_the_case_which_stays_and_runs_on() {
    let mut world = accepted();
    let case = world.first;
    let id = world.fresh();
    let request = sending(TransferKind::AssistanceRequest, id, INSURANCE, MARKET, Urgency::Normal);
    let request = SendTransfer { from_receiver_of_origin: true, ..request };
    assert_eq!(request.decide(None, at("09-15 09:00"), &world.rules), Err(Refusal::AssistanceNeedsCase));
    world.send(&request, Some(case), at("09-15 09:00"));
    let suspend = Command::Suspend(SuspendClocks {
        reason: PauseReason::Assistance,
        evidence: "协查函".into(),
        until: day("2026-10-15"),
    });
    world.act(INSURANCE, "09-15 10:00", &suspend);
    assert_eq!(world.running(), [ClockCode::T08], "the first feedback does not wait for others");
    assert_eq!(world.act_on(id, MARKET, "09-16 09:00", &Command::Sign), ["signed", "accepted"]);
    let answered = world.act_on(id, MARKET, "09-22 09:00", &done());
    assert_eq!(answered, ["assistance-replied", "resumed", "final-given", "closed"]);
    assert_eq!(world.transfers[&id].state, State::Closed(CloseReason::Replied));
    assert_eq!((world.state(), world.holder()), (TransferState::Accepted, INSURANCE), "ownership stays");
    assert!(world.running().contains(&ClockCode::T07));
    // Fifteen working days from 14 September, and five paused: 16, 17, 18, 20 (make-up), 21, 22.
    let t07 = world.transfer().open_clock(ClockCode::T07).unwrap();
    assert_eq!(t07.pauses.len(), 1);
}

#[test]
fn a_joint_handling_has_one_lead_and_its_feedback_merges_the_parts() {
    let mut world = accepted();
    let participants = [HEALTH, MARKET, INSURANCE].map(|one| NewParticipant {
        department: department(one),
        request: "请核查本部门职责部分".into(),
        id: world.fresh(),
        office: department(OFFICE),
    });
    let ids = participants.clone().map(|one| one.id);
    let jointly =
        |some: &[NewParticipant]| Command::HandleJointly(HandleJointly { participants: some.to_vec() });
    let refused = world.refused(INSURANCE, "09-15 09:00", &jointly(&participants));
    assert_eq!(
        refused,
        Refusal::LeadNotPossible { department: department(INSURANCE) },
        "the lead takes no part"
    );
    let twice = [participants[1].clone(), participants[1].clone()];
    assert!(matches!(
        world.refused(INSURANCE, "09-15 09:00", &jointly(&twice)),
        Refusal::LeadNotPossible { .. }
    ));
    let opened = world.act(INSURANCE, "09-15 09:00", &jointly(&participants[..2]));
    assert_eq!(opened, ["sent", "sent", "joint-handling-opened"]);
    let early = world.refused(INSURANCE, "09-16 09:00", &done());
    let outstanding = vec![department(HEALTH), department(MARKET)];
    assert_eq!(early, Refusal::PartsOutstanding { departments: outstanding });
    for (id, by) in ids.into_iter().zip([HEALTH, MARKET]) {
        world.act_on(id, by, "09-17 09:00", &Command::Sign);
        world.act_on(id, by, "09-18 09:00", &done());
    }
    world.act(INSURANCE, "09-21 09:00", &done());
    let answer = &world.transfer().feedback[0].feedback;
    let parts: Vec<_> = answer.parts.iter().map(|part| part.department.as_str()).collect();
    assert_eq!(parts, [HEALTH, MARKET]);
    assert!(answer.without_parts.is_none());
}

#[test]
fn the_lead_may_answer_without_a_part_when_it_says_why() {
    let mut world = accepted();
    let one = NewParticipant {
        department: department(MARKET),
        request: "请核查".into(),
        id: world.fresh(),
        office: department(OFFICE),
    };
    world.act(INSURANCE, "09-15 09:00", &Command::HandleJointly(HandleJointly { participants: vec![one] }));
    let answer = Command::GiveFeedback(GiveFeedback {
        text: "先行答复".into(),
        outcome: Some(OutcomeCode::Other),
        without_parts: Some("期限将满".into()),
    });
    world.act(INSURANCE, "09-16 09:00", &answer);
    let given = &world.transfer().feedback[0].feedback;
    assert_eq!((given.parts.len(), given.without_parts.as_deref()), (0, Some("期限将满")));
}

#[test]
fn the_office_confirms_an_assumed_lead_or_names_another_before_it_is_accepted() {
    let confirm = |world: &mut World, to: &str| {
        let (id, office) = (world.fresh(), department(OFFICE));
        Command::ConfirmRouting(ConfirmRouting { department: department(to), reason: None, id, office })
    };
    let assumed = || {
        let mut world = World::empty();
        let send = sending(TransferKind::ClueTransfer, world.first, HEALTH, INSURANCE, Urgency::Normal);
        world.send(&SendTransfer { routing: Routing::Assumed, ..send }, None, at("09-14 09:00"));
        assert!(world.transfer().facts.routing_open);
        world
    };
    let mut world = assumed();
    let stays = confirm(&mut world, INSURANCE);
    assert!(matches!(world.refused(HEALTH, "09-14 10:00", &stays), Refusal::WrongParty { .. }));
    world.act(OFFICE, "09-14 10:00", &stays);
    assert!(!world.transfer().facts.routing_open && world.state() == TransferState::Delivered);

    let mut world = assumed();
    let other = confirm(&mut world, MARKET);
    assert_eq!(world.act(OFFICE, "09-14 10:00", &other), ["routing-confirmed", "sent"]);
    assert_eq!(world.state(), TransferState::Rerouted);
    assert_eq!(world.linked().sent.origin.as_ref().unwrap().reason, LinkReason::Routed);
    assert_eq!(world.linked().reference.from.as_str(), HEALTH, "the first sender is owed");

    let mut world = assumed();
    world.act(INSURANCE, "09-14 10:00", &Command::Sign);
    world.act(INSURANCE, "09-14 11:00", &Command::Accept);
    let late = confirm(&mut world, MARKET);
    assert!(matches!(world.refused(OFFICE, "09-14 12:00", &late), Refusal::LeadNotPossible { .. }));
}

#[test]
fn what_no_row_may_route_goes_to_the_office_which_hands_it_on_from_the_first_sender() {
    let mut world = World::empty();
    let send = sending(TransferKind::ClueTransfer, world.first, HEALTH, OFFICE, Urgency::Normal);
    let candidates = vec![department(INSURANCE), department(MARKET)];
    let terms = Terms { candidates, ..Terms::default() };
    let office = department("320100-rmzf");
    world.send(&SendTransfer { routing: Routing::Office, terms, office, ..send }, None, at("09-14 09:00"));
    let (id, office) = (world.fresh(), department(OFFICE));
    let name = ConfirmRouting { department: department(MARKET), reason: Some("职责".into()), id, office };
    world.act(OFFICE, "09-15 09:00", &Command::ConfirmRouting(name));
    let linked = world.linked();
    assert_eq!((linked.reference.from.as_str(), linked.reference.to.as_str()), (HEALTH, MARKET));
    assert!(linked.sent.terms.candidates.is_empty() && !linked.facts.routing_open);
}

#[test]
fn an_internal_hop_lies_inside_the_outer_clock_and_nobody_else_sees_it() {
    let mut world = accepted();
    let hop = |due_on: &str| {
        Command::AssignInternally(AssignInternally {
            unit: "稽核科".into(), due_on: day(due_on), note: None
        })
    };
    assert!(matches!(world.refused(HEALTH, "09-15 09:00", &hop("2026-09-20")), Refusal::WrongParty { .. }));
    assert!(matches!(
        world.refused(INSURANCE, "09-15 09:00", &hop("2026-09-14")),
        Refusal::OutsideOuterClock { .. }
    ));
    assert!(matches!(
        world.refused(INSURANCE, "09-15 09:00", &hop("2027-06-01")),
        Refusal::OutsideOuterClock { .. }
    ));
    world.act(INSURANCE, "09-15 09:00", &hop("2026-09-25"));
    assert!(world.history.last().unwrap().event.is_internal());
}

#[test]
fn a_meeting_fixes_the_lead_extends_a_clock_or_closes() {
    let meeting = |resolution| {
        let (minutes, reason) = ("专题会议纪要〔2026〕5号".to_owned(), "统一意见".to_owned());
        Command::DecideInMeeting(DecideInMeeting { minutes, reason, resolution })
    };
    let lead = |id| Resolution::FixLead { department: department(INSURANCE), id, office: department(OFFICE) };
    let mut world = World::with(TransferKind::CaseReferral, at("09-14 09:00"));
    let id = world.fresh();
    let events = world.act(OFFICE, "09-14 10:00", &meeting(lead(id)));
    assert_eq!(events, ["meeting-decided", "accepted"]);
    assert_eq!(world.running(), [ClockCode::T07, ClockCode::T08, ClockCode::T09b]);

    let extend = |until: &str| meeting(Resolution::Extend { code: ClockCode::T08, until: day(until) });
    assert!(matches!(
        world.refused(OFFICE, "09-15 09:00", &extend("2026-09-16")),
        Refusal::ExtensionDay { .. }
    ));
    world.act(OFFICE, "09-15 09:00", &extend("2026-11-20"));
    assert_eq!(world.last_day(ClockCode::T08), "2026-11-20", "also a clock that nobody else may extend");

    assert!(matches!(
        world.refused(HEALTH, "09-15 10:00", &meeting(Resolution::Close)),
        Refusal::WrongParty { .. }
    ));
    assert_eq!(world.act(OFFICE, "09-15 10:00", &meeting(Resolution::Close)), ["meeting-decided", "closed"]);
    assert_eq!(world.transfer().state, State::Closed(CloseReason::MeetingDecided));
}

#[test]
fn a_suspension_needs_a_reason_that_a_clock_allows_is_not_raised_twice_and_ends_by_itself() {
    let mut world = accepted();
    let suspend = |reason, until: &str| {
        Command::Suspend(SuspendClocks { reason, evidence: "委托书3号".into(), until: day(until) })
    };
    let appraisal = suspend(PauseReason::Appraisal, "2026-09-30");
    let over = world.refused(INSURANCE, "09-15 09:00", &suspend(PauseReason::Appraisal, "2026-09-14"));
    assert!(matches!(over, Refusal::SuspensionOver { .. }));
    let for_ever = world.refused(INSURANCE, "09-15 09:00", &suspend(PauseReason::Appraisal, "2026-12-15"));
    assert_eq!(for_ever, Refusal::SuspensionTooLong { last: day("2026-12-14") });
    let supplement = world.refused(INSURANCE, "09-15 09:00", &suspend(PauseReason::Supplement, "2026-09-30"));
    assert!(matches!(supplement, Refusal::NothingToSuspend { .. }), "a supplement has an act of its own");
    world.act(INSURANCE, "09-16 09:00", &appraisal);
    assert!(matches!(world.refused(INSURANCE, "09-17 09:00", &appraisal), Refusal::AlreadyDone { .. }));
    let resume_first = Command::RequestSupplement(domain::transfer::commands::RequestSupplement {
        reason: "缺件".into(),
        missing: vec!["发票".into()],
    });
    assert_eq!(world.refused(INSURANCE, "09-17 09:00", &resume_first), Refusal::ResumeFirst);
    assert_eq!(world.refused(INSURANCE, "09-30 23:59", &Command::EndSuspension), Refusal::NotSuspended);
    // Noticed only after the holiday: the clocks ran on from 1 October all the same.
    world.act(INSURANCE, "10-12 09:00", &Command::EndSuspension);
    let paused = world.transfer().open_clock(ClockCode::T07).unwrap().pauses[0];
    assert_eq!(domain::civil::day_of(paused.to), day("2026-09-30"));
    let resume = Command::Resume(ResumeClocks { evidence: "鉴定意见".into() });
    assert!(matches!(world.refused(INSURANCE, "10-12 10:00", &resume), Refusal::OutOfTurn { .. }));
}

#[test]
fn a_pack_may_ask_for_a_legal_review_and_for_materials_before_sending() {
    let pack = "id = \"nj-2026.1\"\ninherits = \"cn-default-2026.2\"\njurisdiction = \"320100\"\n\
        effective_from = \"2026-01-01\"\nlegal_review = [\"case_referral\"]\n\
        [[material]]\nkind = \"case_referral\"\nname = \"调查报告\"\nrequired = true\n\
        [[vector]]\nclock = \"T02\"\nstart = \"2026-09-30T16:00:00+08:00\"\ndue_on = \"2026-10-08\"\n";
    let mut catalogue = Catalogue::shipped();
    catalogue.add(pack).unwrap();
    let rules = Rules::national().with(catalogue, []);
    let send = |terms: Terms| {
        let id = TransferId(uuid::Uuid::from_u128(5));
        let send = sending(TransferKind::CaseReferral, id, HEALTH, INSURANCE, Urgency::Normal);
        SendTransfer { terms, ..send }.decide(None, at("09-14 09:00"), &rules)
    };
    assert!(matches!(send(Terms::default()), Err(Refusal::LegalReviewRequired { .. })));
    let review =
        LegalReview { opinion_number: "法审〔2026〕9号".into(), reviewed_on: day("2026-09-11") };
    let reviewed = Terms { legal_review: Some(review), ..Terms::default() };
    assert_eq!(send(reviewed.clone()), Err(Refusal::MaterialsMissing { names: vec!["调查报告".into()] }));
    let absent = Material { name: "调查报告".into(), absent_because: Some("另行报送".into()) };
    let decision = send(Terms { materials: vec![absent], ..reviewed }).unwrap();
    assert_eq!(decision.guards.len(), 1);
}
