//! Keys for everybody who can act, in `demo-keys.json`.

use super::{Stage, provincial_list};
use crate::connection::write_secret;
use accounts::{CreatedKey, NewKey, Scope};
use anyhow::Context;
use contract::actor::Role;
use contract::ids::DepartmentId;
use domain::registry::{DepartmentType, Registry};
use futures_util::{StreamExt, TryStreamExt, stream};
use std::collections::BTreeMap;
use std::path::Path;

/// Under this name the file has the key that sees everything.
pub(super) const SUPERVISOR: &str = "supervisor";
/// The file in the data folder.
pub(super) const FILE: &str = "demo-keys.json";
/// What its keys are labelled with.
const LABEL: &str = "demo";
/// How many keys are made at once.
const AT_ONCE: usize = 8;

/// After the id of a department, this names the key of its head.
const HEAD: &str = "/head";

/// The keys of the demonstration.
pub(super) struct DemoKeys {
    by_department: BTreeMap<DepartmentId, OwnKeys>,
    supervisor: CreatedKey,
}

/// The keys of one department.
struct OwnKeys {
    role: Role,
    key: CreatedKey,
    head: CreatedKey,
}

/// Makes two keys for each department that can act, one of them for its head, and one key that sees everything. Those of
/// a demonstration that was cut short are revoked: nobody has their secrets.
pub(super) async fn create(stage: &Stage<'_>, registry: &Registry) -> anyhow::Result<DemoKeys> {
    for key in stage.accounts.list_keys().await? {
        if key.label == LABEL && key.revoked_at.is_none() {
            stage.accounts.revoke_key(&key.id, stage.clock.now()).await?;
        }
    }
    let by_department = stream::iter(registry.all().filter(|department| department.can_receive()))
        .map(async |department| {
            let role = role_of(department.department_type);
            let key = create_one(stage, &department.id, role, Scope::Own).await?;
            let head = create_one(stage, &department.id, Role::Head, Scope::Own).await?;
            anyhow::Ok((department.id.clone(), OwnKeys { role, key, head }))
        })
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await?;
    let office = DepartmentId::new(provincial_list::SENDER)?;
    let supervisor = create_one(stage, &office, Role::Supervisor, Scope::All).await?;
    Ok(DemoKeys { by_department, supervisor })
}

async fn create_one(
    stage: &Stage<'_>,
    department: &DepartmentId,
    role: Role,
    scope: Scope,
) -> anyhow::Result<CreatedKey> {
    let label = LABEL.to_owned();
    let new = NewKey { department: department.clone(), role, scope, label, expires_at: None };
    Ok(stage.accounts.create_key(new, stage.clock.now()).await?)
}

/// Offices and governments watch over others; everybody else handles transfers.
const fn role_of(department_type: DepartmentType) -> Role {
    match department_type {
        DepartmentType::CoordinationOffice | DepartmentType::Government => Role::Supervisor,
        DepartmentType::EnforcingOrgan
        | DepartmentType::Administrative
        | DepartmentType::Audit
        | DepartmentType::PublicSecurity
        | DepartmentType::Procuratorate
        | DepartmentType::Court
        | DepartmentType::Supervisory
        | DepartmentType::LegalSupervision
        | DepartmentType::Party
        | DepartmentType::Vertical
        | DepartmentType::Subdistrict
        | DepartmentType::Group
        | DepartmentType::Legacy => Role::Clerk,
    }
}

impl DemoKeys {
    /// The role and the public id of a department's key.
    pub(super) fn of(&self, department: &DepartmentId) -> (Role, String) {
        let found = self.by_department.get(department);
        found.map_or((Role::Clerk, "demo".to_owned()), |own| (own.role, own.key.id.clone()))
    }

    /// The role and the public id of its head's key.
    pub(super) fn head_of(&self, department: &DepartmentId) -> (Role, String) {
        let found = self.by_department.get(department);
        found.map_or((Role::Head, "demo".to_owned()), |own| (Role::Head, own.head.id.clone()))
    }

    /// Writes the secrets into the data folder, readable by its owner only.
    pub(super) fn write(&self, folder: &Path) -> anyhow::Result<()> {
        let mut secrets = BTreeMap::from([(SUPERVISOR.to_owned(), self.supervisor.secret.as_str())]);
        for (id, own) in &self.by_department {
            secrets.insert(id.to_string(), &own.key.secret);
            secrets.insert(format!("{id}{HEAD}"), &own.head.secret);
        }
        let path = folder.join(FILE);
        write_secret(&path, &serde_json::to_string_pretty(&secrets)?)
            .with_context(|| format!("cannot write {}", path.display()))
    }
}
