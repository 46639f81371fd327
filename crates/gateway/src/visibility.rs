//! Who may know of which transfer.

use accounts::{Caller, Scope};
use chrono::{DateTime, Utc};
use contract::actor::Role;
use contract::ids::DepartmentId;
use domain::Transfer;
use domain::registry::{DepartmentType, Registry};
use domain::transfer::Standing;
use views::Visibility;

/// Whether a department is sender, receiver, holder or coordination office.
pub(crate) fn is_party(standing: &Standing, department: &DepartmentId) -> bool {
    let parties =
        [Some(&standing.from), Some(&standing.to), Some(&standing.office), standing.holder.as_ref()];
    parties.into_iter().flatten().any(|party| party == department)
}

/// Whether a caller may know of a transfer.
pub(crate) fn may_see(caller: &Caller, transfer: &Transfer, now: DateTime<Utc>, registry: &Registry) -> bool {
    let own = &caller.department;
    let reference = &transfer.reference;
    let by_scope = match caller.scope {
        Scope::All => true,
        Scope::Own => false,
    };
    let by_region = oversees_a_region(caller, registry)
        && (registry.in_region(own, &reference.from) || registry.in_region(own, &reference.to));
    by_scope
        || by_region
        || is_party(&transfer.standing(now), own)
        || transfer.sent.terms.copies.contains(own)
}

/// What a caller may see, as the read model asks for it.
pub(crate) fn visibility(caller: &Caller, registry: &Registry) -> Visibility {
    let own = caller.department.clone();
    match caller.scope {
        Scope::All => Visibility::All,
        Scope::Own if oversees_a_region(caller, registry) => {
            Visibility::Region { region: registry.region(&own), own }
        }
        Scope::Own => Visibility::Parties(own),
    }
}

/// Whether a caller is a supervisor of an office or a government: any other department oversees nobody, whatever the
/// role of its key.
pub(crate) fn oversees_a_region(caller: &Caller, registry: &Registry) -> bool {
    let is_supervisor = match caller.role {
        Role::Clerk | Role::Head => false,
        Role::Supervisor => true,
    };
    let department = registry.department(&caller.department);
    is_supervisor && department.is_some_and(|department| acts_for_a_region(department.department_type))
}

const fn acts_for_a_region(department_type: DepartmentType) -> bool {
    match department_type {
        DepartmentType::CoordinationOffice | DepartmentType::Government => true,
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
        | DepartmentType::Legacy => false,
    }
}
