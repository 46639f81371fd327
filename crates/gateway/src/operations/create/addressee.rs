//! Where a new transfer goes: to the department that the sender names, or where the responsibility matrix leads.

use super::NewTransfer;
use crate::body::Reading;
use crate::fields::Fields;
use crate::problem::{Named, Problem, plain};
use contract::ids::DepartmentId;
use contract::kind::Routing;
use contract::problem::ProblemCode;
use domain::registry::{Registry, Route};

/// Where it goes, and how that was found.
pub(super) struct Addressed {
    /// The receiver.
    pub(super) to: DepartmentId,
    /// How it was found.
    pub(super) routing: Routing,
}

/// Notes what is wrong with the fields that say where it goes.
pub(super) fn check(
    fields: &Fields<'_>,
    reading: &Reading<'_>,
    to: Option<&DepartmentId>,
    subject_matter: Option<&str>,
    division: Option<&str>,
) {
    let sender = &reading.caller.department;
    if fields.has("to") {
        fields.excludes("subject_matter", "to");
        fields.excludes("division", "to");
    } else if !fields.has("subject_matter") {
        let missing = if fields.has("division") { "subject_matter" } else { "to" };
        fields.require(missing);
    }
    if let Some(to) = to {
        // What is wrong is noted; there is nothing to go on with here.
        let _noted = fields.not_the_sender("to", to, Some(sender), reading.registry);
    } else if let Some(subject_matter) = subject_matter {
        let division = division.unwrap_or_else(|| sender.division());
        match reading.registry.route(division, subject_matter) {
            Route::UnknownSubjectMatter { .. } => {
                fields.wrong("subject_matter", ProblemCode::SubjectMatterUnknown, Named::new());
            }
            Route::Routed { to, .. } => {
                let _noted = fields.not_the_sender("subject_matter", &to, Some(sender), reading.registry);
            }
            Route::AskOffice { .. } => {}
        }
    }
}

/// Where it goes. No row may route it: then the sender gets the candidates and the office to ask.
pub(super) fn route(
    new: &NewTransfer,
    from: &DepartmentId,
    registry: &Registry,
) -> Result<Addressed, Problem> {
    if let Some(to) = &new.to {
        return Ok(Addressed { to: to.clone(), routing: Routing::Named });
    }
    let subject_matter = new.subject_matter.as_deref().unwrap_or_default();
    let division = new.division.as_deref().unwrap_or_else(|| from.division());
    match registry.route(division, subject_matter) {
        Route::Routed { to, assumed } => {
            Ok(Addressed { to, routing: if assumed { Routing::Assumed } else { Routing::Matrix } })
        }
        Route::AskOffice { candidates, complete } => {
            let office = office_to_ask(&candidates, from, registry);
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

/// The office to which the sender may turn: the one that watches over it, unless that counts as the sender itself.
fn office_to_ask(candidates: &[DepartmentId], from: &DepartmentId, registry: &Registry) -> DepartmentId {
    let own = registry.coordination_office(from).filter(|office| !registry.counts_as(office, from));
    own.unwrap_or_else(|| {
        candidates.first().map_or(from.clone(), |first| registry.office_between(from, first))
    })
}
