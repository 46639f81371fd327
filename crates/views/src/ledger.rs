//! Supervision tasks as a ledger 台账: the tasks of one matter side by side, each with its own state, and how many of
//! them have come how far. Counted anew from the rows at every reading.

use crate::rows::{self, PlannedAnew};
use crate::transfer::ListCursor;
use crate::visibility::Sight;
use crate::{Page, Views, ViewsError, Visibility};
use chrono::{DateTime, Utc};
use contract::ids::{DepartmentId, MatterId, TransferId};
use contract::state::TransferState;
use serde::Deserialize;
use std::collections::HashMap;
use uuid::Uuid;

/// How many tasks of a matter are listed; all are counted.
const LISTED_MAX: i64 = 200;

/// One task of a ledger.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
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
    /// The tasks, first sent first; two hundred at most.
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
        let ledgers = self.ledgers(visibility, now, &ids).await?.into_iter();
        let mut ledgers: HashMap<_, _> = ledgers.map(|ledger| (ledger.matter.0, ledger)).collect();
        let entries = ids.iter().filter_map(|matter| ledgers.remove(matter)).collect();
        Ok(Page { entries, next: page.next })
    }

    /// The ledger of a matter; `None` when the caller may see no supervision task of it.
    pub async fn ledger_of(
        &self,
        visibility: &Visibility,
        now: DateTime<Utc>,
        matter: MatterId,
    ) -> Result<Option<LedgerMatter>, ViewsError> {
        Ok(self.ledgers(visibility, now, &[matter.0]).await?.pop())
    }

    /// The ledgers of these matters.
    async fn ledgers(
        &self,
        visibility: &Visibility,
        now: DateTime<Utc>,
        matters: &[Uuid],
    ) -> Result<Vec<LedgerMatter>, ViewsError> {
        let sight = Sight::from(visibility);
        let answered = TransferState::ALL.iter().copied().filter(|state| is_answered(*state));
        let answered: Vec<_> = answered.map(|state| state.name().to_owned()).collect();
        // Due is what a clock says, or the deadline while the task is in hand; its day ends at 24:00 in China.
        let query = sqlx::query_scalar!(
            "with task as (
               select t.id, t.matter, t.number, t.title, t.from_department, t.to_department, t.state, t.holder,
                   t.accepted_at, t.plan_filed_at, t.last_report_at, t.reports, t.feedback_count, t.ended_at,
                   t.state <> 'withdrawn' as counts,
                   coalesce(t.due_at, case when t.state = 'accepted' then
                     (t.deadline + 1)::timestamp at time zone interval '8 hours' end) as due_at,
                   row_number() over (partition by t.matter order by t.sent_position) as place
                 from views_1.transfer t
                where t.kind = 'supervision_task' and t.matter = any($4)
                  and views_1.is_visible($1, $2, $3, t.from_department, t.to_department, t.holder, t.office, t.copies))
             select jsonb_build_object('matter', k.matter,
                 'title', min(k.title) filter (where k.place = 1),
                 'from_department', min(k.from_department) filter (where k.place = 1),
                 'total', count(*) filter (where k.counts),
                 'signed', count(*) filter (where k.counts and k.accepted_at is not null),
                 'plan_filed', count(*) filter (where k.counts and k.plan_filed_at is not null),
                 'answered', count(*) filter (where k.counts and k.state = any($6)),
                 'struck_off', count(*) filter (where k.counts and k.state = 'closed'),
                 'overdue', count(*) filter (where k.counts and k.due_at <= $5),
                 'entries', jsonb_agg(jsonb_build_object('transfer_id', k.id, 'number', k.number,
                     'to_department', k.to_department, 'state', k.state, 'holder', k.holder, 'due_at', k.due_at,
                     'last_report_at', k.last_report_at, 'reports', k.reports, 'feedback_count', k.feedback_count,
                     'struck_off_at', case when k.state = 'closed' then k.ended_at end)
                   order by k.place) filter (where k.place <= $7)) as row
               from task k group by k.matter",
            sight.all,
            sight.own,
            &sight.region,
            matters,
            now,
            &answered,
            LISTED_MAX
        );
        Ok(rows::fetch(&self.pool, PlannedAnew(query)).await?)
    }
}
