//! Sends the tasks of a list, each under an id of its own, so that a second import sends none twice.

use super::{BadRow, Task, TaskList};
use crate::business_clock::BusinessClock;
use command::{CommandError, Desk, Request, request_hash};
use contract::actor::Actor;
use contract::ids::{CommandId, DepartmentId, TransferId};
use contract::kind::{Routing, Source, TransferKind, Urgency};
use domain::registry::Registry;
use domain::transfer::commands::SendTransfer;
use futures_util::{StreamExt, TryStreamExt, stream};

/// How many tasks are on their way at once.
const AT_ONCE: usize = 64;
/// How many tasks are looked up at once.
const LOOKED_UP_AT_ONCE: usize = 8;
/// Under this route the ids of the tasks are derived.
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

enum Fate {
    Sent,
    Repeated,
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
            Fate::Sent => report.sent += 1,
            Fate::Repeated => report.repeated += 1,
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
    let office = registry.office_between(from, &task.to);
    let command = task.command(registry, from.clone(), office);
    match desk.send(&request(from, clock, task), &command, None).await {
        Ok(done) if done.repeated => Ok(Fate::Repeated),
        Ok(_) => Ok(Fate::Sent),
        Err(CommandError::IdReused) => Ok(Fate::Bad(already_sent(task))),
        Err(error) => Err(error.into()),
    }
}

fn already_sent(task: &Task) -> BadRow {
    let detail = format!("this measure was sent to {} before, with another text", task.to);
    BadRow { line: task.row.line, column: "responsible", code: "already_sent", detail }
}

/// The request under which a task is sent, however often.
fn request(from: &DepartmentId, clock: BusinessClock, task: &Task) -> Request {
    let key = format!("{from} {} {} {}", task.row.item, task.row.measure, task.to);
    let row = &task.row;
    let content = format!(
        "{}\n{}\n{:?}\n{:?}",
        row.problem,
        row.action,
        row.lead,
        (row.deadline, row.immediate, row.ongoing)
    );
    Request {
        id: CommandId::derive("casebus/import", ROUTE, &key),
        hash: request_hash(ROUTE, content.as_bytes()),
        actor: Actor::System("import"),
        by: from.clone(),
        now: clock.now(),
        expected_version: None,
    }
}

impl Task {
    /// The command that sends it.
    pub(crate) fn command(
        &self,
        registry: &Registry,
        from: DepartmentId,
        office: DepartmentId,
    ) -> SendTransfer {
        SendTransfer {
            id: TransferId::fresh(),
            kind: TransferKind::SupervisionTask,
            from,
            to: self.to.clone(),
            office,
            routing: Routing::Named,
            subject_matter: None,
            title: self.title(),
            summary: self.summary(registry),
            urgency: Urgency::Normal,
            source: Source::RectificationList,
            discovered_at: None,
            subjects: Vec::new(),
            deadline: self.row.deadline,
            from_receiver_of_origin: false,
        }
    }
}
