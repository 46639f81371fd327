//! The rows of the table of clocks: how each begins, when it is due, who stops it, and what moves it.

use crate::given::{HEALTH, INSURANCE, MARKET, OFFICE, World, at, department, sending};
use chrono::NaiveDate;
use contract::clock::ClockCode;
use contract::event::{DueDate, DueItem, OutcomeCode, Ruling, Terms};
use contract::ids::{HandoffId, TransferId};
use contract::kind::{Routing, TransferKind, Urgency};
use domain::Command;
use domain::dispute::commands::{
    AgreeInDispute, AnswerObjection, DesignateJurisdiction, ObjectToTransfer, SubmitDispute,
};
use domain::feedback::commands::{ConfirmFeedback, ContestFeedback, GiveFeedback, RuleContest};
use domain::supervision::commands::{DecideInMeeting, ReplyToUrge, ReportProgress, Resolution, Urge};
use domain::time_limit::commands::{DecideExtension, RequestExtension};
use domain::transfer::commands::{
    ConfirmRouting, DecideCase, FileCase, RequestSupplement, ResendTransfer, SendTransfer, SupplySupplement,
};

/// When every clock of the table begins.
pub const BEGIN: &str = "09-28 10:00";
/// What a transfer has been through before is done some days earlier.
pub const BEFORE: &str = "09-24 10:00";

/// What happens to a clock when its transfer goes to another department.
pub enum Reroute {
    /// This act takes it there: the clock is over, and this one runs for the other department.
    Over(&'static str, fn(&mut World) -> Command, Option<ClockCode>),
    /// It cannot be re-routed.
    Refused(&'static str, fn(&mut World) -> Command),
}

/// A clock of the table.
pub struct Row {
    pub code: ClockCode,
    /// A world in which the clock began at [`BEGIN`], on its first transfer or on the linked one.
    pub begin: fn() -> World,
    /// The last day, as it stands in the notice.
    pub due_on: &'static str,
    /// Who meets the duty, and how.
    pub stop: (&'static str, fn() -> Command),
    /// The last day when it was paused from 30 September to 9 October, and by what; `None`: it cannot be paused.
    pub paused: Option<(Pausing, &'static str)>,
    /// The last day when it was extended; `None`: it cannot be.
    pub extended: Option<&'static str>,
    pub reroute: Reroute,
}

#[derive(Clone, Copy)]
pub enum Pausing {
    Suspension,
    Supplement,
}

pub fn sent(kind: TransferKind, when: &str, routing: Routing, terms: Terms) -> World {
    let mut world = World::empty();
    let send = sending(kind, world.first, HEALTH, INSURANCE, Urgency::Normal);
    world.send(&SendTransfer { routing, terms, ..send }, None, at(when));
    world
}

pub fn referral(when: &str) -> World {
    sent(TransferKind::CaseReferral, when, Routing::Named, Terms::default())
}

pub fn through(mut world: World, acts: &[(&str, Command)], by: &str, last: &Command) -> World {
    for (by, command) in acts {
        world.act(by, BEFORE, command);
    }
    world.act(by, BEGIN, last);
    world
}

pub fn object() -> Command {
    let proposed_department = department(MARKET);
    Command::Object(ObjectToTransfer { reason: "属市场监管".into(), proposed_department, ground: None })
}

pub fn dispute() -> Command {
    Command::AnswerObjection(AnswerObjection::Dispute { reason: "不同意".into() })
}

pub fn give_back() -> Command {
    Command::AnswerObjection(AnswerObjection::Agree { note: None })
}

pub fn submit() -> Command {
    Command::SubmitDispute(SubmitDispute {
        superior: Some(department(OFFICE)), reason: "协商不成".into()
    })
}

pub fn designate_receiver() -> Command {
    let (id, office) = (TransferId(uuid::Uuid::from_u128(900)), department(OFFICE));
    Command::Designate(DesignateJurisdiction {
        department: department(INSURANCE),
        reason: "职责".into(),
        id,
        office,
    })
}

pub fn ask_for_more() -> Command {
    Command::RequestSupplement(RequestSupplement {
        reason: "缺鉴定".into(),
        missing: vec!["鉴定意见".into()],
    })
}

pub fn supply() -> Command {
    Command::SupplySupplement(SupplySupplement { note: "已补".into(), supplied: true })
}

pub fn file() -> Command {
    Command::File(FileCase::Filed { case_number: None })
}

pub fn decide_case() -> Command {
    Command::Decide(DecideCase::plain(OutcomeCode::Penalty, "罚款".into()))
}

pub fn feedback(outcome: Option<OutcomeCode>) -> Command {
    Command::GiveFeedback(GiveFeedback { text: "情况".into(), outcome, without_parts: None })
}

pub fn final_feedback() -> Command {
    feedback(Some(OutcomeCode::Penalty))
}

pub fn contest() -> Command {
    Command::ContestFeedback(ContestFeedback { feedback: 1, reason: "不实".into() })
}

pub fn extend(code: ClockCode) -> Command {
    Command::RequestExtension(RequestExtension { code, reason: "案情复杂".into(), until: None })
}

pub fn meeting_names_market(world: &mut World) -> Command {
    let resolution =
        Resolution::FixLead { department: department(MARKET), id: world.fresh(), office: department(OFFICE) };
    let (minutes, reason) = ("纪要〔2026〕8号".to_owned(), "职责".to_owned());
    Command::DecideInMeeting(DecideInMeeting { minutes, reason, resolution })
}

pub fn office_names_market(world: &mut World) -> Command {
    let (id, office) = (world.fresh(), department(OFFICE));
    Command::ConfirmRouting(ConfirmRouting { department: department(MARKET), reason: None, id, office })
}

pub fn designate_market(world: &mut World) -> Command {
    let (id, office) = (world.fresh(), department(OFFICE));
    Command::Designate(DesignateJurisdiction {
        department: department(MARKET),
        reason: "职责".into(),
        id,
        office,
    })
}

pub fn agree_on_market(world: &mut World) -> Command {
    let (department, office) = (department(MARKET), department(OFFICE));
    let receiver = Command::AgreeInDispute(AgreeInDispute { department, id: world.fresh(), office });
    world.act(INSURANCE, "09-29 09:00", &receiver);
    receiver
}

pub fn resend_to_market(world: &mut World) -> Command {
    let (id, office) = (world.fresh(), department(OFFICE));
    Command::Resend(ResendTransfer { id, to: department(MARKET), office })
}

pub fn accepted() -> World {
    through(referral(BEFORE), &[(INSURANCE, Command::Sign)], INSURANCE, &Command::Accept)
}

pub fn assisted() -> World {
    let mut world = through(referral(BEFORE), &[(INSURANCE, Command::Sign)], INSURANCE, &Command::Accept);
    let id = world.fresh();
    let request = sending(TransferKind::AssistanceRequest, id, INSURANCE, MARKET, Urgency::Normal);
    let request = SendTransfer { from_receiver_of_origin: true, ..request };
    world.send(&request, Some(world.first), at(BEGIN));
    // The clock of the table runs on the request.
    world.first = id;
    world
}

pub fn task() -> World {
    let due = DueDate { on: day("2026-10-16"), item: DueItem::Progress };
    let terms = Terms { due_dates: vec![due], ..Terms::default() };
    sent(TransferKind::SupervisionTask, BEGIN, Routing::Named, terms)
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub fn rows() -> Vec<Row> {
    let mut rows = before_acceptance();
    rows.extend(after_acceptance());
    rows.extend(beside_the_case());
    rows
}

/// A crime was found in what was accepted.
fn after_a_crime_was_found() -> Row {
    Row {
        code: ClockCode::T08b,
        begin: || {
            let acts = [(INSURANCE, Command::Sign), (INSURANCE, Command::Accept)];
            let handoff = HandoffId(uuid::Uuid::from_u128(901));
            through(referral(BEFORE), &acts, INSURANCE, &Command::FindCrime(handoff))
        },
        due_on: "2026-10-16",
        stop: (INSURANCE, || feedback(None)),
        paused: Some((Pausing::Supplement, "2026-10-20")),
        extended: None,
        reroute: Reroute::Over(OFFICE, meeting_names_market, Some(ClockCode::T08)),
    }
}

#[expect(clippy::too_many_lines, reason = "a table")]
pub fn before_acceptance() -> Vec<Row> {
    vec![
        Row {
            code: ClockCode::T02,
            begin: || sent(TransferKind::CaseReferral, BEGIN, Routing::Assumed, Terms::default()),
            due_on: "2026-09-29",
            stop: (INSURANCE, || Command::Sign),
            paused: None,
            extended: None,
            reroute: Reroute::Over(OFFICE, office_names_market, Some(ClockCode::T02)),
        },
        Row {
            code: ClockCode::T03,
            begin: || through(referral(BEFORE), &[], INSURANCE, &Command::Sign),
            due_on: "2026-10-10",
            stop: (INSURANCE, || Command::Accept),
            paused: Some((Pausing::Supplement, "2026-10-13")),
            extended: None,
            reroute: Reroute::Over(OFFICE, meeting_names_market, Some(ClockCode::T07)),
        },
        Row {
            code: ClockCode::T04,
            begin: || through(referral(BEFORE), &[(INSURANCE, Command::Sign)], INSURANCE, &object()),
            due_on: "2026-09-30",
            stop: (HEALTH, dispute),
            paused: None,
            extended: None,
            reroute: Reroute::Over(OFFICE, meeting_names_market, Some(ClockCode::T07)),
        },
        Row {
            code: ClockCode::T05,
            begin: || {
                let acts = [(INSURANCE, Command::Sign), (INSURANCE, object())];
                through(referral(BEFORE), &acts, HEALTH, &dispute())
            },
            due_on: "2026-10-13",
            stop: (HEALTH, submit),
            paused: None,
            extended: None,
            reroute: Reroute::Over(HEALTH, agree_on_market, Some(ClockCode::T02)),
        },
        Row {
            code: ClockCode::T06,
            begin: || {
                let acts = [(INSURANCE, Command::Sign), (INSURANCE, object()), (HEALTH, dispute())];
                through(referral(BEFORE), &acts, HEALTH, &submit())
            },
            due_on: "2026-10-13",
            stop: (OFFICE, designate_receiver),
            paused: None,
            extended: None,
            reroute: Reroute::Over(OFFICE, designate_market, Some(ClockCode::T07)),
        },
        Row {
            code: ClockCode::T16,
            begin: || through(referral(BEFORE), &[(INSURANCE, Command::Sign)], INSURANCE, &ask_for_more()),
            due_on: "2026-10-10",
            stop: (HEALTH, supply),
            paused: None,
            extended: Some("2026-10-16"),
            reroute: Reroute::Over(OFFICE, meeting_names_market, Some(ClockCode::T07)),
        },
        Row {
            code: ClockCode::T17,
            begin: || {
                let acts = [(INSURANCE, Command::Sign), (INSURANCE, object())];
                through(referral(BEFORE), &acts, HEALTH, &give_back())
            },
            due_on: "2026-10-08",
            stop: (HEALTH, || {
                Command::Keep(domain::transfer::commands::KeepTransfer { reason: "自办".into() })
            }),
            paused: None,
            extended: None,
            reroute: Reroute::Over(HEALTH, resend_to_market, Some(ClockCode::T02)),
        },
    ]
}

pub fn after_acceptance() -> Vec<Row> {
    let handled = Reroute::Over(OFFICE, meeting_names_market, Some(ClockCode::T07));
    vec![
        Row {
            code: ClockCode::T07,
            begin: accepted,
            due_on: "2026-10-23",
            stop: (INSURANCE, file),
            paused: Some((Pausing::Suspension, "2026-10-27")),
            extended: Some("2026-11-13"),
            reroute: handled,
        },
        Row {
            code: ClockCode::T08,
            begin: accepted,
            due_on: "2026-10-23",
            stop: (INSURANCE, || feedback(None)),
            paused: Some((Pausing::Supplement, "2026-10-27")),
            extended: None,
            reroute: Reroute::Over(OFFICE, meeting_names_market, Some(ClockCode::T08)),
        },
        after_a_crime_was_found(),
        Row {
            code: ClockCode::T09,
            begin: || {
                let acts = [(INSURANCE, Command::Sign), (INSURANCE, Command::Accept), (INSURANCE, file())];
                through(referral(BEFORE), &acts, INSURANCE, &decide_case())
            },
            due_on: "2026-10-16",
            stop: (INSURANCE, final_feedback),
            paused: Some((Pausing::Suspension, "2026-10-20")),
            extended: Some("2026-10-30"),
            reroute: Reroute::Over(OFFICE, meeting_names_market, Some(ClockCode::T07)),
        },
        Row {
            code: ClockCode::T09b,
            begin: accepted,
            due_on: "2026-12-28",
            stop: (INSURANCE, final_feedback),
            paused: Some((Pausing::Suspension, "2027-01-05")),
            extended: Some("2027-01-26"),
            reroute: Reroute::Over(OFFICE, meeting_names_market, Some(ClockCode::T09b)),
        },
        Row {
            code: ClockCode::T18,
            begin: || {
                let acts = [(INSURANCE, Command::Sign), (INSURANCE, Command::Accept)];
                through(referral(BEFORE), &acts, INSURANCE, &final_feedback())
            },
            due_on: "2026-10-10",
            stop: (HEALTH, || Command::ConfirmFeedback(ConfirmFeedback { feedback: 1 })),
            paused: None,
            extended: None,
            reroute: Reroute::Over(OFFICE, meeting_names_market, Some(ClockCode::T07)),
        },
        Row {
            code: ClockCode::T19,
            begin: || {
                let acts =
                    [(INSURANCE, Command::Sign), (INSURANCE, Command::Accept), (INSURANCE, final_feedback())];
                through(referral(BEFORE), &acts, HEALTH, &contest())
            },
            due_on: "2026-10-10",
            stop: (OFFICE, || {
                Command::RuleContest(RuleContest { ruling: Ruling::Upheld, reason: "属实".into() })
            }),
            paused: None,
            extended: None,
            reroute: Reroute::Refused(OFFICE, meeting_names_market),
        },
    ]
}

pub fn beside_the_case() -> Vec<Row> {
    vec![
        Row {
            code: ClockCode::T10,
            begin: || {
                let acts = [(INSURANCE, Command::Sign), (INSURANCE, Command::Accept)];
                through(referral(BEFORE), &acts, INSURANCE, &extend(ClockCode::T07))
            },
            due_on: "2026-09-30",
            stop: (INSURANCE, || {
                Command::DecideExtension(DecideExtension::Refuse { reason: "不必".into() })
            }),
            paused: None,
            extended: None,
            reroute: Reroute::Over(OFFICE, meeting_names_market, Some(ClockCode::T07)),
        },
        Row {
            code: ClockCode::T14,
            begin: assisted,
            due_on: "2026-10-23",
            stop: (MARKET, final_feedback),
            paused: Some((Pausing::Suspension, "2026-10-27")),
            extended: Some("2026-10-30"),
            reroute: Reroute::Refused(OFFICE, meeting_names_market),
        },
        Row {
            code: ClockCode::T15,
            begin: || sent(TransferKind::Notice, BEGIN, Routing::Assumed, Terms::default()),
            due_on: "2026-10-08",
            stop: (INSURANCE, || Command::Sign),
            paused: None,
            extended: None,
            reroute: Reroute::Over(OFFICE, office_names_market, Some(ClockCode::T15)),
        },
        Row {
            code: ClockCode::T20,
            begin: || {
                let acts = [(INSURANCE, Command::Sign), (INSURANCE, Command::Accept)];
                through(referral(BEFORE), &acts, HEALTH, &Command::Urge(Urge { reason: "请尽快".into() }))
            },
            due_on: "2026-09-30",
            stop: (INSURANCE, || {
                Command::ReplyToUrge(ReplyToUrge { text: "将于下周办结".into(), expected_on: None })
            }),
            paused: None,
            extended: None,
            reroute: Reroute::Over(OFFICE, meeting_names_market, Some(ClockCode::T07)),
        },
        Row {
            code: ClockCode::T21,
            begin: task,
            due_on: "2026-10-16",
            stop: (INSURANCE, || {
                Command::ReportProgress(ReportProgress { text: "过半".into(), evidence: vec![] })
            }),
            paused: None,
            extended: Some("2026-10-30"),
            reroute: Reroute::Refused(OFFICE, meeting_names_market),
        },
    ]
}
