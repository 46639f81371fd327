//! From what a body says to the commands that send it: one for each receiver.

use super::addressee::{self, Addressed, Map};
use super::new_task::NewTask;
use super::new_terms::{NewLegalReview, NewMaterial};
use super::{Parts, seal, similar};
use crate::problem::Problem;
use crate::writing::Writing;
use contract::event::{DueDate, LegalReview, Material, Terms};
use contract::ids::{DepartmentId, TransferId};
use contract::kind::{Routing, TransferKind};
use domain::Transfer;
use domain::registry::{DepartmentType, Registry};
use domain::rule_pack::RulePack;
use domain::transfer::commands::SendTransfer;

/// The commands of a request. Similar open transfers and what cannot be routed are refused here.
pub(super) async fn commands(
    writing: &Writing,
    kind: TransferKind,
    parts: Parts,
    origin: Option<&Transfer>,
    registry: &Registry,
) -> Result<Vec<SendTransfer>, Problem> {
    let Parts { transfer: mut new, task } = parts;
    let from = writing.caller.department.clone();
    let rules = writing.app.desk.rules();
    let now = writing.request.now;
    let receivers = if task.receivers.departments.is_empty() {
        let addressed = addressee::route(&new, kind, &from, &Map { registry, rules: &rules, now })?;
        new.in_spite_of = similar::check(writing, kind, &new, &addressed.to, registry).await?;
        vec![addressed]
    } else {
        new.in_spite_of.clear();
        task.receivers.departments.iter().map(named).collect()
    };
    let sealed = seal::seal(writing, new.subjects, new.reporter).await?;
    let (deadline, due_dates) = task.dates();
    let receiver_of_origin = origin.map(|origin| &origin.reference.to);
    let shared = Terms {
        legal_review: new.legal_review.map(legal_review),
        materials: new.materials.into_iter().map(material).collect(),
        in_spite_of: new.in_spite_of,
        reporter: sealed.reporter,
        ..task_terms(task, due_dates)
    };
    let command = |addressed: Addressed| {
        let office = registry.office_between(&from, &addressed.to);
        let copies = copies(rules.current(&office, now), kind, &from, &addressed.to, registry);
        let terms = Terms {
            approver: approver(kind, &from, &addressed.to, &office, registry),
            copies,
            candidates: addressed.candidates,
            ..shared.clone()
        };
        SendTransfer {
            from_receiver_of_origin: receiver_of_origin.is_some_and(|to| registry.counts_as(to, &from)),
            id: TransferId::fresh(),
            kind,
            office,
            from: from.clone(),
            to: addressed.to,
            routing: addressed.routing,
            subject_matter: new.subject_matter.clone(),
            title: new.title.clone(),
            summary: new.summary.clone(),
            urgency: new.urgency,
            source: new.source,
            discovered_at: new.discovered_at,
            subjects: sealed.subjects.clone(),
            deadline,
            terms,
        }
    };
    Ok(receivers.into_iter().map(command).collect())
}

fn named(to: &DepartmentId) -> Addressed {
    Addressed { to: to.clone(), routing: Routing::Named, candidates: Vec::new() }
}

fn task_terms(task: NewTask, due_dates: Vec<DueDate>) -> Terms {
    Terms { purpose: task.purpose, measures: task.measures, due_dates, ..Terms::default() }
}

fn legal_review(new: NewLegalReview) -> LegalReview {
    LegalReview { opinion_number: new.opinion_number, reviewed_on: new.reviewed_on }
}

fn material(new: NewMaterial) -> Material {
    Material { name: new.name, absent_because: new.absent_because }
}

/// Who approves a task that its sender may not approve, because that would be its own work.
fn approver(
    kind: TransferKind,
    from: &DepartmentId,
    to: &DepartmentId,
    office: &DepartmentId,
    registry: &Registry,
) -> Option<DepartmentId> {
    (kind == TransferKind::SupervisionTask && registry.counts_as(from, to)).then(|| office.clone())
}

/// Who gets a copy by the rule pack: every body of the types that it names, under the government of the receiver.
fn copies(
    pack: &RulePack,
    kind: TransferKind,
    from: &DepartmentId,
    to: &DepartmentId,
    registry: &Registry,
) -> Vec<DepartmentId> {
    let types: Vec<_> = pack
        .copies
        .iter()
        .filter(|rule| rule.kind == kind)
        .filter_map(|rule| DepartmentType::from_code(&rule.to_type))
        .collect();
    if types.is_empty() {
        return Vec::new();
    }
    let government = registry.government_of(to);
    let gets_one = |department: &&domain::registry::Department| {
        types.contains(&department.department_type)
            && department.parent.is_some()
            && department.parent == government
            && department.id != *from
            && department.id != *to
    };
    registry.all().filter(gets_one).map(|department| department.id.clone()).collect()
}
