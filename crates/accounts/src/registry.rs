//! Reads the stored registry back as the pure [`Registry`] that the rules ask.

use crate::api_key::{stored_department, unknown_value};
use crate::error::AccountsError;
use crate::handle::Accounts;
use contract::ids::DepartmentId;
use domain::registry::{Department, DepartmentGroup, DepartmentType, LeadMode, Registry, Responsibility};
use sqlx::PgConnection;
use std::collections::BTreeMap;

impl Accounts {
    /// The version of the stored registry: it grows with every import that changed something, so a service
    /// knows by it when to load again.
    pub async fn registry_version(&self) -> Result<i64, AccountsError> {
        let version = sqlx::query_scalar!("SELECT version FROM accounts.registry_version")
            .fetch_one(&self.pool)
            .await?;
        Ok(version)
    }

    /// Loads the registry as it stands at one moment.
    pub async fn load_registry(&self) -> Result<Registry, AccountsError> {
        let mut transaction = self.pool.begin().await?;
        sqlx::query!("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            .execute(&mut *transaction)
            .await?;
        let version = sqlx::query_scalar!("SELECT version FROM accounts.registry_version")
            .fetch_one(&mut *transaction)
            .await?;
        let departments = departments(&mut transaction).await?;
        let groups = groups(&mut transaction).await?;
        let responsibilities = responsibilities(&mut transaction).await?;
        transaction.commit().await?;
        Ok(Registry::new(version, departments, groups, responsibilities))
    }
}

/// Every stored department, in order of id.
pub(crate) async fn departments(connection: &mut PgConnection) -> Result<Vec<Department>, AccountsError> {
    let rows = sqlx::query!(
        r#"SELECT id, name, canonical_name, level, type AS "department_type", parent, host
           FROM accounts.department ORDER BY id"#
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            let optional =
                |column, text: Option<String>| text.map(|text| stored_department(column, &text)).transpose();
            Ok(Department {
                id: stored_department("department.id", &row.id)?,
                name: row.name,
                canonical_name: row.canonical_name,
                level: row.level,
                department_type: DepartmentType::from_code(&row.department_type)
                    .ok_or_else(|| unknown_value("department.type", &row.department_type))?,
                parent: optional("department.parent", row.parent)?,
                host: optional("department.host", row.host)?,
            })
        })
        .collect()
}

async fn groups(connection: &mut PgConnection) -> Result<Vec<DepartmentGroup>, AccountsError> {
    let rows = sqlx::query!(
        "SELECT group_id, member, complete FROM accounts.department_group ORDER BY group_id, member"
    )
    .fetch_all(connection)
    .await?;
    let mut groups: BTreeMap<DepartmentId, DepartmentGroup> = BTreeMap::new();
    for row in rows {
        let id = stored_department("department_group.group_id", &row.group_id)?;
        let member = stored_department("department_group.member", &row.member)?;
        let group = groups.entry(id.clone()).or_insert_with(|| DepartmentGroup {
            id,
            members: Vec::new(),
            complete: true,
        });
        group.members.push(member);
        group.complete &= row.complete;
    }
    Ok(groups.into_values().collect())
}

async fn responsibilities(connection: &mut PgConnection) -> Result<Vec<Responsibility>, AccountsError> {
    let rows = sqlx::query!(
        "SELECT division, row_id, subject_matter, lead, participants, lead_mode, flag
         FROM accounts.responsibility ORDER BY division, row_id"
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            let list = |column, ids: &[String]| -> Result<Vec<_>, _> {
                ids.iter().map(|id| stored_department(column, id)).collect()
            };
            Ok(Responsibility {
                division: row.division,
                row_id: row.row_id,
                subject_matter: row.subject_matter,
                leads: list("responsibility.lead", &row.lead)?,
                participants: list("responsibility.participants", &row.participants)?,
                lead_mode: LeadMode::from_code(&row.lead_mode)
                    .ok_or_else(|| unknown_value("responsibility.lead_mode", &row.lead_mode))?,
                flag: row.flag,
            })
        })
        .collect()
}
