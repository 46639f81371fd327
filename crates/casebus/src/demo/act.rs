//! Acts of a story: by whom each is done, and the command that it becomes.

use super::ids::linked_id;
use super::minutes::Script;
use anyhow::{Context, bail};
use chrono::Days;
use contract::clock::{ClockCode, PauseReason};
use contract::event::{ObjectionGround, OutcomeCode, Ruling};
use contract::ids::DepartmentId;
use domain::civil;
use domain::dispute::commands::{
    AgreeInDispute, AnswerObjection, DesignateJurisdiction, ObjectToTransfer, SubmitDispute,
};
use domain::feedback::commands::{ConfirmFeedback, ContestFeedback, GiveFeedback, RuleContest};
use domain::registry::Registry;
use domain::supervision::commands::{ReplyToUrge, Urge};
use domain::time_limit::commands::{DecideExtension, RequestExtension, ResumeClocks, SuspendClocks};
use domain::transfer::State;
use domain::transfer::commands::{
    ConvertNotice, DecideCase, FileCase, KeepTransfer, RequestSupplement, ResendTransfer, SupplySupplement,
    WithdrawTransfer,
};
use domain::{Command, Transfer};
use serde::Deserialize;

/// An act, as the stories name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Act {
    Sign,
    Accept,
    RequestSupplement,
    Supply,
    Object,
    Agree,
    Dispute,
    SenderPosition,
    ReceiverPosition,
    Submit,
    Designate,
    File,
    NotFile,
    Decide,
    Interim,
    Final,
    Confirm,
    Contest,
    Uphold,
    AnswerAgain,
    Resend,
    Keep,
    Convert,
    Withdraw,
    Suspend,
    Resume,
    AskExtension,
    GrantExtension,
    Urge,
    ReplyToUrge,
}

/// How many days a suspension of a story lasts at most.
const SUSPENDED_DAYS: Days = Days::new(20);

impl Act {
    /// Who does it, on a transfer as it stands.
    pub(crate) fn by(self, transfer: &Transfer) -> DepartmentId {
        let reference = &transfer.reference;
        match self {
            Self::Sign
            | Self::Accept
            | Self::RequestSupplement
            | Self::Object
            | Self::ReceiverPosition
            | Self::File
            | Self::NotFile
            | Self::Decide
            | Self::Interim
            | Self::Final
            | Self::Suspend
            | Self::Resume
            | Self::AskExtension
            | Self::GrantExtension
            | Self::ReplyToUrge
            | Self::Convert => reference.to.clone(),
            Self::Supply
            | Self::Agree
            | Self::Dispute
            | Self::SenderPosition
            | Self::Submit
            | Self::Resend
            | Self::Keep
            | Self::Urge
            | Self::Withdraw => reference.from.clone(),
            Self::Confirm | Self::Contest => transfer.approver().clone(),
            Self::Designate => transfer.holder().unwrap_or(&transfer.sent.office).clone(),
            Self::Uphold | Self::AnswerAgain => transfer.sent.office.clone(),
        }
    }

    /// The command that it becomes; `step` tells it from the other acts of the story.
    #[expect(clippy::too_many_lines, reason = "one arm for each act")]
    pub(crate) fn command(
        self,
        script: &Script,
        step: usize,
        transfer: &Transfer,
        registry: &Registry,
    ) -> anyhow::Result<Command> {
        let say = || script.text(self);
        let id = linked_id(&script.name, step);
        let from = &transfer.reference.from;
        let other = || script.other.clone().context("the story names no other department");
        let office_to = |to: &DepartmentId| registry.office_between(from, to);
        Ok(match self {
            Self::Sign => Command::Sign,
            Self::Accept => Command::Accept,
            Self::RequestSupplement => {
                let missing = script.missing.clone();
                Command::RequestSupplement(RequestSupplement { reason: say(), missing })
            }
            Self::Supply => Command::SupplySupplement(SupplySupplement { note: say(), supplied: true }),
            Self::Object => Command::Object(ObjectToTransfer {
                reason: say(),
                proposed_department: other()?,
                ground: Some(ObjectionGround::NotOurDuty),
            }),
            Self::Agree => Command::AnswerObjection(AnswerObjection::Agree { note: Some(say()) }),
            Self::Dispute => Command::AnswerObjection(AnswerObjection::Dispute { reason: say() }),
            Self::SenderPosition | Self::ReceiverPosition => {
                let department = other()?;
                let office = office_to(&department);
                Command::AgreeInDispute(AgreeInDispute { department, id, office })
            }
            Self::Submit => {
                let superior = registry.common_superior(from, &transfer.reference.to);
                Command::SubmitDispute(SubmitDispute { superior, reason: say() })
            }
            Self::Designate => {
                let department = other()?;
                let office = office_to(&department);
                Command::Designate(DesignateJurisdiction { department, reason: say(), id, office })
            }
            Self::File => Command::File(FileCase::Filed { case_number: Some(case_number(transfer)) }),
            Self::NotFile => Command::File(FileCase::NotFiled { reason: say() }),
            Self::Decide => Command::Decide(DecideCase::plain(script.outcome, say())),
            Self::Interim => {
                Command::GiveFeedback(GiveFeedback { text: say(), outcome: None, without_parts: None })
            }
            Self::Final => Command::GiveFeedback(GiveFeedback {
                text: say(),
                outcome: Some(script.outcome),
                without_parts: None,
            }),
            Self::Confirm => Command::ConfirmFeedback(ConfirmFeedback { feedback: waiting(transfer)? }),
            Self::Contest => {
                Command::ContestFeedback(ContestFeedback { feedback: waiting(transfer)?, reason: say() })
            }
            Self::Uphold => Command::RuleContest(RuleContest { ruling: Ruling::Upheld, reason: say() }),
            Self::AnswerAgain => {
                Command::RuleContest(RuleContest { ruling: Ruling::AnswerAgain, reason: say() })
            }
            Self::Resend => {
                let to = other()?;
                let office = office_to(&to);
                Command::Resend(ResendTransfer { id, to, office })
            }
            Self::Keep => Command::Keep(KeepTransfer { reason: say() }),
            Self::Convert => Command::Convert(ConvertNotice { id }),
            Self::Withdraw => Command::Withdraw(WithdrawTransfer { reason: say() }),
            Self::Suspend => {
                let until = civil::day_of(transfer.updated_at) + SUSPENDED_DAYS;
                Command::Suspend(SuspendClocks { reason: PauseReason::Appraisal, evidence: say(), until })
            }
            Self::Resume => Command::Resume(ResumeClocks { evidence: say() }),
            Self::AskExtension => {
                let code = ClockCode::T07;
                Command::RequestExtension(RequestExtension { code, reason: say(), until: None })
            }
            Self::GrantExtension => Command::DecideExtension(DecideExtension::Grant { note: Some(say()) }),
            Self::Urge => Command::Urge(Urge { reason: say() }),
            Self::ReplyToUrge => Command::ReplyToUrge(ReplyToUrge { text: say(), expected_on: None }),
        })
    }
}

/// The final feedback that waits for an answer.
fn waiting(transfer: &Transfer) -> anyhow::Result<u32> {
    match transfer.feedback.last() {
        Some(given) if matches!(transfer.state, State::Answered { .. }) => Ok(given.feedback.feedback),
        Some(_) | None => bail!("the story answers a feedback that does not wait"),
    }
}

fn case_number(transfer: &Transfer) -> String {
    format!("{}案〔{}〕{}号", transfer.reference.to.division(), transfer.sent.number_year, transfer.position)
}

/// What came out of a story that does not say.
pub(crate) const fn usual_outcome() -> OutcomeCode {
    OutcomeCode::CorrectionOrdered
}
