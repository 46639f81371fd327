//! Who of a department is away, and which colleague covers.

use crate::api_key::{stored_department, stored_role};
use crate::error::AccountsError;
use crate::handle::Accounts;
use chrono::{DateTime, NaiveDate, Utc};
use contract::actor::Role;
use contract::ids::DepartmentId;
use domain::civil;
use sqlx::PgConnection;
use uuid::Uuid;

/// How many absences of a department may be noted that are not over.
pub const ABSENCES_MAX: i64 = 200;

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
    /// The absent key is the head's, whose absence only a head notes.
    #[error("only a head notes the absence of a head")]
    OfHead,
    /// [`ABSENCES_MAX`] of the department are not over.
    #[error("the department has noted as many absences as it may")]
    TooMany,
    /// The id belongs to another absence.
    #[error("the id belongs to another absence")]
    IdReused,
}

impl Accounts {
    /// Notes an absence in a role; the inner error says why not. The same one again changes nothing.
    pub async fn note_absence(
        &self,
        absence: &Absence,
        by: Role,
        now: DateTime<Utc>,
    ) -> Result<Result<(), AbsenceRefusal>, AccountsError> {
        let mut transaction = self.pool.begin().await?;
        // One after another in a department, so that a repeat finds the first one, and their number is certain.
        sqlx::query!(
            "SELECT pg_advisory_xact_lock(hashtext('accounts.absence'), hashtext($1))",
            absence.department.as_str(),
        )
        .execute(&mut *transaction)
        .await?;
        if let Some(stored) = stored_absence(&mut transaction, absence.id).await? {
            return Ok(if stored == *absence { Ok(()) } else { Err(AbsenceRefusal::IdReused) });
        }
        if let Some(refusal) = refusal(&mut transaction, absence, by, now).await? {
            return Ok(Err(refusal));
        }
        sqlx::query!(
            "INSERT INTO accounts.absence (id, department, key_id, covered_by_key_id, from_day, until_day, note)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            absence.id,
            absence.department.as_str(),
            absence.key_id,
            absence.covered_by_key_id,
            absence.from_day,
            absence.until_day,
            absence.note,
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
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

    /// Whether an absence of that id was noted.
    pub async fn is_absence_noted(&self, id: Uuid) -> Result<bool, AccountsError> {
        let mut connection = self.pool.acquire().await?;
        Ok(stored_absence(&mut connection, id).await?.is_some())
    }
}

async fn stored_absence(connection: &mut PgConnection, id: Uuid) -> Result<Option<Absence>, AccountsError> {
    let row = sqlx::query_as!(
        Stored,
        "SELECT id, department, key_id, covered_by_key_id, from_day, until_day, note FROM accounts.absence
         WHERE id = $1",
        id,
    )
    .fetch_optional(connection)
    .await?;
    row.map(Stored::read).transpose()
}

/// Why a new absence is not noted.
async fn refusal(
    connection: &mut PgConnection,
    absence: &Absence,
    by: Role,
    now: DateTime<Utc>,
) -> Result<Option<AbsenceRefusal>, AccountsError> {
    let wanted = [absence.key_id.clone(), absence.covered_by_key_id.clone()];
    let valid = sqlx::query!(
        "SELECT id, role FROM accounts.api_key WHERE id = ANY($1) AND department = $2
             AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $3)",
        &wanted,
        absence.department.as_str(),
        now,
    )
    .fetch_all(&mut *connection)
    .await?;
    let Some(away) = valid.iter().find(|key| key.id == absence.key_id) else {
        return Ok(Some(AbsenceRefusal::UnknownKey));
    };
    if stored_role(&away.role)? == Role::Head && by != Role::Head {
        return Ok(Some(AbsenceRefusal::OfHead));
    }
    if valid.iter().all(|key| key.id != absence.covered_by_key_id) {
        return Ok(Some(AbsenceRefusal::UnknownCover));
    }
    let open = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM accounts.absence WHERE department = $1 AND until_day >= $2"#,
        absence.department.as_str(),
        civil::day_of(now),
    )
    .fetch_one(connection)
    .await?;
    Ok((open >= ABSENCES_MAX).then_some(AbsenceRefusal::TooMany))
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
