//! What only a supervision task says when it is sent: to whom, by when, what for.

use super::NewTransfer;
use crate::body::{ReadBody, Reading};
use crate::fields::Fields;
use crate::problem::{Named, Problem, plain};
use chrono::NaiveDate;
use contract::event::{DueDate, DueItem, TaskPurpose};
use contract::ids::DepartmentId;
use contract::limits::MATERIALS_MAX;
use contract::problem::ProblemCode;
use domain::civil;
use domain::registry::{DepartmentType, Route};
use serde::Serialize;
use utoipa::ToSchema;

/// How many departments one task may go to.
pub(super) const DEPARTMENTS_MAX: usize = 200;

/// How many bytes the tasks of one request may have together: each department gets what the body says.
const TASKS_MAX_BYTES: usize = 8 * 1024 * 1024;

/// Refuses a body that would become too much, because it goes to many departments.
pub(super) fn check_size(departments: usize, body_bytes: usize) -> Result<(), Problem> {
    let limit = TASKS_MAX_BYTES / departments.max(1);
    if departments > 0 && body_bytes > limit {
        return Err(Problem::naming(ProblemCode::RequestTooLarge, vec![("limit", plain(limit))]));
    }
    Ok(())
}

/// What only a task says; nothing of it in other kinds.
#[derive(Default)]
pub(crate) struct NewTask {
    /// To whom, where several departments are named.
    pub(super) receivers: Receivers,
    /// The day by which it is to be done.
    pub(super) deadline: Option<NaiveDate>,
    /// Its own dates, in order.
    pub(super) due_dates: Vec<DueDate>,
    /// The measures that it asks for.
    pub(super) measures: Vec<String>,
    /// What it is for.
    pub(super) purpose: Option<TaskPurpose>,
}

impl NewTask {
    /// The last day of the task, and its own dates with it. The deadline is the day of completion where no other is
    /// named.
    pub(super) fn dates(&self) -> (Option<NaiveDate>, Vec<DueDate>) {
        let completion = self.due_dates.iter().filter(|date| date.item == DueItem::Completion);
        let completion = completion.map(|date| date.on).max();
        let mut dates = self.due_dates.clone();
        if completion.is_none() {
            dates.extend(self.deadline.map(|on| DueDate { on, item: DueItem::Completion }));
            dates.sort();
        }
        (self.deadline.or(completion), dates)
    }
}

/// One of a task's own dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
pub(crate) struct NewDueDate {
    /// The last day; today or later.
    pub(crate) on: NaiveDate,
    /// What is due.
    pub(crate) item: DueItem,
}

impl ReadBody for NewDueDate {
    fn read(fields: &Fields<'_>, reading: &Reading<'_>) -> Option<Self> {
        let on = fields.day("on");
        fields.not_over("on", on, civil::day_of(reading.now));
        let item = fields.choice("item");
        Some(Self { on: on?, item: item? })
    }
}

impl NewDueDate {
    /// The list of dates in order; the same thing is not due twice on a day.
    pub(super) fn read_all(fields: &Fields<'_>, reading: &Reading<'_>) -> Option<Vec<Self>> {
        let mut dates = fields.objects("due_dates", MATERIALS_MAX, |one| Self::read(one, reading))?;
        for (at, one) in dates.iter().enumerate() {
            if dates[..at].contains(one) {
                fields.wrong_entry("due_dates", at, (ProblemCode::FieldRepeated, Named::new()));
            }
        }
        dates.sort();
        Some(dates)
    }

    /// The date as it stands in the event.
    pub(super) fn into_date(self) -> DueDate {
        DueDate { on: self.on, item: self.item }
    }
}

/// To whom a task goes, where several departments are named.
#[derive(Default)]
pub(crate) struct Receivers {
    /// The departments, sets opened, each once; empty where `to` or the matrix says it.
    pub(super) departments: Vec<DepartmentId>,
    /// A set among them whose source does not name every member.
    pub(super) is_incomplete: bool,
}

impl Receivers {
    /// Reads the departments, opens the sets among them, and notes what is wrong with each entry.
    pub(super) fn read(fields: &Fields<'_>, reading: &Reading<'_>) -> Option<Self> {
        let named = fields.department_ids("departments", DEPARTMENTS_MAX)?;
        if named.is_empty() && fields.has("departments") {
            fields.wrong("departments", ProblemCode::FieldEmpty, Named::new());
        }
        let mut receivers = Self::default();
        for (at, id) in named.iter().enumerate() {
            if named[..at].contains(id) {
                fields.wrong_entry("departments", at, (ProblemCode::FieldRepeated, Named::new()));
            }
            let (members, complete) = match reading.registry.expand_group(id) {
                // A sender inside the set gives the task to the others.
                Some(set) => {
                    let others = set.members.into_iter().filter(|one| *one != reading.caller.department);
                    (others.collect(), set.complete)
                }
                None => (vec![id.clone()], true),
            };
            receivers.is_incomplete |= !complete;
            for member in members {
                if let Some(code) = wrong_receiver(&member, reading) {
                    fields.wrong_entry("departments", at, (code, vec![("department", plain(&member))]));
                }
                if !receivers.departments.contains(&member) {
                    receivers.departments.push(member);
                }
            }
        }
        if receivers.departments.len() > DEPARTMENTS_MAX {
            let actual = receivers.departments.len();
            let named = vec![("limit", plain(DEPARTMENTS_MAX)), ("actual", plain(actual))];
            fields.wrong("departments", ProblemCode::FieldTooMany, named);
        }
        if receivers.departments.is_empty() && !named.is_empty() {
            fields.wrong("departments", ProblemCode::FieldEmpty, Named::new());
        }
        Some(receivers)
    }
}

/// Why a department cannot have the task.
fn wrong_receiver(id: &DepartmentId, reading: &Reading<'_>) -> Option<ProblemCode> {
    match reading.registry.department(id) {
        None => Some(ProblemCode::DepartmentUnknown),
        Some(department) if !department.can_receive() => Some(ProblemCode::DepartmentCannotReceive),
        Some(_) if *id == reading.caller.department => Some(ProblemCode::TransferToOneself),
        Some(_) if !oversees(id, reading) => Some(ProblemCode::DepartmentNotOverseen),
        Some(_) => None,
    }
}

/// Notes a receiver that the sender does not oversee. Whoever sent what was closed may have it looked at again.
pub(super) fn check_overseen(
    fields: &Fields<'_>,
    reading: &Reading<'_>,
    new: &NewTransfer,
    purpose: Option<TaskPurpose>,
) {
    let sender = &reading.caller.department;
    let (name, to) = match (&new.to, &new.subject_matter) {
        (Some(to), _) => ("to", to.clone()),
        (None, Some(subject_matter)) => {
            let division = new.division.as_deref().unwrap_or_else(|| sender.division());
            match reading.registry.route(division, subject_matter) {
                Route::Routed { to, .. } => ("subject_matter", to),
                Route::AskOffice { .. } | Route::UnknownSubjectMatter { .. } => return,
            }
        }
        (None, None) => return,
    };
    let sent_it = |origin: &domain::Transfer| origin.reference.from == *sender && origin.reference.to == to;
    let looks_again = purpose == Some(TaskPurpose::Reinspection) && reading.origin.is_some_and(sent_it);
    if to != *sender && !looks_again && !oversees(&to, reading) {
        fields.wrong(name, ProblemCode::DepartmentNotOverseen, vec![("department", plain(&to))]);
    }
}

/// Whether the sender is an office or a government in whose region the department lies.
fn oversees(id: &DepartmentId, reading: &Reading<'_>) -> bool {
    let sender = &reading.caller.department;
    let acts_for_a_region = reading.registry.department(sender).is_some_and(|department| {
        matches!(department.department_type, DepartmentType::CoordinationOffice | DepartmentType::Government)
    });
    acts_for_a_region && reading.registry.in_region(sender, id)
}
