//! Whether a department ever fetched or opened a transfer.
//!
//! The watch tells with it a missed clock that was never fetched from one that was fetched and not read. So the
//! first and the last time are kept, and the last one only to within ten minutes: a department that reads the same
//! transfer again within ten minutes costs no write.

use crate::api_key::Caller;
use crate::error::AccountsError;
use crate::handle::Accounts;
use chrono::{DateTime, TimeDelta, Utc};
use contract::ids::{DepartmentId, TransferId};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use uuid::Uuid;

/// How exactly the last time is kept.
const PRECISION: TimeDelta = TimeDelta::minutes(10);

/// How many recent readings are remembered at most.
const CAPACITY: usize = 16_384;

/// The first reading of a transfer by a department from some moment on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// When its system or a person received the transfer; `None`: never.
    pub fetched_at: Option<DateTime<Utc>>,
    /// When the transfer itself was opened; `None`: never.
    pub opened_at: Option<DateTime<Utc>>,
}

/// How a transfer was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Depth {
    Fetched,
    Opened,
}

/// What was written lately, so that it is not written again.
#[derive(Default)]
pub(crate) struct RecentReadings {
    written: Mutex<HashMap<(DepartmentId, Uuid, Depth), DateTime<Utc>>>,
}

impl RecentReadings {
    /// Of these transfers, those whose reading is to be written, in order and each once, so that two writers
    /// lock rows in the same order.
    fn unwritten(
        &self,
        department: &DepartmentId,
        transfers: &[TransferId],
        depth: Depth,
        now: DateTime<Utc>,
    ) -> Vec<Uuid> {
        let written = self.lock();
        let is_recent = |transfer: Uuid| {
            let last = written.get(&(department.clone(), transfer, depth));
            last.is_some_and(|last| (now - *last).abs() < PRECISION)
        };
        let mut list: Vec<_> = transfers.iter().map(|id| id.0).filter(|id| !is_recent(*id)).collect();
        list.sort_unstable();
        list.dedup();
        list
    }

    fn remember(&self, department: &DepartmentId, transfers: &[Uuid], depth: Depth, now: DateTime<Utc>) {
        let mut written = self.lock();
        if written.len() + transfers.len() > CAPACITY {
            written.retain(|_, last| (now - *last).abs() < PRECISION);
        }
        if written.len() + transfers.len() > CAPACITY {
            written.clear();
        }
        written.extend(transfers.iter().map(|id| ((department.clone(), *id, depth), now)));
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<(DepartmentId, Uuid, Depth), DateTime<Utc>>> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Accounts {
    /// Notes that a department received these transfers, in a list, a feed or by its own consumer.
    pub async fn note_fetched(
        &self,
        department: &DepartmentId,
        transfers: &[TransferId],
        now: DateTime<Utc>,
    ) -> Result<(), AccountsError> {
        let unwritten = self.shared.readings.unwritten(department, transfers, Depth::Fetched, now);
        if unwritten.is_empty() {
            return Ok(());
        }
        sqlx::query!(
            "INSERT INTO accounts.reading (department, transfer, first_fetched_at, last_fetched_at)
             SELECT $1, transfer, $3, $3 FROM unnest($2::uuid[]) AS transfer
             ON CONFLICT (department, transfer) DO UPDATE SET
                 first_fetched_at = least(reading.first_fetched_at, excluded.first_fetched_at),
                 last_fetched_at = greatest(reading.last_fetched_at, excluded.last_fetched_at)",
            department.as_str(),
            &unwritten,
            now,
        )
        .execute(&self.pool)
        .await?;
        self.shared.readings.remember(department, &unwritten, Depth::Fetched, now);
        Ok(())
    }

    /// Records that the content of a transfer was read by a party to it, and notes that its department opened it; it has then
    /// fetched it, too. Both are one statement: each commit waits for the disk.
    pub async fn audit_opened(
        &self,
        caller: &Caller,
        transfer: TransferId,
        route: &str,
        now: DateTime<Utc>,
    ) -> Result<(), AccountsError> {
        let department = &caller.department;
        let unwritten = self.shared.readings.unwritten(department, &[transfer], Depth::Opened, now);
        if unwritten.is_empty() {
            return self.audit_read(caller, transfer, route, now).await;
        }
        sqlx::query!(
            "WITH audit AS (
                 INSERT INTO accounts.read_audit (read_at, key_id, department, role, transfer, route)
                 VALUES ($3, $4, $1, $5, $2, $6)
             )
             INSERT INTO accounts.reading (department, transfer, first_fetched_at, last_fetched_at,
                 first_opened_at, last_opened_at)
             VALUES ($1, $2, $3, $3, $3, $3)
             ON CONFLICT (department, transfer) DO UPDATE SET
                 first_fetched_at = least(reading.first_fetched_at, excluded.first_fetched_at),
                 last_fetched_at = greatest(reading.last_fetched_at, excluded.last_fetched_at),
                 first_opened_at = least(reading.first_opened_at, excluded.first_opened_at),
                 last_opened_at = greatest(reading.last_opened_at, excluded.last_opened_at)",
            department.as_str(),
            transfer.0,
            now,
            caller.key_id,
            caller.role.name(),
            route,
        )
        .execute(&self.pool)
        .await?;
        self.shared.readings.remember(department, &unwritten, Depth::Fetched, now);
        self.shared.readings.remember(department, &unwritten, Depth::Opened, now);
        Ok(())
    }

    /// Whether, from `since` on, the department fetched and opened the transfer, and when. The time is the first
    /// one ever where that is not before `since`, else the last one; a reading up to ten minutes before `since`
    /// counts, because a later one may not have been written.
    pub async fn first_reading(
        &self,
        department: &DepartmentId,
        transfer: TransferId,
        since: DateTime<Utc>,
    ) -> Result<Reading, AccountsError> {
        let row = sqlx::query!(
            "SELECT first_fetched_at, last_fetched_at, first_opened_at, last_opened_at
             FROM accounts.reading WHERE department = $1 AND transfer = $2",
            department.as_str(),
            transfer.0,
        )
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(Reading::default()) };
        Ok(Reading {
            fetched_at: counted(Some(row.first_fetched_at), Some(row.last_fetched_at), since),
            opened_at: counted(row.first_opened_at, row.last_opened_at, since),
        })
    }
}

/// The time that counts from `since` on.
fn counted(
    first: Option<DateTime<Utc>>,
    last: Option<DateTime<Utc>>,
    since: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    first.filter(|first| *first >= since).or(last.filter(|last| *last + PRECISION > since))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_780_000_000, 0).unwrap() + TimeDelta::minutes(minute)
    }

    #[test]
    fn only_what_happened_since_counts() {
        assert_eq!(counted(Some(at(5)), Some(at(90)), at(0)), Some(at(5)));
        assert_eq!(counted(Some(at(-60)), Some(at(90)), at(0)), Some(at(90)));
        assert_eq!(
            counted(Some(at(-60)), Some(at(-9)), at(0)),
            Some(at(-9)),
            "a later one may not be written"
        );
        assert_eq!(counted(Some(at(-60)), Some(at(-10)), at(0)), None);
        assert_eq!(counted(None, None, at(0)), None);
    }

    #[test]
    fn what_was_written_lately_is_not_written_again() {
        let recent = RecentReadings::default();
        let department = DepartmentId::new("320100-ybj").unwrap();
        let transfer = TransferId(Uuid::from_u128(1));
        let other = TransferId(Uuid::from_u128(0));
        let list = [transfer, other, transfer];
        assert_eq!(recent.unwritten(&department, &list, Depth::Fetched, at(0)), [other.0, transfer.0]);
        recent.remember(&department, &[transfer.0], Depth::Fetched, at(0));
        assert_eq!(recent.unwritten(&department, &list, Depth::Fetched, at(9)), [other.0]);
        assert_eq!(recent.unwritten(&department, &[transfer], Depth::Opened, at(9)), [transfer.0]);
        assert_eq!(recent.unwritten(&department, &[transfer], Depth::Fetched, at(10)), [transfer.0]);
    }
}
