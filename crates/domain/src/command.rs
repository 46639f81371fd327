//! All acts on a transfer in one list, and the decision on each.

use crate::assistance::commands::{HandleJointly, criminal_side, end_with_case};
use crate::course::Decision;
use crate::dispute::commands::{
    AgreeInDispute, AnswerObjection, DesignateJurisdiction, ObjectToTransfer, SubmitDispute,
};
use crate::feedback::commands::{ConfirmFeedback, ContestFeedback, GiveFeedback, RuleContest};
use crate::refusal::Refusal;
use crate::rules::Rules;
use crate::supervision::commands::{
    AcknowledgeFailure, DecideInMeeting, Escalate, FilePlan, ReopenTask, ReplyToUrge, ReportProgress,
    Supervise, SuperviseAutomatically, Urge, UrgeAutomatically,
};
use crate::time_limit::commands::{
    DecideExtension, ExplainLateness, MissTimeLimit, RequestExtension, ResumeClocks, SuspendClocks,
    WarnTimeLimit, end_suspension, recalculate_clocks,
};
use crate::transfer::commands::{
    AssignInternally, ConfirmRouting, ConvertNotice, DecideCase, FileCase, KeepTransfer, RequestSupplement,
    ResendTransfer, SupplySupplement, WithdrawTransfer, accept_transfer, sign_transfer,
};
use crate::transfer::state::Transfer;
use chrono::{DateTime, Utc};
use contract::action::Action;
use contract::ids::{DepartmentId, HandoffId};

/// An act on a transfer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// 签收; for a notice: read.
    Sign,
    /// 受理.
    Accept,
    /// 要求补正.
    RequestSupplement(RequestSupplement),
    /// 补正.
    SupplySupplement(SupplySupplement),
    /// 提出管辖异议.
    Object(ObjectToTransfer),
    /// 答复异议.
    AnswerObjection(AnswerObjection),
    /// 协商一致.
    AgreeInDispute(AgreeInDispute),
    /// 报请共同上级.
    SubmitDispute(SubmitDispute),
    /// 指定管辖.
    Designate(DesignateJurisdiction),
    /// 立案 or 不予立案.
    File(FileCase),
    /// 处理决定.
    Decide(DecideCase),
    /// 结果反馈.
    GiveFeedback(GiveFeedback),
    /// 确认反馈.
    ConfirmFeedback(ConfirmFeedback),
    /// 对反馈提出异议.
    ContestFeedback(ContestFeedback),
    /// 裁定.
    RuleContest(RuleContest),
    /// 重新移送.
    Resend(ResendTransfer),
    /// 自行处理.
    Keep(KeepTransfer),
    /// 转为线索.
    Convert(ConvertNotice),
    /// 撤回.
    Withdraw(WithdrawTransfer),
    /// 中止.
    Suspend(SuspendClocks),
    /// 恢复.
    Resume(ResumeClocks),
    /// 申请延期.
    RequestExtension(RequestExtension),
    /// 审批延期.
    DecideExtension(DecideExtension),
    /// 说明逾期原因.
    ExplainLateness(ExplainLateness),
    /// 催办.
    Urge(Urge),
    /// 答复催办.
    ReplyToUrge(ReplyToUrge),
    /// 督办.
    Supervise(Supervise),
    /// 通报、约谈、挂牌督办、问责建议.
    Escalate(Escalate),
    /// 会议决定.
    DecideInMeeting(DecideInMeeting),
    /// 确认已知情况.
    AcknowledgeFailure(AcknowledgeFailure),
    /// 确认承办部门.
    ConfirmRouting(ConfirmRouting),
    /// 报送整改方案.
    FilePlan(FilePlan),
    /// 报送进展.
    ReportProgress(ReportProgress),
    /// 重新开启.
    Reopen(ReopenTask),
    /// 联合办理.
    HandleJointly(HandleJointly),
    /// 内部交办.
    AssignInternally(AssignInternally),
    /// A clock ran out: the watch's act.
    MissTimeLimit(MissTimeLimit),
    /// A clock will run out: the watch's act.
    WarnTimeLimit(WarnTimeLimit),
    /// A clock ran out and its owner does not move: the watch's act.
    UrgeAutomatically(UrgeAutomatically),
    /// And it still does not: the watch's act.
    SuperviseAutomatically(SuperviseAutomatically),
    /// The last day of a suspension is over: the watch's act.
    EndSuspension,
    /// Another holiday calendar is in force: the watch's act.
    RecalculateClocks,
    /// The receiver opened a criminal handoff that grew from it: written with the opening.
    FindCrime(HandoffId),
    /// The criminal side is over: written with the act that ends it.
    ReceiveCriminalOutcome(HandoffId),
    /// The case that a request for assistance serves has ended: the watch's act.
    EndWithCase,
}

impl Command {
    /// The act's name; the watch's own act has none.
    pub const fn action(&self) -> Option<Action> {
        match self {
            Self::Sign => Some(Action::Receipt),
            Self::Accept => Some(Action::Acceptance),
            Self::RequestSupplement(_) => Some(Action::SupplementRequest),
            Self::SupplySupplement(_) => Some(Action::Supplement),
            Self::Object(_) => Some(Action::Objection),
            Self::AnswerObjection(_) => Some(Action::ObjectionAnswer),
            Self::AgreeInDispute(_) => Some(Action::DisputeAgreement),
            Self::SubmitDispute(_) => Some(Action::DisputeSubmission),
            Self::Designate(_) => Some(Action::Designation),
            Self::File(_) => Some(Action::Filing),
            Self::Decide(_) => Some(Action::Decision),
            Self::GiveFeedback(_) => Some(Action::Feedback),
            Self::ConfirmFeedback(_) => Some(Action::FeedbackConfirmation),
            Self::ContestFeedback(_) => Some(Action::FeedbackContest),
            Self::RuleContest(_) => Some(Action::ContestRuling),
            Self::Resend(_) => Some(Action::Resending),
            Self::Keep(_) => Some(Action::Keeping),
            Self::Convert(_) => Some(Action::Conversion),
            Self::Withdraw(_) => Some(Action::Withdrawal),
            Self::Suspend(_) => Some(Action::Suspension),
            Self::Resume(_) => Some(Action::Resumption),
            Self::RequestExtension(_) => Some(Action::Extension),
            Self::DecideExtension(_) => Some(Action::ExtensionDecision),
            Self::ExplainLateness(_) => Some(Action::LatenessReason),
            Self::Urge(_) => Some(Action::Urge),
            Self::ReplyToUrge(_) => Some(Action::UrgeReply),
            Self::Supervise(_) => Some(Action::Supervision),
            Self::Escalate(_) => Some(Action::Escalation),
            Self::DecideInMeeting(_) => Some(Action::MeetingDecision),
            Self::AcknowledgeFailure(_) => Some(Action::FailureAcknowledgement),
            Self::ConfirmRouting(_) => Some(Action::RoutingConfirmation),
            Self::FilePlan(_) => Some(Action::Plan),
            Self::ReportProgress(_) => Some(Action::Progress),
            Self::Reopen(_) => Some(Action::Reopening),
            Self::HandleJointly(_) => Some(Action::JointHandling),
            Self::AssignInternally(_) => Some(Action::InternalAssignment),
            Self::MissTimeLimit(_)
            | Self::WarnTimeLimit(_)
            | Self::UrgeAutomatically(_)
            | Self::SuperviseAutomatically(_)
            | Self::EndSuspension
            | Self::RecalculateClocks
            | Self::FindCrime(_)
            | Self::ReceiveCriminalOutcome(_)
            | Self::EndWithCase => None,
        }
    }
}

/// Decides an act of a department on a transfer at a moment: its events, or why not. `upstream` is the transfer that
/// this one assists, where it assists one ([`Transfer::assists`]).
pub fn decide(
    transfer: &Transfer,
    upstream: Option<&Transfer>,
    command: &Command,
    by: &DepartmentId,
    now: DateTime<Utc>,
    rules: &Rules,
) -> Result<Decision, Refusal> {
    // Also when the watch has not seen it: a suspension whose last day is over has ended with that day.
    if let Some((resumed, settled)) = end_suspension::settle(transfer, now, rules)?
        && !matches!(command, Command::EndSuspension)
    {
        let decision = decide_now(&settled, upstream, command, by, now, rules)?;
        return Ok(resumed.before(decision));
    }
    decide_now(transfer, upstream, command, by, now, rules)
}

fn decide_now(
    transfer: &Transfer,
    upstream: Option<&Transfer>,
    command: &Command,
    by: &DepartmentId,
    now: DateTime<Utc>,
    rules: &Rules,
) -> Result<Decision, Refusal> {
    if let Some(action) = command.action() {
        crate::transfer::permit(&transfer.standing(now), action, by)?;
    }
    let act = Act { transfer, upstream, by, now, rules };
    match command {
        Command::Sign => sign_transfer::decide(&act),
        Command::Accept => accept_transfer::decide(&act),
        Command::RequestSupplement(command) => command.decide(&act),
        Command::SupplySupplement(command) => command.decide(&act),
        Command::Object(command) => command.decide(&act),
        Command::AnswerObjection(command) => command.decide(&act),
        Command::AgreeInDispute(command) => command.decide(&act),
        Command::SubmitDispute(command) => command.decide(&act),
        Command::Designate(command) => command.decide(&act),
        Command::File(command) => command.decide(&act),
        Command::Decide(command) => command.decide(&act),
        Command::GiveFeedback(command) => command.decide(&act),
        Command::ConfirmFeedback(command) => command.decide(&act),
        Command::ContestFeedback(command) => command.decide(&act),
        Command::RuleContest(command) => command.decide(&act),
        Command::Resend(command) => command.decide(&act),
        Command::Keep(command) => command.decide(&act),
        Command::Convert(command) => command.decide(&act),
        Command::Withdraw(command) => command.decide(&act),
        Command::Suspend(command) => command.decide(&act),
        Command::Resume(command) => command.decide(&act),
        Command::RequestExtension(command) => command.decide(&act),
        Command::DecideExtension(command) => command.decide(&act),
        Command::ExplainLateness(command) => command.decide(&act),
        Command::Urge(command) => command.decide(&act),
        Command::ReplyToUrge(command) => command.decide(&act),
        Command::Supervise(command) => command.decide(&act),
        Command::Escalate(command) => command.decide(&act),
        Command::DecideInMeeting(command) => command.decide(&act),
        Command::AcknowledgeFailure(command) => command.decide(&act),
        Command::ConfirmRouting(command) => command.decide(&act),
        Command::FilePlan(command) => command.decide(&act),
        Command::ReportProgress(command) => command.decide(&act),
        Command::Reopen(command) => command.decide(&act),
        Command::HandleJointly(command) => command.decide(&act),
        Command::AssignInternally(command) => command.decide(&act),
        Command::MissTimeLimit(command) => command.decide(&act),
        Command::WarnTimeLimit(command) => command.decide(&act),
        Command::UrgeAutomatically(command) => command.decide(&act),
        Command::SuperviseAutomatically(command) => command.decide(&act),
        Command::EndSuspension => end_suspension::decide(&act),
        Command::RecalculateClocks => recalculate_clocks::decide(&act),
        Command::FindCrime(handoff) => criminal_side::find_crime(&act, *handoff),
        Command::ReceiveCriminalOutcome(handoff) => criminal_side::receive_outcome(&act, *handoff),
        Command::EndWithCase => end_with_case::decide(&act),
    }
}

/// A permitted act: on what, by whom, when, under which rules.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Act<'a> {
    pub(crate) transfer: &'a Transfer,
    pub(crate) upstream: Option<&'a Transfer>,
    pub(crate) by: &'a DepartmentId,
    pub(crate) now: DateTime<Utc>,
    pub(crate) rules: &'a Rules,
}

impl<'a> Act<'a> {
    /// The course of events that goes on from the transfer.
    pub(crate) fn course(&self) -> Result<crate::course::Course<'a>, Refusal> {
        crate::course::Course::of(self.transfer, self.now, self.rules)
    }
}
