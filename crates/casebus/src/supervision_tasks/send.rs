//! Sends the tasks of a list, each row's under an id of its own, so that a second import sends none twice.

use super::{BadRow, Receiver, Task, TaskList};
use crate::business_clock::BusinessClock;
use chrono::NaiveDate;
use command::{CommandError, Desk, Request, request_hash};
use contract::actor::Actor;
use contract::event::{DueDate, DueItem, TaskPurpose, Terms};
use contract::ids::{CommandId, DepartmentId, TransferId};
use contract::kind::{Routing, Source, TransferKind, Urgency};
use contract::text::{Locale, problem_detail};
use domain::Refusal;
use domain::registry::Registry;
use domain::transfer::commands::SendTransfer;
use futures_util::{StreamExt, TryStreamExt, stream};

/// How many rows are on their way at once.
const AT_ONCE: usize = 64;
/// How many rows are looked up at once.
const LOOKED_UP_AT_ONCE: usize = 8;
/// Under this route the ids of the commands are derived.
const ROUTE: &str = "import supervision-tasks";

/// What an import did.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// Tasks that were sent now.
    pub(crate) sent: usize,
    /// Tasks that had been sent before.
    pub(crate) repeated: usize,
    /// Rows whose tasks were not sent.
    pub(crate) bad: Vec<BadRow>,
}

/// What became of a row, with the number of its tasks.
enum Fate {
    Sent(usize),
    Repeated(usize),
    Bad(BadRow),
}

/// Sends all tasks of a list.
pub(crate) async fn send_all(
    desk: &Desk,
    registry: &Registry,
    from: &DepartmentId,
    clock: BusinessClock,
    list: &TaskList,
) -> anyhow::Result<Report> {
    let fates: Vec<Fate> = stream::iter(&list.tasks)
        .map(|task| send(desk, registry, from, clock, task))
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    let mut report = Report::default();
    for fate in fates {
        match fate {
            Fate::Sent(tasks) => report.sent += tasks,
            Fate::Repeated(tasks) => report.repeated += tasks,
            Fate::Bad(bad) => report.bad.push(bad),
        }
    }
    Ok(report)
}

/// The tasks of a list that were sent before with another text; sends nothing.
pub(crate) async fn sent_otherwise(
    desk: &Desk,
    from: &DepartmentId,
    clock: BusinessClock,
    list: &TaskList,
) -> anyhow::Result<Vec<BadRow>> {
    let found: Vec<Option<BadRow>> = stream::iter(&list.tasks)
        .map(async |task| match desk.first_answer(&request(from, clock, task)).await {
            Ok(_) => Ok(None),
            Err(CommandError::IdReused) => Ok(Some(already_sent(task))),
            Err(error) => Err(error),
        })
        .buffered(LOOKED_UP_AT_ONCE)
        .try_collect()
        .await?;
    Ok(found.into_iter().flatten().collect())
}

async fn send(
    desk: &Desk,
    registry: &Registry,
    from: &DepartmentId,
    clock: BusinessClock,
    task: &Task,
) -> anyhow::Result<Fate> {
    let tasks = task.receivers.len();
    match desk.send_all(&request(from, clock, task), &task.commands(registry, from)).await {
        Ok(done) if done.repeated => Ok(Fate::Repeated(tasks)),
        Ok(_) => Ok(Fate::Sent(tasks)),
        Err(CommandError::IdReused) => Ok(Fate::Bad(already_sent(task))),
        Err(CommandError::Refused(refusal)) => Ok(Fate::Bad(refused(task, &refusal))),
        Err(error) => Err(error.into()),
    }
}

fn already_sent(task: &Task) -> BadRow {
    let detail = "this measure was sent before, with another text or to other departments".to_owned();
    let chinese = "该项措施此前已发出，内容或责任单位与此不同".to_owned();
    BadRow { line: task.row.line, column: "measure", code: "already_sent", detail, chinese }
}

/// The rules refuse the whole row.
fn refused(task: &Task, refusal: &Refusal) -> BadRow {
    let code = refusal.code();
    let detail = |locale| problem_detail(locale, code, &refusal.arguments(locale));
    let (detail, chinese) = (detail(Locale::En), detail(Locale::ZhCn));
    BadRow { line: task.row.line, column: "", code: code.code(), detail, chinese }
}

/// The request under which the tasks of a row are sent, however often.
fn request(from: &DepartmentId, clock: BusinessClock, task: &Task) -> Request {
    let key = format!("{from} {} {}", task.row.item, task.row.measure);
    let row = &task.row;
    let receivers: Vec<_> = task.receivers.iter().map(|receiver| receiver.to.as_str()).collect();
    let content = format!(
        "{}\n{}\n{:?}\n{:?}\n{}",
        row.problem,
        row.action,
        row.lead,
        (&row.deadlines, row.immediate, row.ongoing),
        receivers.join(" "),
    );
    Request {
        id: CommandId::derive("casebus/import", ROUTE, &key),
        hash: request_hash(ROUTE, content.as_bytes()),
        actor: Actor::System("import"),
        by: from.clone(),
        now: clock.now(),
        expected_version: None,
        traceparent: None,
    }
}

impl Task {
    /// The commands that send it, one for each department.
    pub(crate) fn commands(&self, registry: &Registry, from: &DepartmentId) -> Vec<SendTransfer> {
        self.receivers.iter().map(|receiver| self.command(receiver, registry, from)).collect()
    }

    fn command(&self, receiver: &Receiver, registry: &Registry, from: &DepartmentId) -> SendTransfer {
        let to = receiver.to.clone();
        let office = registry.office_between(from, &to);
        let completion = |day: &NaiveDate| DueDate { on: *day, item: DueItem::Completion };
        // Nobody strikes off its own work: where the sender sits in the receiver, the office between takes the answer.
        let approver = registry.counts_as(from, &to).then(|| office.clone());
        SendTransfer {
            id: TransferId::fresh(),
            kind: TransferKind::SupervisionTask,
            from: from.clone(),
            to,
            office,
            routing: Routing::Named,
            subject_matter: None,
            title: self.title(),
            summary: self.summary(receiver, registry),
            urgency: Urgency::Normal,
            source: Source::RectificationList,
            discovered_at: None,
            subjects: Vec::new(),
            deadline: self.row.deadlines.last().copied(),
            terms: Terms {
                approver,
                purpose: Some(TaskPurpose::Rectification),
                measures: vec![self.row.action.clone()],
                due_dates: self.row.deadlines.iter().map(completion).collect(),
                ..Terms::default()
            },
            from_receiver_of_origin: false,
        }
    }
}
