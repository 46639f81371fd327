//! All acts on a transfer in one list, and the decision on each.

use crate::course::Decision;
use crate::dispute::commands::{
    AgreeInDispute, AnswerObjection, DesignateJurisdiction, ObjectToTransfer, SubmitDispute,
};
use crate::feedback::commands::{ConfirmFeedback, ContestFeedback, GiveFeedback, RuleContest};
use crate::refusal::Refusal;
use crate::rules::Rules;
use crate::transfer::commands::{
    ConvertNotice, DecideCase, FileCase, KeepTransfer, MissTimeLimit, RequestSupplement, ResendTransfer,
    SupplySupplement, WithdrawTransfer, accept_transfer, sign_transfer,
};
use crate::transfer::state::Transfer;
use chrono::{DateTime, Utc};
use contract::action::Action;
use contract::ids::DepartmentId;

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
    /// A clock ran out: the watch's act.
    MissTimeLimit(MissTimeLimit),
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
            Self::MissTimeLimit(_) => None,
        }
    }
}

/// Decides an act of a department on a transfer at a moment: its events, or why not.
pub fn decide(
    transfer: &Transfer,
    command: &Command,
    by: &DepartmentId,
    now: DateTime<Utc>,
    rules: &Rules,
) -> Result<Decision, Refusal> {
    if let Some(action) = command.action() {
        crate::transfer::permit(&transfer.standing(now), action, by)?;
    }
    let act = Act { transfer, by, now, rules };
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
        Command::MissTimeLimit(command) => command.decide(&act),
    }
}

/// A permitted act: on what, by whom, when, under which rules.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Act<'a> {
    pub(crate) transfer: &'a Transfer,
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
