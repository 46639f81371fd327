//! The contact 联络员 of a department. A hand-over is a new row from a day on, and earlier contacts stay.

use crate::api_key::stored_department;
use crate::error::AccountsError;
use crate::handle::Accounts;
use chrono::{DateTime, NaiveDate, Utc};
use contract::ids::DepartmentId;
use std::fmt;

/// Who is to be called in a department, from a day on.
#[derive(Clone, PartialEq, Eq)]
pub struct Contact {
    /// The department.
    pub department: DepartmentId,
    /// The first day.
    pub from_day: NaiveDate,
    /// The name.
    pub name: String,
    /// The telephone number at work.
    pub phone: String,
    /// When this was said.
    pub set_at: DateTime<Utc>,
    /// The public id of the key that said it.
    pub set_by: String,
}

impl fmt::Debug for Contact {
    /// Without name and number, which no log shows.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Contact");
        shown.field("department", &self.department).field("from_day", &self.from_day).finish_non_exhaustive()
    }
}

impl Accounts {
    /// The contact of a department on a day.
    pub async fn contact_on(
        &self,
        department: &DepartmentId,
        day: NaiveDate,
    ) -> Result<Option<Contact>, AccountsError> {
        let row = sqlx::query!(
            "SELECT department, from_day, name, phone, set_at, set_by FROM accounts.contact
             WHERE department = $1 AND from_day <= $2 ORDER BY from_day DESC LIMIT 1",
            department.as_str(),
            day,
        )
        .fetch_optional(&self.pool)
        .await?;
        row.map(|row| {
            Ok(Contact {
                department: stored_department("contact.department", &row.department)?,
                from_day: row.from_day,
                name: row.name,
                phone: row.phone,
                set_at: row.set_at,
                set_by: row.set_by,
            })
        })
        .transpose()
    }

    /// Hands the role over from a day on; said again for the same day, it corrects.
    pub async fn hand_over_contact(&self, contact: &Contact) -> Result<(), AccountsError> {
        sqlx::query!(
            "INSERT INTO accounts.contact (department, from_day, name, phone, set_at, set_by)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (department, from_day) DO UPDATE SET name = excluded.name, phone = excluded.phone,
                 set_at = excluded.set_at, set_by = excluded.set_by",
            contact.department.as_str(),
            contact.from_day,
            contact.name,
            contact.phone,
            contact.set_at,
            contact.set_by,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}
