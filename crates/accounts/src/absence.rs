//! Who of a department is away, and which colleague covers.

use crate::api_key::stored_department;
use crate::error::AccountsError;
use crate::handle::Accounts;
use chrono::{DateTime, NaiveDate, Utc};
use contract::ids::DepartmentId;
use uuid::Uuid;

/// An absence with its cover.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absence {
    /// Its id; a repeated request has the same.
    pub id: Uuid,
    /// The department.
    pub department: DepartmentId,
    /// The public id of the key whose holder is away.
    pub key_id: String,
    /// The public id of the key whose holder covers; never the same one.
    pub covered_by_key_id: String,
    /// The first day.
    pub from_day: NaiveDate,
    /// The last day; not before the first.
    pub until_day: NaiveDate,
    /// What was said with it; empty when nothing was.
    pub note: String,
}

/// Why an absence was not noted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AbsenceRefusal {
    /// The absent key is no valid key of the department.
    #[error("the absent key is no valid key of the department")]
    UnknownKey,
    /// The covering key is no valid key of the department.
    #[error("the covering key is no valid key of the department")]
    UnknownCover,
    /// The id belongs to another absence.
    #[error("the id belongs to another absence")]
    IdReused,
}

impl Accounts {
    /// Notes an absence; the inner error says why not. The same one again changes nothing.
    pub async fn note_absence(
        &self,
        absence: &Absence,
        now: DateTime<Utc>,
    ) -> Result<Result<(), AbsenceRefusal>, AccountsError> {
        if let Some(stored) = self.absence(absence.id).await? {
            return Ok(if stored == *absence { Ok(()) } else { Err(AbsenceRefusal::IdReused) });
        }
        let wanted = [absence.key_id.clone(), absence.covered_by_key_id.clone()];
        let valid = sqlx::query_scalar!(
            "SELECT id FROM accounts.api_key WHERE id = ANY($1) AND department = $2
                 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $3)",
            &wanted,
            absence.department.as_str(),
            now,
        )
        .fetch_all(&self.pool)
        .await?;
        if !valid.contains(&absence.key_id) {
            return Ok(Err(AbsenceRefusal::UnknownKey));
        }
        if !valid.contains(&absence.covered_by_key_id) {
            return Ok(Err(AbsenceRefusal::UnknownCover));
        }
        sqlx::query!(
            "INSERT INTO accounts.absence (id, department, key_id, covered_by_key_id, from_day, until_day, note)
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING",
            absence.id,
            absence.department.as_str(),
            absence.key_id,
            absence.covered_by_key_id,
            absence.from_day,
            absence.until_day,
            absence.note,
        )
        .execute(&self.pool)
        .await?;
        Ok(Ok(()))
    }

    /// The absences of a department that are not over on a day, the first to begin first.
    pub async fn absences_from(
        &self,
        department: &DepartmentId,
        day: NaiveDate,
    ) -> Result<Vec<Absence>, AccountsError> {
        let rows = sqlx::query_as!(
            Stored,
            "SELECT id, department, key_id, covered_by_key_id, from_day, until_day, note FROM accounts.absence
             WHERE department = $1 AND until_day >= $2 ORDER BY from_day, id",
            department.as_str(),
            day,
        )
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(Stored::read).collect()
    }

    async fn absence(&self, id: Uuid) -> Result<Option<Absence>, AccountsError> {
        let row = sqlx::query_as!(
            Stored,
            "SELECT id, department, key_id, covered_by_key_id, from_day, until_day, note FROM accounts.absence
             WHERE id = $1",
            id,
        )
        .fetch_optional(&self.pool)
        .await?;
        row.map(Stored::read).transpose()
    }
}

/// An absence as the database has it.
struct Stored {
    id: Uuid,
    department: String,
    key_id: String,
    covered_by_key_id: String,
    from_day: NaiveDate,
    until_day: NaiveDate,
    note: String,
}

impl Stored {
    fn read(self) -> Result<Absence, AccountsError> {
        Ok(Absence {
            id: self.id,
            department: stored_department("absence.department", &self.department)?,
            key_id: self.key_id,
            covered_by_key_id: self.covered_by_key_id,
            from_day: self.from_day,
            until_day: self.until_day,
            note: self.note,
        })
    }
}
