//! The registry of departments: who there is, who stands above whom, and who is responsible for what.
//!
//! Pure: built once from rows that somebody else loaded, and then only asked. Its rules are those of the common
//! superior, of hosted offices, and of routing.

mod department;
mod responsibility;
#[cfg(test)]
mod tests;

pub use department::{Department, DepartmentGroup, DepartmentType, GroupExpansion};
pub use responsibility::{LeadMode, Responsibility, Route};

use contract::ids::DepartmentId;
use std::collections::{BTreeMap, BTreeSet};

/// All departments, sets and responsibilities at one version.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Registry {
    version: i64,
    departments: BTreeMap<DepartmentId, Department>,
    groups: BTreeMap<DepartmentId, DepartmentGroup>,
    offices: BTreeMap<DepartmentId, DepartmentId>,
    places: BTreeMap<DepartmentId, Place>,
    responsibilities: Vec<Responsibility>,
}

/// Where a department stands: worked out once, because every decision asks.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    /// The governments above it, from the nearest up; a government's own chain begins with itself.
    governments: Vec<DepartmentId>,
    /// The department in which it sits in the end; itself where it sits in none.
    outermost_host: DepartmentId,
}

impl Registry {
    /// Builds the registry. Where a government has several coordination offices, the one that sits in no
    /// department acts for it, and among equals the first in order of id.
    pub fn new(
        version: i64,
        departments: impl IntoIterator<Item = Department>,
        groups: impl IntoIterator<Item = DepartmentGroup>,
        responsibilities: impl IntoIterator<Item = Responsibility>,
    ) -> Self {
        let departments: BTreeMap<_, _> =
            departments.into_iter().map(|department| (department.id.clone(), department)).collect();
        let mut candidates: Vec<_> = departments
            .values()
            .filter(|department| department.department_type == DepartmentType::CoordinationOffice)
            .collect();
        candidates.sort_by_key(|office| (office.host.is_some(), &office.id));
        let mut offices = BTreeMap::new();
        for office in candidates {
            if let Some(government) = &office.parent {
                offices.entry(government.clone()).or_insert_with(|| office.id.clone());
            }
        }
        let places = departments.keys().map(|id| (id.clone(), Place::of(id, &departments))).collect();
        let groups = groups.into_iter().map(|group| (group.id.clone(), group)).collect();
        let mut responsibilities: Vec<_> = responsibilities.into_iter().collect();
        responsibilities.sort_by(|a, b| (&a.division, &a.row_id).cmp(&(&b.division, &b.row_id)));
        Self { version, departments, groups, offices, places, responsibilities }
    }

    /// The impartial office that rules between sender and receiver: who acts for their common superior; where the
    /// registry knows none, the coordination office of the sender, or else of the receiver. An office that counts as
    /// one of the two gives way to its government. A sender outside every government has only itself.
    pub fn office_between(&self, from: &DepartmentId, to: &DepartmentId) -> DepartmentId {
        let is_impartial =
            |office: &DepartmentId| !self.counts_as(office, from) && !self.counts_as(office, to);
        let watching = |department: &DepartmentId| {
            let office = self.coordination_office(department)?;
            if is_impartial(&office) {
                Some(office)
            } else {
                self.government_of(&office).filter(&is_impartial)
            }
        };
        self.common_superior(from, to)
            .or_else(|| watching(from))
            .or_else(|| watching(to))
            .unwrap_or_else(|| from.clone())
    }

    /// The version of the stored rows: it grows with every import that changed something.
    pub fn version(&self) -> i64 {
        self.version
    }

    /// The department with that id.
    pub fn department(&self, id: &DepartmentId) -> Option<&Department> {
        self.departments.get(id)
    }

    /// Every department, in order of id.
    pub fn all(&self) -> impl Iterator<Item = &Department> {
        self.departments.values()
    }

    /// Every set, in order of id.
    pub fn groups(&self) -> impl Iterator<Item = &DepartmentGroup> {
        self.groups.values()
    }

    /// Every row of the responsibility matrices, in order of division and row.
    pub fn responsibilities(&self) -> &[Responsibility] {
        &self.responsibilities
    }

    /// The department's government; a government is its own.
    pub fn government_of(&self, id: &DepartmentId) -> Option<DepartmentId> {
        self.ancestors(id).first().cloned()
    }

    /// The governments above a department, from the nearest up. A government's own chain begins with itself.
    pub fn ancestors(&self, id: &DepartmentId) -> &[DepartmentId] {
        self.places.get(id).map_or(&[], |place| &place.governments)
    }

    /// Who decides a dispute between the two: the nearest government above both that is not one of them, or
    /// its coordination office where it has one. An office that counts as one of the two may not
    /// decide, because it would decide its own dispute; then its government does.
    pub fn common_superior(&self, a: &DepartmentId, b: &DepartmentId) -> Option<DepartmentId> {
        let above_b = self.ancestors(b);
        let government = self
            .ancestors(a)
            .iter()
            .find(|government| *government != a && *government != b && above_b.contains(government))?;
        let office = self
            .offices
            .get(government)
            .filter(|office| !self.counts_as(office, a) && !self.counts_as(office, b));
        Some(office.unwrap_or(government).clone())
    }

    /// The office that watches over a department's transfers: that of the nearest government up its chain
    /// which has one, else its nearest government. `None` for a department that stands under no government.
    pub fn coordination_office(&self, id: &DepartmentId) -> Option<DepartmentId> {
        let chain = self.ancestors(id);
        let office = chain.iter().find_map(|government| self.offices.get(government));
        office.or_else(|| chain.first()).cloned()
    }

    /// Whether two ids count as one department wherever two different ones are required: the same one, one
    /// hosted in the other, or both hosted in the same.
    pub fn counts_as(&self, a: &DepartmentId, b: &DepartmentId) -> bool {
        self.outermost_host(a) == self.outermost_host(b)
    }

    fn outermost_host<'a>(&'a self, id: &'a DepartmentId) -> &'a DepartmentId {
        self.places.get(id).map_or(id, |place| &place.outermost_host)
    }

    /// Whether a department stands anywhere under the government of another: the region that a coordination
    /// office or a government oversees.
    pub fn in_region(&self, overseer: &DepartmentId, id: &DepartmentId) -> bool {
        self.government_of(overseer).is_some_and(|government| self.ancestors(id).contains(&government))
    }

    /// Every department in the region of a coordination office or a government, in order of id.
    pub fn region(&self, overseer: &DepartmentId) -> Vec<DepartmentId> {
        self.departments.keys().filter(|id| self.in_region(overseer, id)).cloned().collect()
    }

    /// Opens a set, and every set inside it. `None` when the id names no set.
    pub fn expand_group(&self, id: &DepartmentId) -> Option<GroupExpansion> {
        if !self.is_group(id) {
            return None;
        }
        let mut members = BTreeSet::new();
        let mut complete = true;
        let mut opened = BTreeSet::new();
        let mut waiting = vec![id];
        while let Some(next) = waiting.pop() {
            if !self.is_group(next) {
                members.insert(next.clone());
            } else if opened.insert(next) {
                let group = self.groups.get(next);
                complete &= group.is_some_and(|group| group.complete);
                waiting.extend(group.into_iter().flat_map(|group| &group.members));
            }
        }
        Some(GroupExpansion { members: members.into_iter().collect(), complete })
    }

    fn is_group(&self, id: &DepartmentId) -> bool {
        self.groups.contains_key(id)
            || self
                .department(id)
                .is_some_and(|department| department.department_type == DepartmentType::Group)
    }
}

impl Place {
    fn of(id: &DepartmentId, departments: &BTreeMap<DepartmentId, Department>) -> Self {
        let chain = up_from(id, departments, |department| department.parent.as_ref());
        let is_government = |id: &&DepartmentId| {
            let department = departments.get(*id);
            department.is_some_and(|department| department.department_type == DepartmentType::Government)
        };
        let hosts = up_from(id, departments, |department| department.host.as_ref());
        Self {
            governments: chain.into_iter().filter(is_government).cloned().collect(),
            outermost_host: (*hosts.last().unwrap_or(&id)).clone(),
        }
    }
}

/// A department and those above it, until none follows or one comes again.
fn up_from<'a>(
    id: &'a DepartmentId,
    departments: &'a BTreeMap<DepartmentId, Department>,
    above: impl Fn(&'a Department) -> Option<&'a DepartmentId>,
) -> Vec<&'a DepartmentId> {
    let mut found = Vec::new();
    let mut next = Some(id);
    while let Some(id) = next.filter(|id| !found.contains(id)) {
        found.push(id);
        next = departments.get(id).and_then(&above);
    }
    found
}
