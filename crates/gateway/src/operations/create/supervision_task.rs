//! `POST /v1/supervision-tasks`: send a supervision task 督办事项, to one department or to several at once.

use super::addressee::Addressing;
use super::new_task::{NewDueDate, NewTask, Receivers, check_overseen};
use super::{Create, CreateCall, NewTransfer, Parts};
use crate::answers::problem::WriteProblems;
use crate::answers::transfer::TransferAnswer;
use crate::body::{ReadBody, Reading};
use crate::fields::Fields;
use crate::problem::{Problem, plain};
use crate::writing::WriteHeaders;
use axum::response::Response;
use chrono::NaiveDate;
use contract::event::{DueItem, TaskPurpose};
use contract::ids::DepartmentId;
use contract::kind::TransferKind;
use contract::limits::{MATERIALS_MAX, TITLE_MAX_CHARACTERS};
use contract::problem::ProblemCode;
use domain::civil;
use serde::Serialize;
use utoipa::ToSchema;

/// A new supervision task. `to`, `subject_matter` or `departments` says where it goes.
#[derive(Serialize, ToSchema)]
pub(crate) struct NewSupervisionTask {
    /// What all transfers have.
    #[serde(flatten)]
    pub(crate) transfer: NewTransfer,
    /// The departments that have to do it, each with a task of its own within one matter. A set of departments stands for
    /// its members; where the source does not name all of them, the answer says `Casebus-Group-Complete: false`. The
    /// more there are, the shorter the body: both multiplied stay within 8 MiB.
    #[schema(max_items = 200, required = false)]
    pub(crate) departments: Vec<DepartmentId>,
    /// The day by which it is to be done.
    pub(crate) deadline: Option<NaiveDate>,
    /// The task's own dates: of the plan, of reports, of its completion.
    #[schema(max_items = 50, required = false)]
    pub(crate) due_dates: Vec<NewDueDate>,
    /// The measures 整改措施 that it asks for.
    #[schema(max_items = 50, required = false)]
    pub(crate) measures: Vec<String>,
    /// What it is for.
    pub(crate) purpose: Option<TaskPurpose>,
    #[serde(skip)]
    #[schema(ignore)]
    is_incomplete: bool,
}

impl ReadBody for NewSupervisionTask {
    fn read(fields: &Fields<'_>, reading: &Reading<'_>) -> Option<Self> {
        let receivers = Receivers::read(fields, reading);
        let addressing = if fields.has("departments") { Addressing::Several } else { Addressing::Task };
        let transfer = NewTransfer::read_as(fields, reading, addressing);
        let today = civil::day_of(reading.now);
        let deadline = fields.optional_day("deadline");
        fields.not_over("deadline", deadline, today);
        let due_dates = NewDueDate::read_all(fields, reading);
        let measures = fields.texts("measures", MATERIALS_MAX, TITLE_MAX_CHARACTERS);
        let purpose = fields.optional_choice("purpose");
        if purpose == Some(TaskPurpose::Reinspection) {
            fields.require("origin");
        }
        let (transfer, due_dates) = (transfer?, due_dates?);
        let completion =
            due_dates.iter().filter(|date| date.item == DueItem::Completion).map(|date| date.on).max();
        if completion.is_some() && deadline.is_some_and(|deadline| Some(deadline) != completion) {
            fields.wrong("deadline", ProblemCode::FieldConflict, vec![("other", plain("due_dates"))]);
        }
        if addressing == Addressing::Task {
            check_overseen(fields, reading, &transfer, purpose);
        }
        let Receivers { departments, is_incomplete } = receivers?;
        Some(Self { transfer, departments, deadline, due_dates, measures: measures?, purpose, is_incomplete })
    }
}

impl Create for NewSupervisionTask {
    const KIND: TransferKind = TransferKind::SupervisionTask;

    fn parts(self) -> Parts {
        let task = NewTask {
            receivers: Receivers { departments: self.departments, is_incomplete: self.is_incomplete },
            deadline: self.deadline,
            due_dates: self.due_dates.into_iter().map(NewDueDate::into_date).collect(),
            measures: self.measures,
            purpose: self.purpose,
        };
        Parts { transfer: self.transfer, task }
    }
}

/// Send a supervision task 督办事项
///
/// A task that a superior watches: by a coordination office or a government to departments of its region; or by any
/// department to look again at what it had sent and what was closed. It cannot be refused, and is accepted with the
/// signature. Sent to several departments, the answer is the first task and `Location` the ledger of all.
#[utoipa::path(
    post,
    path = "/v1/supervision-tasks",
    tag = "create",
    params(WriteHeaders),
    request_body = NewSupervisionTask,
    responses((status = 201, description = "The task, delivered", body = TransferAnswer), WriteProblems)
)]
pub(crate) async fn send_supervision_task(call: CreateCall) -> Result<Response, Problem> {
    call.carry_out::<NewSupervisionTask>().await
}
