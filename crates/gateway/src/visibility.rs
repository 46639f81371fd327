//! Who may know of which transfer.

use accounts::{Caller, Scope};
use contract::actor::Role;
use contract::ids::DepartmentId;
use domain::registry::Registry;
use domain::transfer::Standing;
use views::Visibility;

/// Whether a department is sender, receiver, holder or coordination office.
pub(crate) fn is_party(standing: &Standing, department: &DepartmentId) -> bool {
    let parties =
        [Some(&standing.from), Some(&standing.to), Some(&standing.office), standing.holder.as_ref()];
    parties.into_iter().flatten().any(|party| party == department)
}

/// Whether a caller may know of a transfer.
pub(crate) fn may_see(caller: &Caller, standing: &Standing, registry: &Registry) -> bool {
    let own = &caller.department;
    let by_scope = match caller.scope {
        Scope::All => true,
        Scope::Own => false,
    };
    let by_role = match caller.role {
        Role::Clerk => false,
        Role::Supervisor => registry.in_region(own, &standing.from) || registry.in_region(own, &standing.to),
    };
    by_scope || by_role || is_party(standing, own)
}

/// What a caller may see, as the read model asks for it.
pub(crate) fn visibility(caller: &Caller, registry: &Registry) -> Visibility {
    let own = caller.department.clone();
    match (caller.scope, caller.role) {
        (Scope::All, Role::Clerk | Role::Supervisor) => Visibility::All,
        (Scope::Own, Role::Clerk) => Visibility::Parties(own),
        (Scope::Own, Role::Supervisor) => Visibility::Region { region: registry.region(&own), own },
    }
}
