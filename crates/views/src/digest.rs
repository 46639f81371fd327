//! What a department should know this morning: counted over everything that it holds or newly received, and the most
//! urgent of it.

use crate::rows::{self, PlannedAnew};
use crate::transfer::ListedTransfer;
use crate::{Views, ViewsError, civil};
use chrono::{DateTime, TimeDelta, Utc};
use contract::ids::DepartmentId;
use serde::Deserialize;

/// The digest of a department.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Digest {
    /// How much of what it holds is due today.
    pub due_today: u64,
    /// How much of what it holds is due tomorrow.
    pub due_tomorrow: u64,
    /// Of how much of what it holds it was warned, as far as it did not run out yet.
    pub warned: u64,
    /// How much of what it holds is overdue, without known failures.
    pub overdue: u64,
    /// How many urgings wait for its reply.
    pub urgings: u64,
    /// How much it received since the beginning of yesterday.
    pub new: u64,
    /// The most urgent transfers.
    pub entries: Vec<DigestEntry>,
}

/// A transfer of a digest, and why it stands there.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a reason of its own")]
pub struct DigestEntry {
    /// Its due moment has come, and nobody said that this is known.
    pub overdue: bool,
    /// An urging waits for a reply.
    pub urged: bool,
    /// It is due today.
    pub due_today: bool,
    /// It is due tomorrow.
    pub due_tomorrow: bool,
    /// A warning was given.
    pub warned: bool,
    /// It was received since the beginning of yesterday.
    pub new: bool,
    /// The transfer.
    pub transfer: ListedTransfer,
}

impl Views {
    /// The digest of a department at a moment, with the `most` most urgent transfers.
    pub async fn digest(
        &self,
        own: &DepartmentId,
        now: DateTime<Utc>,
        most: i64,
    ) -> Result<Digest, ViewsError> {
        let today_ends = civil::end_of(civil::day_of(now));
        // What is due at 24:00 is due on the day that ends then.
        let after_today = today_ends.map(|end| end + TimeDelta::milliseconds(1));
        let query = sqlx::query_scalar!(
            "with reason as (
               select t.id, t.due_at, t.sent_position,
                   coalesce(t.holder = $1 and t.due_at <= $2
                     and not coalesce((t.facts ->> 'acknowledged_until')::timestamptz > $2
                       and t.due_at <= (t.facts ->> 'acknowledged_at')::timestamptz, false), false) as overdue,
                   coalesce(t.holder = $1 and t.facts #>> '{urging,department}' = $1, false) as urged,
                   coalesce(t.holder = $1 and t.due_at > $2 and t.due_at < $3, false) as due_today,
                   coalesce(t.holder = $1 and t.due_at >= $3 and t.due_at < $4, false) as due_tomorrow,
                   coalesce(t.holder = $1 and t.facts ->> 'ladder' = 'warned'
                     and not coalesce(t.due_at <= $2, false), false) as warned,
                   t.to_department = $1 and t.sent_at >= $5 as new
                 from views_1.transfer t
                where t.id in (
                  select h.id from views_1.transfer h where h.holder = $1
                  union select s.transfer_id from views_1.scorecard s where s.to_department = $1 and s.sent_at >= $5)),
             ranked as (
               select r.*, case when r.overdue then 1 when r.urged then 2 when r.due_today then 3
                   when r.due_tomorrow then 4 when r.warned then 5 else 6 end as rank
                 from reason r
                where r.overdue or r.urged or r.due_today or r.due_tomorrow or r.warned or r.new),
             shown as (
               select r.*, to_jsonb(t) - '{summary,subjects,terms,facts}'::text[] as transfer
                 from (select * from ranked order by rank, due_at, sent_position limit $6) r
                 join views_1.transfer t on t.id = r.id)
             select jsonb_build_object(
                 'due_today', count(*) filter (where r.due_today),
                 'due_tomorrow', count(*) filter (where r.due_tomorrow),
                 'warned', count(*) filter (where r.warned), 'overdue', count(*) filter (where r.overdue),
                 'urgings', count(*) filter (where r.urged), 'new', count(*) filter (where r.new),
                 'entries', coalesce(
                   (select jsonb_agg(to_jsonb(s) order by s.rank, s.due_at, s.sent_position) from shown s), '[]')) as row
               from ranked r",
            own.as_str(),
            now,
            after_today,
            after_today.map(|end| end + TimeDelta::days(1)),
            today_ends.map(|end| end - TimeDelta::days(2)),
            most
        );
        Ok(rows::fetch(&self.pool, PlannedAnew(query)).await?.pop().unwrap_or_default())
    }
}
