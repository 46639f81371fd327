//! What the watch may have to do beside recording clocks that ran out: candidates, whoever asks. The rules decide on
//! each; one that they refuse comes again.

use crate::clock::Clock;
use crate::rows::{self, PlannedAnew};
use crate::transfer::Transfer;
use crate::{Views, ViewsError, civil};
use chrono::{DateTime, TimeDelta, Utc};
use contract::clock::WarningMark;
use contract::ids::TransferId;
use serde::Deserialize;

/// A clock with the warning that it has to give.
#[derive(Deserialize)]
struct Warning {
    #[serde(flatten)]
    clock: Clock,
    mark: WarningMark,
}

impl Views {
    /// Running clocks that have not given a warning since its moment came, due first; a clock may stand here with both of
    /// its warnings.
    pub async fn clocks_to_warn(
        &self,
        now: DateTime<Utc>,
        limit: i64,
    ) -> Result<Vec<(Clock, WarningMark)>, ViewsError> {
        // A clock expires today when its last millisecond lies in this civil day.
        let end_of_day = civil::end_of(civil::day_of(now));
        let expires_before = end_of_day.map(|end| end + TimeDelta::milliseconds(1));
        let day_began = end_of_day.map(|end| end - TimeDelta::days(1));
        let query = sqlx::query_scalar!(
            "select w.row from (
               select c.due_at, c.transfer_id, c.code, c.run, to_jsonb(c) || jsonb_build_object('mark', 'share') as row
                 from views_1.clock c
                where c.state = 'running' and (c.share_warned_at is null or c.share_warned_at < c.warn_at)
                  and c.warn_at <= $1 and c.due_at > $1
               union all
               select c.due_at, c.transfer_id, c.code, c.run, to_jsonb(c) || jsonb_build_object('mark', 'expiry_day')
                 from views_1.clock c
                where c.state = 'running' and (c.day_warned_at is null or c.day_warned_at < $4) and c.warn_at is not null
                  and c.due_at > $1 and c.due_at < $2) w
              order by w.due_at, w.transfer_id, w.code, w.run, w.row ->> 'mark' limit $3",
            now,
            expires_before,
            limit,
            day_began
        );
        let warnings: Vec<Warning> = rows::fetch(&self.pool, PlannedAnew(query)).await?;
        Ok(warnings.into_iter().map(|warning| (warning.clock, warning.mark)).collect())
    }

    /// Clocks that ran out, are owed and run, whose owner was not urged lately, of transfers that alarm, and those that the office
    /// owes itself; longest overdue first.
    pub async fn clocks_to_urge(&self, now: DateTime<Utc>, limit: i64) -> Result<Vec<Clock>, ViewsError> {
        let query = sqlx::query_scalar!(
            "select to_jsonb(c) as row
               from views_1.clock c join views_1.transfer t on t.id = c.transfer_id
              where c.state = 'missed' and c.due_at <= $1 and (c.urged_at is null or c.urged_at < $2)
                and (coalesce((t.facts ->> 'acknowledged_until')::timestamptz <= $1, true)
                  or c.due_at > (t.facts ->> 'acknowledged_at')::timestamptz or c.owner = t.office)
              order by c.due_at, c.transfer_id, c.code, c.run limit $3",
            now,
            // Whatever the pack says, nobody is urged about the same duty twice a day.
            civil::end_of(civil::day_of(now)).map(|end| end - TimeDelta::days(1)),
            limit
        );
        Ok(rows::fetch(&self.pool, PlannedAnew(query)).await?)
    }

    /// Clocks that ran out, are owed and run, and for which no supervision was opened, of transfers that
    /// alarm; longest overdue first.
    pub async fn clocks_to_supervise(
        &self,
        now: DateTime<Utc>,
        limit: i64,
    ) -> Result<Vec<Clock>, ViewsError> {
        let query = sqlx::query_scalar!(
            "select to_jsonb(c) as row
               from views_1.clock c join views_1.transfer t on t.id = c.transfer_id
              where c.state = 'missed' and c.due_at <= $1 and c.supervised_at is null
                and (coalesce((t.facts ->> 'acknowledged_until')::timestamptz <= $1, true)
                  or c.due_at > (t.facts ->> 'acknowledged_at')::timestamptz)
              order by c.due_at, c.transfer_id, c.code, c.run limit $2",
            now,
            limit
        );
        Ok(rows::fetch(&self.pool, PlannedAnew(query)).await?)
    }

    /// Transfers whose clocks stand still although the last day of that is over; longest over first.
    pub async fn suspensions_over(
        &self,
        now: DateTime<Utc>,
        limit: i64,
    ) -> Result<Vec<Transfer>, ViewsError> {
        let query = sqlx::query_scalar!(
            r#"select to_jsonb(t) as row from views_1.transfer t
                where t.facts @> '{"suspension": {}}' and (t.facts #>> '{suspension,until}') collate "C" < $1
                order by (t.facts #>> '{suspension,until}') collate "C", t.id limit $2"#,
            civil::day_of(now).to_string(),
            limit
        );
        Ok(rows::fetch(&self.pool, PlannedAnew(query)).await?)
    }

    /// Transfers after one, by id, with a running clock whose due moment was computed by another calendar than this.
    pub async fn clocks_of_other_calendars(
        &self,
        version: &str,
        only_provisional: bool,
        after: Option<TransferId>,
        limit: i64,
    ) -> Result<Vec<TransferId>, ViewsError> {
        // One part for each state, because each has an index of its own.
        let query = sqlx::query_scalar!(
            "select to_jsonb(c.transfer_id) as row from (
               select transfer_id from views_1.clock
                where state = 'running' and calendar is distinct from $1 and (provisional or not $2)
                  and ($3::uuid is null or transfer_id > $3)
               union
               select transfer_id from views_1.clock
                where state = 'missed' and calendar is distinct from $1 and (provisional or not $2)
                  and ($3::uuid is null or transfer_id > $3)) c
              order by c.transfer_id limit $4",
            version,
            only_provisional,
            after.map(|after| after.0),
            limit
        );
        Ok(rows::fetch(&self.pool, PlannedAnew(query)).await?)
    }

    /// Requests for assistance that are open although their case has ended, by id.
    pub async fn requests_of_ended_cases(&self, limit: i64) -> Result<Vec<Transfer>, ViewsError> {
        let query = sqlx::query_scalar!(
            "select to_jsonb(t) as row
               from views_1.transfer t join views_1.transfer c on c.id = t.origin_transfer
              where t.kind = 'assistance_request' and t.holder is not null and c.holder is null
              order by t.id limit $1",
            limit
        );
        Ok(rows::fetch(&self.pool, PlannedAnew(query)).await?)
    }

    /// Open transfers after one, by id, whoever asks.
    pub async fn open_transfers(
        &self,
        after: Option<TransferId>,
        limit: i64,
    ) -> Result<Vec<TransferId>, ViewsError> {
        let ids = sqlx::query_scalar!(
            "select t.id from views_1.transfer t
              where t.holder is not null and ($1::uuid is null or t.id > $1) order by t.id limit $2",
            after.map(|after| after.0),
            limit
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(ids.into_iter().map(TransferId).collect())
    }
}
