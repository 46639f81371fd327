//! Supervision tasks as a ledger 台账: the tasks of one matter side by side, each with its own state, and how many of
//! them have come how far. Counted anew from the rows at every reading.

use crate::rows::{self, PlannedAnew};
use crate::transfer::{ListCursor, Transfer};
use crate::visibility::Sight;
use crate::{Page, Views, ViewsError, Visibility, civil};
use chrono::{DateTime, Utc};
use contract::ids::{DepartmentId, MatterId, TransferId};
use contract::state::TransferState;
use std::collections::HashMap;
use uuid::Uuid;

/// One task of a ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerEntry {
    /// The task.
    pub transfer_id: TransferId,
    /// Its number as people write it.
    pub number: String,
    /// Who has to do it.
    pub to_department: DepartmentId,
    /// State.
    pub state: TransferState,
    /// Who owes the next step; `None` once nobody does.
    pub holder: Option<DepartmentId>,
    /// First moment that is too late for what is owed next: of a clock, or after the deadline where none runs.
    pub due_at: Option<DateTime<Utc>>,
    /// When progress was last reported.
    pub last_report_at: Option<DateTime<Utc>>,
    /// How many times progress was reported.
    pub reports: u32,
    /// How many feedbacks were given.
    pub feedback_count: u32,
    /// When it was struck off; `None` also when it was opened again.
    pub struck_off_at: Option<DateTime<Utc>>,
}

/// The tasks of a matter that the caller may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerMatter {
    /// The matter.
    pub matter: MatterId,
    /// What the first task is about.
    pub title: String,
    /// Who sent the first task.
    pub from_department: DepartmentId,
    /// How many tasks there are. One that was withdrawn is listed, and counts nowhere.
    pub total: u32,
    /// How many were signed.
    pub signed: u32,
    /// In how many the plan was filed.
    pub plan_filed: u32,
    /// How many were answered: final feedback stands, or the task was struck off and not opened again.
    pub answered: u32,
    /// How many were struck off and not opened again.
    pub struck_off: u32,
    /// In how many a due moment has come.
    pub overdue: u32,
    /// The tasks, first sent first.
    pub entries: Vec<LedgerEntry>,
}

/// Whether the receiver's final answer stands.
const fn is_answered(state: TransferState) -> bool {
    match state {
        TransferState::Answered | TransferState::Contested | TransferState::Closed => true,
        TransferState::Delivered
        | TransferState::Signed
        | TransferState::Supplementing
        | TransferState::Objected
        | TransferState::DisputedNegotiating
        | TransferState::DisputedSubmitted
        | TransferState::Returned
        | TransferState::Accepted
        | TransferState::Rerouted
        | TransferState::Withdrawn => false,
    }
}

/// The ledger of a matter whose tasks these are, first sent first; `None` without any.
fn ledger(tasks: Vec<Transfer>, now: DateTime<Utc>) -> Option<LedgerMatter> {
    let first = tasks.first()?;
    let mut ledger = LedgerMatter {
        matter: first.matter,
        title: first.title.clone(),
        from_department: first.from_department.clone(),
        total: 0,
        signed: 0,
        plan_filed: 0,
        answered: 0,
        struck_off: 0,
        overdue: 0,
        entries: Vec::with_capacity(tasks.len()),
    };
    for task in tasks {
        let due_at = due_at(&task);
        if task.state != TransferState::Withdrawn {
            ledger.total += 1;
            ledger.signed += u32::from(task.accepted_at.is_some());
            ledger.plan_filed += u32::from(task.plan_filed_at.is_some());
            ledger.answered += u32::from(is_answered(task.state));
            ledger.struck_off += u32::from(task.state == TransferState::Closed);
            ledger.overdue += u32::from(due_at.is_some_and(|due_at| due_at <= now));
        }
        ledger.entries.push(LedgerEntry {
            transfer_id: task.id,
            number: task.number,
            to_department: task.to_department,
            state: task.state,
            holder: task.holder,
            due_at,
            last_report_at: task.last_report_at,
            reports: task.reports,
            feedback_count: task.feedback_count,
            struck_off_at: task.ended_at.filter(|_| task.state == TransferState::Closed),
        });
    }
    Some(ledger)
}

/// When the next thing is due: a clock says it, or the deadline while the task is in hand.
fn due_at(task: &Transfer) -> Option<DateTime<Utc>> {
    let deadline = task.deadline.filter(|_| task.state == TransferState::Accepted);
    task.due_at.or_else(|| deadline.and_then(civil::end_of))
}

impl Views {
    /// Matters with supervision tasks that the caller may see, last begun first.
    pub async fn ledger(
        &self,
        visibility: &Visibility,
        now: DateTime<Utc>,
        cursor: Option<ListCursor>,
        limit: i64,
    ) -> Result<Page<LedgerMatter, ListCursor>, ViewsError> {
        let sight = Sight::from(visibility);
        let matters = sqlx::query!(
            r#"select t.matter, min(t.sent_position) as "begun!" from views_1.transfer t
                where t.kind = 'supervision_task'
                  and views_1.is_visible($1, $2, $3, t.from_department, t.to_department, t.holder, t.office, t.copies)
                group by t.matter having $4::bigint is null or min(t.sent_position) < $4
                order by 2 desc limit $5"#,
            sight.all,
            sight.own,
            &sight.region,
            cursor.map(|cursor| cursor.sent_position),
            limit.saturating_add(1)
        )
        .fetch_all(&self.pool)
        .await?;
        let begun: Vec<_> = matters.into_iter().map(|row| (row.matter, row.begun)).collect();
        let page = Page::of(begun, limit, |(_, begun)| ListCursor { sent_position: *begun });
        let ids: Vec<_> = page.entries.iter().map(|(matter, _)| *matter).collect();
        let mut tasks: HashMap<Uuid, Vec<Transfer>> = HashMap::new();
        for task in self.tasks_of(visibility, &ids).await? {
            tasks.entry(task.matter.0).or_default().push(task);
        }
        let entries = ids.iter().filter_map(|matter| ledger(tasks.remove(matter)?, now)).collect();
        Ok(Page { entries, next: page.next })
    }

    /// The ledger of a matter; `None` when the caller may see no supervision task of it.
    pub async fn ledger_of(
        &self,
        visibility: &Visibility,
        now: DateTime<Utc>,
        matter: MatterId,
    ) -> Result<Option<LedgerMatter>, ViewsError> {
        Ok(ledger(self.tasks_of(visibility, &[matter.0]).await?, now))
    }

    /// The supervision tasks of these matters, first sent first.
    async fn tasks_of(&self, visibility: &Visibility, matters: &[Uuid]) -> Result<Vec<Transfer>, ViewsError> {
        let sight = Sight::from(visibility);
        let query = sqlx::query_scalar!(
            "select to_jsonb(t) as row from views_1.transfer t
              where t.kind = 'supervision_task' and t.matter = any($4)
                and views_1.is_visible($1, $2, $3, t.from_department, t.to_department, t.holder, t.office, t.copies)
              order by t.sent_position",
            sight.all,
            sight.own,
            &sight.region,
            matters
        );
        Ok(rows::fetch(&self.pool, PlannedAnew(query)).await?)
    }
}
