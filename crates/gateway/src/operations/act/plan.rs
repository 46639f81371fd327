//! `POST /v1/transfers/{id}/plan`: file the plan of a task 报送整改方案.

use super::{Act, ActCall, Context, TransferPath};
use crate::answers::problem::WriteProblems;
use crate::answers::transfer::TransferAnswer;
use crate::body::{ReadBody, Reading};
use crate::fields::Fields;
use crate::problem::Problem;
use crate::writing::WriteHeaders;
use axum::response::Response;
use contract::action::Action;
use contract::limits::{MATERIALS_MAX, TEXT_MAX_CHARACTERS, TITLE_MAX_CHARACTERS};
use domain::Command;
use domain::supervision::commands::FilePlan;
use utoipa::ToSchema;

/// The plan.
#[derive(ToSchema)]
pub(crate) struct PlanBody {
    /// The plan in short.
    #[schema(min_length = 1, max_length = 4000)]
    pub(crate) text: String,
    /// Its measures, one by one.
    #[schema(max_items = 50, required = false)]
    pub(crate) measures: Vec<String>,
}

impl ReadBody for PlanBody {
    fn read(fields: &Fields<'_>, _: &Reading<'_>) -> Option<Self> {
        let text = fields.text("text", TEXT_MAX_CHARACTERS);
        let measures = fields.texts("measures", MATERIALS_MAX, TITLE_MAX_CHARACTERS);
        Some(Self { text: text?, measures: measures? })
    }
}

impl Act for PlanBody {
    const ACTION: Action = Action::Plan;

    fn command(self, _: &Context<'_>) -> Command {
        Command::FilePlan(FilePlan { text: self.text, measures: self.measures })
    }
}

/// File the plan of a task 报送整改方案
///
/// The department that has the task says how it will put things right.
#[utoipa::path(
    post,
    path = "/v1/transfers/{id}/plan",
    tag = "act",
    params(TransferPath, WriteHeaders),
    request_body = PlanBody,
    responses((status = 200, description = "The transfer after the act", body = TransferAnswer), WriteProblems)
)]
pub(crate) async fn file_plan(call: ActCall) -> Result<Response, Problem> {
    call.carry_out::<PlanBody>().await
}
