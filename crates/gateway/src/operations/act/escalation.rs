//! `POST /v1/transfers/{id}/escalation`: go beyond supervision 通报、约谈、挂牌督办、问责建议.

use super::{Act, ActCall, Context, TransferPath};
use crate::answers::problem::WriteProblems;
use crate::answers::transfer::TransferAnswer;
use crate::body::{ReadBody, Reading};
use crate::fields::{Choice, Fields};
use crate::problem::Problem;
use crate::writing::WriteHeaders;
use axum::response::Response;
use contract::action::Action;
use contract::clock::LadderStep;
use contract::limits::REASON_MAX_CHARACTERS;
use domain::Command;
use domain::supervision::commands::Escalate;
use utoipa::ToSchema;

/// Which step, and why.
#[derive(ToSchema)]
pub(crate) struct EscalationBody {
    /// Which step.
    pub(crate) step: EscalationStep,
    /// Why.
    #[schema(min_length = 1, max_length = 2000)]
    pub(crate) reason: String,
}

impl ReadBody for EscalationBody {
    fn read(fields: &Fields<'_>, _: &Reading<'_>) -> Option<Self> {
        let step = fields.choice("step");
        let reason = fields.text("reason", REASON_MAX_CHARACTERS);
        Some(Self { step: step?, reason: reason? })
    }
}

impl Act for EscalationBody {
    const ACTION: Action = Action::Escalation;

    fn command(self, _: &Context<'_>) -> Command {
        Command::Escalate(Escalate { step: self.step.into(), reason: self.reason })
    }
}

/// A step of the ladder that is an act of the office.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ToSchema)]
#[schema(rename_all = "snake_case")]
pub(crate) enum EscalationStep {
    /// 通报.
    Criticised,
    /// 约谈.
    TalkHeld,
    /// 挂牌督办.
    SupervisionListed,
    /// 问责建议.
    AccountabilityProposed,
}

impl From<EscalationStep> for LadderStep {
    fn from(step: EscalationStep) -> Self {
        match step {
            EscalationStep::Criticised => Self::Criticised,
            EscalationStep::TalkHeld => Self::TalkHeld,
            EscalationStep::SupervisionListed => Self::SupervisionListed,
            EscalationStep::AccountabilityProposed => Self::AccountabilityProposed,
        }
    }
}

impl Choice for EscalationStep {
    fn names() -> Vec<&'static str> {
        Escalate::STEPS.into_iter().map(LadderStep::name).collect()
    }

    fn choose(name: &str) -> Option<Self> {
        let all = [Self::Criticised, Self::TalkHeld, Self::SupervisionListed, Self::AccountabilityProposed];
        all.into_iter().find(|step| LadderStep::from(*step).name() == name)
    }
}

/// Go beyond supervision 通报、约谈、挂牌督办、问责建议
///
/// A supervisor of the coordination office, once supervision has lasted the working days that the rule pack names; each step
/// once, and none below one that was taken.
#[utoipa::path(
    post,
    path = "/v1/transfers/{id}/escalation",
    tag = "act",
    params(TransferPath, WriteHeaders),
    request_body = EscalationBody,
    responses((status = 200, description = "The transfer after the act", body = TransferAnswer), WriteProblems)
)]
pub(crate) async fn escalate(call: ActCall) -> Result<Response, Problem> {
    call.carry_out::<EscalationBody>().await
}
