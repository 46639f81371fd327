//! The watch in numbers.

use crate::rows::{self, PlannedAnew};
use crate::unacknowledged::Count;
use crate::visibility::Sight;
use crate::{Views, ViewsError, Visibility};
use chrono::{DateTime, Utc};
use contract::ids::DepartmentId;
use contract::state::TransferState;
use serde::Deserialize;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// The watch in numbers, as far as the caller may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Transfers in which somebody owes the next step.
    pub open: i64,
    /// Those of them in which a due moment has come.
    pub overdue: i64,
    /// Transfers that nobody has signed, and notices that nobody has read.
    pub unacknowledged: Count,
    /// Transfers whose receiver owes feedback.
    pub missing_feedback: Count,
    /// Transfers per state; states without any are left out.
    pub by_state: Vec<StateCount>,
    /// The departments that hold most open transfers, most first.
    pub by_holder: Vec<HolderCount>,
}

/// How many transfers are in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StateCount {
    /// The state.
    pub state: TransferState,
    /// How many.
    pub count: Count,
}

/// How many transfers a department holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HolderCount {
    /// The department.
    pub department: DepartmentId,
    /// How many.
    pub count: Count,
}

/// What is counted together.
#[derive(Deserialize)]
struct Counted {
    #[serde(flatten)]
    among: Among,
    #[serde(flatten)]
    count: Count,
}

/// Where it is counted.
#[derive(Deserialize)]
#[serde(tag = "list", rename_all = "snake_case")]
enum Among {
    Transfer { state: TransferState, holder: Option<DepartmentId> },
    Unacknowledged,
    MissingFeedback,
}

impl Views {
    /// The watch in numbers at a moment that is not before the last event, with the `most_holders` departments that hold
    /// most.
    ///
    /// What was due at the last event of a transfer stands in `views_1.watch_count`; what became due since is few, and
    /// found (`turned`) before it is asked who may see it: else Postgres would collect all that the caller may see.
    pub async fn summary(
        &self,
        visibility: &Visibility,
        now: DateTime<Utc>,
        most_holders: usize,
    ) -> Result<Summary, ViewsError> {
        let sight = Sight::from(visibility);
        let query = sqlx::query_scalar!(
            "with turned as materialized (
               select 'transfer' as list, t.state, coalesce(t.holder, '') as holder, t.from_department, t.to_department,
                   t.office, t.copies
                 from views_1.transfer t where t.due_at > t.updated_at and t.due_at <= $4
               union all
               select 'unacknowledged', '', '', u.from_department, u.to_department, u.office, u.copies
                 from views_1.unacknowledged u where (u.missed_at is null or u.due_at > u.missed_at) and u.due_at <= $4
               union all
               select 'missing_feedback', '', '', m.from_department, m.to_department, m.office, m.copies
                 from views_1.missing_feedback m where (m.missed_at is null or m.due_at > m.missed_at) and m.due_at <= $4)
             select jsonb_build_object('list', y.list, 'state', y.state, 'holder', nullif(y.holder, ''),
                 'all', sum(y.transfers), 'overdue', sum(y.overdue)) as row
               from (
                 select c.list, c.state, c.holder, c.transfers, case when c.overdue then c.transfers else 0 end as overdue
                   from views_1.watch_count c
                  where ($1 and c.from_department = '') or (not $1 and c.from_department <> ''
                    and views_1.is_visible(false, $2, $3, c.from_department, c.to_department, c.holder, c.office, c.copies))
                 union all
                 select d.list, d.state, d.holder, 0, 1 from turned d
                  where views_1.is_visible($1, $2, $3, d.from_department, d.to_department, d.holder, d.office, d.copies)
               ) y group by y.list, y.state, y.holder",
            sight.all,
            sight.own,
            &sight.region,
            now
        );
        Ok(Summary::of(rows::fetch(&self.pool, PlannedAnew(query)).await?, most_holders))
    }
}

impl Summary {
    fn of(counted: Vec<Counted>, most_holders: usize) -> Self {
        let mut unacknowledged = Count::default();
        let mut missing_feedback = Count::default();
        let mut by_state: BTreeMap<&str, StateCount> = BTreeMap::new();
        let mut by_holder: BTreeMap<DepartmentId, Count> = BTreeMap::new();
        for Counted { among, count } in counted {
            match among {
                Among::Unacknowledged => unacknowledged += count,
                Among::MissingFeedback => missing_feedback += count,
                Among::Transfer { state, holder } => {
                    let none = StateCount { state, count: Count::default() };
                    by_state.entry(state.name()).or_insert(none).count += count;
                    if let Some(holder) = holder {
                        *by_holder.entry(holder).or_default() += count;
                    }
                }
            }
        }
        let mut open = Count::default();
        by_state.values().filter(|entry| !entry.state.is_ended()).for_each(|entry| open += entry.count);
        let mut by_holder: Vec<_> = by_holder.into_iter().collect();
        by_holder.sort_by_key(|(_, count)| Reverse(count.all));
        by_holder.truncate(most_holders);
        Self {
            open: open.all,
            overdue: open.overdue,
            unacknowledged,
            missing_feedback,
            by_state: by_state.into_values().collect(),
            by_holder: by_holder
                .into_iter()
                .map(|(department, count)| HolderCount { department, count })
                .collect(),
        }
    }
}
