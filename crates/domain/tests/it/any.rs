//! Any command, any history: what the property tests are made of.

use crate::given::{HEALTH, INSURANCE, MARKET, OFFICE, department};
use chrono::{DateTime, NaiveDate, Utc};
use contract::action::Action;
use contract::clock::{ClockCode, LadderStep, LatenessReason, MissedCause, PauseReason, WarningMark};
use contract::event::{DueDate, DueItem, OutcomeCode, Ruling, Terms};
use contract::ids::{DepartmentId, HandoffId, TransferId};
use contract::kind::TransferKind;
use domain::assistance::commands::{HandleJointly, NewParticipant};
use domain::dispute::commands::{
    AgreeInDispute, AnswerObjection, DesignateJurisdiction, ObjectToTransfer, SubmitDispute,
};
use domain::feedback::commands::{ConfirmFeedback, ContestFeedback, GiveFeedback, RuleContest};
use domain::supervision::commands::{
    AcknowledgeFailure, DecideInMeeting, Escalate, FilePlan, ReopenTask, ReplyToUrge, ReportProgress,
    Resolution, Supervise, SuperviseAutomatically, Urge, UrgeAutomatically,
};
use domain::time_limit::commands::{
    DecideExtension, ExplainLateness, MissTimeLimit, RequestExtension, ResumeClocks, SuspendClocks,
    WarnTimeLimit,
};
use domain::transfer::commands::{
    AssignInternally, ConfirmRouting, ConvertNotice, DecideCase, FileCase, KeepTransfer, RequestSupplement,
    ResendTransfer, SupplySupplement, WithdrawTransfer,
};
use domain::{Command, Refusal, Transfer};
use proptest::prelude::*;

pub const PARTIES: [&str; 4] = [HEALTH, INSURANCE, MARKET, OFFICE];
/// How many commands [`command`] knows.
pub const COMMANDS: usize = 46;

/// A day of late 2026, the later the higher `pick`.
fn day(pick: usize) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 9, 15).unwrap() + chrono::Days::new(7 * u64::try_from(pick).unwrap())
}

/// The terms of a task with dates of its own.
pub fn dated() -> Terms {
    let due_dates = vec![
        DueDate { on: day(2), item: DueItem::Plan },
        DueDate { on: day(5), item: DueItem::Progress },
        DueDate { on: day(9), item: DueItem::Completion },
    ];
    Terms { due_dates, ..Terms::default() }
}

/// A command of every kind; `pick` varies what it says.
pub fn command(which: usize, pick: usize, id: TransferId) -> Command {
    if which < 20 { known_from_the_first_day(which, pick, id) } else { of_the_whole_life(which, pick, id) }
}

fn known_from_the_first_day(which: usize, pick: usize, id: TransferId) -> Command {
    let target = department(PARTIES[pick % 3]);
    let office = department(OFFICE);
    let reason = "事由".to_owned();
    let feedback = u32::try_from(pick % 4).unwrap();
    let is_even = pick.is_multiple_of(2);
    match which {
        0 => Command::Sign,
        1 => Command::Accept,
        2 => Command::RequestSupplement(RequestSupplement { reason, missing: vec!["材料".into()] }),
        3 => Command::SupplySupplement(SupplySupplement { note: reason, supplied: is_even }),
        4 => Command::Object(ObjectToTransfer { reason, proposed_department: target, ground: None }),
        5 if is_even => Command::AnswerObjection(AnswerObjection::Agree { note: None }),
        5 => Command::AnswerObjection(AnswerObjection::Dispute { reason }),
        6 => Command::AgreeInDispute(AgreeInDispute { department: target, id, office }),
        7 => Command::SubmitDispute(SubmitDispute { superior: is_even.then_some(office), reason }),
        8 => Command::Designate(DesignateJurisdiction { department: target, reason, id, office }),
        9 if is_even => Command::File(FileCase::Filed { case_number: None }),
        9 => Command::File(FileCase::NotFiled { reason }),
        10 => Command::Decide(DecideCase::plain(OutcomeCode::Penalty, reason)),
        11 => Command::GiveFeedback(GiveFeedback { text: reason, outcome: None, without_parts: None }),
        12 => Command::GiveFeedback(GiveFeedback {
            text: reason,
            outcome: Some(OutcomeCode::Rectified),
            without_parts: is_even.then(|| "先行答复".to_owned()),
        }),
        13 => Command::ConfirmFeedback(ConfirmFeedback { feedback }),
        14 => Command::ContestFeedback(ContestFeedback { feedback, reason }),
        15 if is_even => Command::RuleContest(RuleContest { ruling: Ruling::Upheld, reason }),
        15 => Command::RuleContest(RuleContest { ruling: Ruling::AnswerAgain, reason }),
        16 => Command::Resend(ResendTransfer { id, to: target, office }),
        17 => Command::Keep(KeepTransfer { reason }),
        18 => Command::Convert(ConvertNotice { id }),
        _ => Command::Withdraw(WithdrawTransfer { reason }),
    }
}

fn of_the_whole_life(which: usize, pick: usize, id: TransferId) -> Command {
    let target = department(PARTIES[pick % 3]);
    let office = department(OFFICE);
    let reason = "事由".to_owned();
    let code = ClockCode::ALL[pick % ClockCode::ALL.len()];
    let run = 1 + u32::try_from(pick % 3).unwrap() / 2;
    let is_even = pick.is_multiple_of(2);
    match which {
        20 => {
            let pause = PauseReason::ALL[pick % PauseReason::ALL.len()];
            Command::Suspend(SuspendClocks { reason: pause, evidence: reason, until: day(pick) })
        }
        21 => Command::Resume(ResumeClocks { evidence: reason }),
        22 => {
            let until = (code == ClockCode::T21).then(|| day(pick));
            Command::RequestExtension(RequestExtension { code, reason, until })
        }
        23 if !pick.is_multiple_of(3) => Command::DecideExtension(DecideExtension::Grant { note: None }),
        23 => Command::DecideExtension(DecideExtension::Refuse { reason }),
        24 => {
            let lateness = LatenessReason::ALL[pick % LatenessReason::ALL.len()];
            Command::ExplainLateness(ExplainLateness { code, run: None, reason: lateness, note: reason })
        }
        25 => Command::Urge(Urge { reason }),
        26 => Command::ReplyToUrge(ReplyToUrge { text: reason, expected_on: Some(day(pick)) }),
        27 => Command::Supervise(Supervise { reason }),
        28 => Command::Escalate(Escalate { step: LadderStep::ALL[pick % LadderStep::ALL.len()], reason }),
        29 => {
            let resolution = match pick % 3 {
                0 => Resolution::FixLead { department: target, id, office },
                1 => Resolution::Extend { code, until: day(pick) },
                _ => Resolution::Close,
            };
            Command::DecideInMeeting(DecideInMeeting {
                minutes: "纪要〔2026〕3号".into(),
                reason,
                resolution,
            })
        }
        30 => {
            let until = domain::civil::end_of(day(pick));
            Command::AcknowledgeFailure(AcknowledgeFailure { note: reason, until })
        }
        31 => Command::ConfirmRouting(ConfirmRouting { department: target, reason: None, id, office }),
        32 => Command::FilePlan(FilePlan { text: reason, measures: vec!["措施".into()] }),
        33 => Command::ReportProgress(ReportProgress { text: reason, evidence: vec!["照片".into()] }),
        34 => Command::Reopen(ReopenTask { reason }),
        35 => {
            let one = NewParticipant { department: target, request: reason, id, office };
            Command::HandleJointly(HandleJointly { participants: vec![one] })
        }
        36 => Command::AssignInternally(AssignInternally {
            unit: "二大队".into(),
            due_on: day(pick),
            note: None,
        }),
        37 => {
            let mark = if is_even { WarningMark::Share } else { WarningMark::ExpiryDay };
            Command::WarnTimeLimit(WarnTimeLimit { code, run, mark })
        }
        38 => Command::UrgeAutomatically(UrgeAutomatically { code, run }),
        39 => Command::SuperviseAutomatically(SuperviseAutomatically { code, run }),
        40 => Command::EndSuspension,
        41 => Command::RecalculateClocks,
        42 => Command::EndWithCase,
        43 => Command::FindCrime(HandoffId(uuid::Uuid::from_u128(9))),
        44 => Command::ReceiveCriminalOutcome(HandoffId(uuid::Uuid::from_u128(9))),
        _ => Command::MissTimeLimit(MissTimeLimit { code, run, cause: MissedCause::Idle }),
    }
}

pub fn kind() -> impl Strategy<Value = TransferKind> {
    prop_oneof![
        4 => Just(TransferKind::ClueTransfer),
        4 => Just(TransferKind::CaseReferral),
        1 => Just(TransferKind::Notice),
        2 => Just(TransferKind::SupervisionTask),
    ]
}

/// How the next act of a history is found.
#[derive(Clone, Copy, Debug)]
pub enum Choice {
    /// Any party tries any command.
    Blind {
        /// Which party.
        by: usize,
        /// Which command.
        which: usize,
    },
    /// One of the acts that are allowed, by whoever may do it.
    Allowed(usize),
    /// One of those that carry the transfer on.
    Forward(usize),
    /// A party sends something of its own in the matter.
    Onward(usize),
    /// What the watch does about one of the clocks.
    Watch(usize),
    /// A holiday notice comes out.
    NewCalendar,
}

/// One step of a history.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// Which transfer of the world.
    pub transfer: usize,
    /// What is tried.
    pub choice: Choice,
    /// What it says.
    pub pick: usize,
    /// How many hours after the step before.
    pub hours: u16,
}

/// Steps of a history, without new calendars where `calendars` is false.
pub fn steps(most: usize, calendars: bool) -> impl Strategy<Value = Vec<Step>> {
    let choice = prop_oneof![
        30 => (0..4usize, 0..COMMANDS).prop_map(|(by, which)| Choice::Blind { by, which }),
        15 => (0..1000usize).prop_map(Choice::Allowed),
        90 => (0..1000usize).prop_map(Choice::Forward),
        6 => (0..5usize).prop_map(Choice::Onward),
        30 => (0..1000usize).prop_map(Choice::Watch),
        3 => Just(if calendars { Choice::NewCalendar } else { Choice::Watch(0) }),
    ];
    let hours = prop_oneof![3 => 0..30u16, 1 => 0..300u16];
    let step = (0..6usize, choice, 0..19usize, hours).prop_map(|(transfer, choice, pick, hours)| Step {
        transfer,
        choice,
        pick,
        hours,
    });
    prop::collection::vec(step, 1..most)
}

/// An act that somebody may do now, of those the `nth`; and who.
pub fn allowed(
    transfer: &Transfer,
    is_wanted: impl Fn(Action) -> bool,
    (nth, pick): (usize, usize),
    id: TransferId,
    now: DateTime<Utc>,
) -> Option<(DepartmentId, Command)> {
    let standing = transfer.standing(now);
    let parties = PARTIES.map(department);
    let acts: Vec<_> = parties
        .iter()
        .flat_map(|by| standing.allowed_actions(by).into_iter().map(move |action| (by, action)))
        .filter(|(_, action)| is_wanted(*action))
        .collect();
    let (by, action) = acts.get(nth % acts.len().max(1))?;
    let fits = |which: &usize| command(*which, pick, id).action() == Some(*action);
    let fitting: Vec<_> = (0..COMMANDS).filter(fits).collect();
    let which = *fitting.get(pick % fitting.len().max(1))?;
    Some(((*by).clone(), of_the_clocks(transfer, by, command(which, pick, id), pick)))
}

/// Whether an act carries a transfer on, and neither ends it early nor only talks about it.
pub fn carries_on(action: Action) -> bool {
    !matches!(
        action,
        Action::Withdrawal
            | Action::Urge
            | Action::UrgeReply
            | Action::Supervision
            | Action::Escalation
            | Action::LatenessReason
            | Action::MeetingDecision
            | Action::FailureAcknowledgement
            | Action::InternalAssignment
    )
}

/// An act that names a clock or a feedback names one that is there.
fn of_the_clocks(transfer: &Transfer, by: &DepartmentId, command: Command, pick: usize) -> Command {
    let own: Vec<_> = transfer.clocks.iter().filter(|clock| clock.owner == *by).collect();
    let nth = own.get(pick % own.len().max(1)).map(|clock| clock.code);
    let waiting = transfer.feedback.last().map_or(0, |given| given.feedback.feedback);
    match (command, nth) {
        (Command::RequestExtension(asked), Some(code)) => {
            let until = asked
                .until
                .filter(|_| code == ClockCode::T21)
                .or((code == ClockCode::T21).then(|| day(pick)));
            Command::RequestExtension(RequestExtension { code, until, ..asked })
        }
        (Command::ExplainLateness(said), Some(code)) => {
            Command::ExplainLateness(ExplainLateness { code, ..said })
        }
        (Command::ConfirmFeedback(_), _) => Command::ConfirmFeedback(ConfirmFeedback { feedback: waiting }),
        (Command::ContestFeedback(said), _) => {
            Command::ContestFeedback(ContestFeedback { feedback: waiting, ..said })
        }
        (command, _) => command,
    }
}

/// What the watch may try with a clock of the transfer.
pub fn watched(transfer: &Transfer, nth: usize) -> Option<(DepartmentId, Command)> {
    let clock = transfer.clocks.get(nth / 11 % transfer.clocks.len().max(1))?;
    let (code, run) = (clock.code, clock.run);
    let command = match nth % 11 {
        0 | 1 => Command::WarnTimeLimit(WarnTimeLimit { code, run, mark: WarningMark::ALL[nth % 2] }),
        2 | 3 => Command::MissTimeLimit(MissTimeLimit { code, run, cause: MissedCause::Idle }),
        4 => Command::UrgeAutomatically(UrgeAutomatically { code, run }),
        5 => Command::SuperviseAutomatically(SuperviseAutomatically { code, run }),
        6 => Command::EndSuspension,
        7 => Command::EndWithCase,
        8 => Command::FindCrime(HandoffId(uuid::Uuid::from_u128(9))),
        9 => Command::ReceiveCriminalOutcome(HandoffId(uuid::Uuid::from_u128(9))),
        _ => Command::RecalculateClocks,
    };
    Some((clock.owner.clone(), command))
}

/// What is refused because of what the command says, and not because of whose turn it is.
pub fn is_refused_by_content(refusal: &Refusal, attempt: &Command) -> bool {
    match refusal {
        Refusal::FeedbackUnknown { .. }
        | Refusal::NothingToSuspend { .. }
        | Refusal::SuspensionOver { .. }
        | Refusal::SuspensionTooLong { .. }
        | Refusal::AcknowledgementTooLong { .. }
        | Refusal::ClockNotRunning { .. }
        | Refusal::NotExtendable { .. }
        | Refusal::ExtensionAfterExpiry { .. }
        | Refusal::ExtensionsUsedUp { .. }
        | Refusal::ExtensionDay { .. }
        | Refusal::NotLate { .. }
        | Refusal::StandardUnknown
        | Refusal::EscalationTooEarly { .. }
        | Refusal::AcknowledgementOver
        | Refusal::NothingFailed
        | Refusal::LeadNotPossible { .. }
        | Refusal::PartsOutstanding { .. }
        | Refusal::OutsideOuterClock { .. } => true,
        // Of feedback, only an interim one may be repeated at will.
        Refusal::TooManyEvents { .. } => matches!(attempt, Command::GiveFeedback(_)),
        Refusal::NoCommonSuperior { .. } => matches!(attempt, Command::SubmitDispute(_)),
        Refusal::OutOfTurn { .. } | Refusal::AlreadyDone { .. } => {
            matches!(attempt, Command::Urge(_) | Command::Escalate(_))
        }
        Refusal::WrongKind { .. }
        | Refusal::WrongParty { .. }
        | Refusal::Ended { .. }
        | Refusal::ObjectionAlreadyRaised
        | Refusal::ObjectionNotAllowed
        | Refusal::ContestAlreadyRaised
        | Refusal::ConfirmationTooEarly
        | Refusal::ReferralOnwardForbidden { .. }
        | Refusal::ClueOnwardForbidden { .. }
        | Refusal::ClockNotMissed
        | Refusal::NotSuspended
        | Refusal::ResumeFirst
        | Refusal::DesignationBinding
        | Refusal::AssistanceNeedsCase
        | Refusal::ReinspectionTooEarly
        | Refusal::NobodyNamed
        | Refusal::LegalReviewRequired { .. }
        | Refusal::MaterialsMissing { .. }
        | Refusal::StepNotDue
        | Refusal::NothingLate
        | Refusal::NothingToRecalculate
        | Refusal::UnknownRulePack(_) => false,
    }
}
