//! Brings departments, sets and responsibilities in from CSV text, row by row.
//!
//! Every wrong field of every row is reported with its line and column. A strict import stores all rows or none;
//! another one stores the good rows and reports the others. Importing the same text again changes nothing, and
//! importing a corrected text updates. Imports happen one after another.

mod departments;
mod groups;
mod holidays;
mod report;
mod responsibilities;
pub mod table;

pub use holidays::CalendarImport;
pub use report::{ImportReport, RowError, RowErrorCode};

use crate::error::AccountsError;
use contract::ids::DepartmentId;
use domain::registry::{Department, DepartmentType};
use sqlx::{PgPool, Postgres, Transaction};
use std::collections::BTreeMap;

/// What is known of the departments that a row may name.
type KnownDepartments = BTreeMap<DepartmentId, DepartmentType>;

/// Begins an import: waits until any other one is done.
async fn begin(pool: &PgPool) -> Result<Transaction<'static, Postgres>, AccountsError> {
    let mut transaction = pool.begin().await?;
    sqlx::query_scalar!("SELECT version FROM accounts.registry_version FOR UPDATE")
        .fetch_one(&mut *transaction)
        .await?;
    Ok(transaction)
}

/// Ends an import; the registry gets a new version when something changed.
async fn finish(mut transaction: Transaction<'static, Postgres>, changed: u64) -> Result<(), AccountsError> {
    if changed > 0 {
        sqlx::query!("UPDATE accounts.registry_version SET version = version + 1")
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await?;
    Ok(())
}

fn known(departments: &[Department]) -> KnownDepartments {
    departments.iter().map(|department| (department.id.clone(), department.department_type)).collect()
}
