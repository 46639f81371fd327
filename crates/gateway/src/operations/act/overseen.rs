//! Whom an office may name: the departments of its region, the parties of the transfer, those among whom the matrix lets
//! it choose, and those between whom and the sender it decides.

use crate::body::Reading;
use crate::fields::Fields;
use crate::problem::plain;
use contract::ids::DepartmentId;
use contract::kind::Routing;
use contract::problem::ProblemCode;

/// Notes a department over which the caller decides nothing. Of the parties only the office as receiver gives an order:
/// another one is told by the rules that the act is not its own.
pub(super) fn check(fields: &Fields<'_>, name: &str, department: &DepartmentId, reading: &Reading<'_>) {
    let (Some(transfer), caller) = (reading.transfer, &reading.caller.department) else { return };
    let (registry, parties) = (reading.registry, &transfer.reference);
    let is_party = |id: &DepartmentId| *id == parties.from || *id == parties.to;
    let asked_to_route = transfer.sent.routing == Routing::Office && parties.to == *caller;
    let is_order = transfer.sent.office == *caller || asked_to_route || !is_party(caller);
    // A government above the office is not bound by it, even where nobody else stands between that and the sender.
    let is_above = registry.ancestors(caller).contains(department);
    let decides_between = registry.office_between(&parties.from, department) == *caller && !is_above;
    let may_name = is_party(department)
        || registry.in_region(caller, department)
        || transfer.sent.terms.candidates.contains(department)
        || decides_between;
    if is_order && !may_name {
        fields.wrong(name, ProblemCode::DepartmentNotOverseen, vec![("department", plain(department))]);
    }
}
