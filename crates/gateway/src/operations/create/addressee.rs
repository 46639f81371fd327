//! Where a new transfer goes: to the department that the sender names, where the responsibility matrix leads, or, when
//! no row may route it and the sender asks for that, to the coordination office.

use super::NewTransfer;
use crate::body::Reading;
use crate::fields::Fields;
use crate::problem::{self, Problem, plain};
use contract::ids::DepartmentId;
use contract::kind::{Routing, TransferKind};
use contract::problem::ProblemCode;
use domain::Rules;
use domain::registry::{Registry, Route};
use domain::rule_pack::AssumedLeads;

/// How a kind finds its receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Addressing {
    /// Clues, referrals and notices: by name or by the matrix, and the office may be asked.
    Case,
    /// Requests for assistance: by name or by the matrix.
    Assistance,
    /// Supervision tasks: the same, and the receiver may be the department in which the sender sits.
    Task,
    /// Supervision tasks for several departments, which are named elsewhere.
    Several,
}

/// What the fields name.
pub(super) struct Named<'a> {
    pub(super) to: Option<&'a DepartmentId>,
    pub(super) subject_matter: Option<&'a str>,
    pub(super) division: Option<&'a str>,
    pub(super) ask_office: bool,
}

/// Where it goes, and how that was found.
pub(super) struct Addressed {
    /// The receiver.
    pub(super) to: DepartmentId,
    /// How it was found.
    pub(super) routing: Routing,
    /// Whom the office may choose from.
    pub(super) candidates: Vec<DepartmentId>,
}

/// By what a new transfer is routed.
pub(crate) struct Map<'a> {
    pub(crate) registry: &'a Registry,
    pub(crate) rules: &'a Rules,
    pub(crate) now: chrono::DateTime<chrono::Utc>,
}

/// Notes what is wrong with the fields that say where it goes.
pub(super) fn check(fields: &Fields<'_>, reading: &Reading<'_>, named: &Named<'_>, addressing: Addressing) {
    let asks = |other: &str| {
        if named.ask_office {
            fields.excludes("ask_office", other);
        }
    };
    match addressing {
        Addressing::Several => {
            for name in ["to", "subject_matter", "division", "origin"] {
                fields.excludes(name, "departments");
            }
            return asks("departments");
        }
        Addressing::Task | Addressing::Assistance => asks("to"),
        Addressing::Case if fields.has("to") => asks("to"),
        Addressing::Case => {}
    }
    if fields.has("to") {
        fields.excludes("subject_matter", "to");
        fields.excludes("division", "to");
    } else if !fields.has("subject_matter") {
        let is_by_matter = fields.has("division") || named.ask_office;
        fields.require(if is_by_matter { "subject_matter" } else { "to" });
    }
    if let Some(to) = named.to {
        check_receiver(fields, reading, "to", to, addressing);
    } else if let Some(subject_matter) = named.subject_matter {
        let division = named.division.unwrap_or_else(|| reading.caller.department.division());
        match reading.registry.route(division, subject_matter) {
            Route::UnknownSubjectMatter { .. } => {
                fields.wrong("subject_matter", ProblemCode::SubjectMatterUnknown, problem::Named::new());
            }
            Route::Routed { to, .. } => check_receiver(fields, reading, "subject_matter", &to, addressing),
            Route::AskOffice { .. } => {}
        }
    }
}

/// Refuses the sender as its own receiver. What is wrong is noted; there is nothing to go on with.
fn check_receiver(
    fields: &Fields<'_>,
    reading: &Reading<'_>,
    name: &str,
    to: &DepartmentId,
    addressing: Addressing,
) {
    let sender = &reading.caller.department;
    match addressing {
        // A task may go to the department in which the office sits: then another body approves.
        Addressing::Task | Addressing::Several => {
            if to == sender {
                fields.wrong(name, ProblemCode::TransferToOneself, problem::Named::new());
            }
        }
        Addressing::Case | Addressing::Assistance => {
            let _noted = fields.not_the_sender(name, to, Some(sender), reading.registry);
        }
    }
}

/// Where it goes. No row may route it: then it goes to the office, or the sender gets the candidates and the office to
/// ask.
pub(super) fn route(
    new: &NewTransfer,
    kind: TransferKind,
    from: &DepartmentId,
    map: &Map<'_>,
) -> Result<Addressed, Problem> {
    if let Some(to) = &new.to {
        return Ok(Addressed { to: to.clone(), routing: Routing::Named, candidates: Vec::new() });
    }
    let subject_matter = new.subject_matter.as_deref().unwrap_or_default();
    let division = new.division.as_deref().unwrap_or_else(|| from.division());
    match found(division, subject_matter, from, map) {
        Route::Routed { to, assumed } => {
            let routing =
                if assumed && is_confirmed_later(kind) { Routing::Assumed } else { Routing::Matrix };
            Ok(Addressed { to, routing, candidates: Vec::new() })
        }
        Route::AskOffice { candidates, complete } => {
            let office = office_to_ask(&candidates, from, map.registry);
            let may_go_there = !map.registry.counts_as(&office, from);
            if new.ask_office && may_go_there {
                return Ok(Addressed { to: office, routing: Routing::Office, candidates });
            }
            let named = vec![("subject_matter", plain(subject_matter)), ("office", plain(&office))];
            let candidates: Vec<_> = candidates.iter().map(ToString::to_string).collect();
            Err(Problem::naming(ProblemCode::RoutingAskOffice, named)
                .with("candidates", candidates)
                .with("candidates_complete", complete)
                .with("office", office.as_str()))
        }
        // The reader has noted this already, unless the registry has changed in between.
        Route::UnknownSubjectMatter { .. } => Err(Problem::new(ProblemCode::ServiceUnavailable)),
    }
}

/// The route of the matrix; a lead that is only assumed does not route where the rule pack wants the office asked.
pub(crate) fn found(division: &str, subject_matter: &str, from: &DepartmentId, map: &Map<'_>) -> Route {
    match map.registry.route(division, subject_matter) {
        Route::Routed { to, assumed: true } => {
            let office = map.registry.office_between(from, &to);
            match map.rules.current(&office, map.now).assumed_leads {
                AssumedLeads::Route => Route::Routed { to, assumed: true },
                AssumedLeads::AskOffice => Route::AskOffice { candidates: vec![to], complete: true },
            }
        }
        other @ (Route::Routed { .. } | Route::AskOffice { .. } | Route::UnknownSubjectMatter { .. }) => {
            other
        }
    }
}

/// Whether the office confirms an assumed lead of this kind. A task comes from the office itself, and help from the
/// wrong department moves no case.
const fn is_confirmed_later(kind: TransferKind) -> bool {
    match kind {
        TransferKind::ClueTransfer | TransferKind::CaseReferral | TransferKind::Notice => true,
        TransferKind::SupervisionTask | TransferKind::AssistanceRequest => false,
    }
}

/// The office to which the sender may turn: the one that watches over it, unless that counts as the sender itself.
fn office_to_ask(candidates: &[DepartmentId], from: &DepartmentId, registry: &Registry) -> DepartmentId {
    let own = registry.coordination_office(from).filter(|office| !registry.counts_as(office, from));
    own.unwrap_or_else(|| {
        candidates.first().map_or(from.clone(), |first| registry.office_between(from, first))
    })
}
