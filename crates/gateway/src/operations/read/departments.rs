//! `GET /v1/departments`: the registry.

use crate::answers::problem::ReadProblems;
use crate::problem::Problem;
use crate::reading::{Read, ReadHeaders};
use axum::Json;
use contract::ids::DepartmentId;
use domain::registry::{Department, Registry};
use serde::Serialize;
use utoipa::ToSchema;

/// The departments of the registry.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DepartmentsAnswer {
    /// Version of the registry.
    version: i64,
    /// Every department, in order of id.
    data: Vec<DepartmentAnswer>,
}

/// A department or other body.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Department)]
pub(crate) struct DepartmentAnswer {
    /// Id.
    id: DepartmentId,
    /// The name it goes by at home.
    name: String,
    /// The name by which bodies of the same function are alike everywhere.
    canonical_name: String,
    /// Its level in the words of the source.
    level: String,
    /// What kind of body it is: a code of the registry file.
    #[serde(rename = "type")]
    #[schema(example = "ADMIN_ENF")]
    department_type: &'static str,
    /// Its government.
    parent: Option<DepartmentId>,
    /// The department inside which it sits.
    host: Option<DepartmentId>,
    /// Whether a transfer may be addressed to it.
    can_receive: bool,
    /// The members of a set of departments, every set inside it opened; `null` for one that is no set.
    members: Option<Vec<DepartmentId>>,
    /// Of a set: whether the source names every member.
    complete: Option<bool>,
}

/// List departments
///
/// Everybody with a key sees all of them: one must know whom one may send to.
#[utoipa::path(
    get,
    path = "/v1/departments",
    tag = "read",
    params(ReadHeaders),
    responses((status = 200, description = "The registry", body = DepartmentsAnswer), ReadProblems)
)]
pub(crate) async fn list_departments(read: Read) -> Result<Json<DepartmentsAnswer>, Problem> {
    read.parameters.known(&[])?;
    let registry = &read.registry;
    let data = registry.all().map(|department| answer(department, registry)).collect();
    Ok(Json(DepartmentsAnswer { version: registry.version(), data }))
}

fn answer(department: &Department, registry: &Registry) -> DepartmentAnswer {
    let expansion = registry.expand_group(&department.id);
    DepartmentAnswer {
        id: department.id.clone(),
        name: department.name.clone(),
        canonical_name: department.canonical_name.clone(),
        level: department.level.clone(),
        department_type: department.department_type.code(),
        parent: department.parent.clone(),
        host: department.host.clone(),
        can_receive: department.can_receive(),
        complete: expansion.as_ref().map(|expansion| expansion.complete),
        members: expansion.map(|expansion| expansion.members),
    }
}
