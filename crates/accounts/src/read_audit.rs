//! Who has read the content of which transfer.

use crate::api_key::{Caller, stored_department};
use crate::error::AccountsError;
use crate::handle::Accounts;
use chrono::{DateTime, Utc};
use contract::ids::{DepartmentId, TransferId};

/// One reading, as it is kept for the auditor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadAudit {
    /// When.
    pub read_at: DateTime<Utc>,
    /// With which key, by its public id.
    pub key_id: String,
    /// For which department the key acted.
    pub department: DepartmentId,
    /// In which role, by its name in data.
    pub role: String,
    /// By which route.
    pub route: String,
}

impl Accounts {
    /// Records that the content of a transfer was read. Rows are only ever added: a trigger refuses any change,
    /// and the role of the services has no right to one.
    pub async fn audit_read(
        &self,
        caller: &Caller,
        transfer: TransferId,
        route: &str,
        now: DateTime<Utc>,
    ) -> Result<(), AccountsError> {
        sqlx::query!(
            "INSERT INTO accounts.read_audit (read_at, key_id, department, role, transfer, route)
             VALUES ($1, $2, $3, $4, $5, $6)",
            now,
            caller.key_id,
            caller.department.as_str(),
            caller.role.name(),
            transfer.0,
            route,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// The last `limit` readings of a transfer, the latest first.
    pub async fn readings_of(
        &self,
        transfer: TransferId,
        limit: u32,
    ) -> Result<Vec<ReadAudit>, AccountsError> {
        let rows = sqlx::query!(
            "SELECT read_at, key_id, department, role, route FROM accounts.read_audit
             WHERE transfer = $1 ORDER BY id DESC LIMIT $2",
            transfer.0,
            i64::from(limit),
        )
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter()
            .map(|row| {
                Ok(ReadAudit {
                    read_at: row.read_at,
                    key_id: row.key_id,
                    department: stored_department("read_audit.department", &row.department)?,
                    role: row.role,
                    route: row.route,
                })
            })
            .collect()
    }
}
