//! Who may use which route, in one table; and which acts an office leaves to its supervisors.

use accounts::Caller;
use axum::http::Method;
use contract::action::Action;
use contract::actor::Role;
use contract::handoff::HandoffAct;
use contract::ids::DepartmentId;
use contract::kind::Routing;
use contract::problem::ProblemCode;
use domain::transfer::Standing;

use crate::problem::{Problem, plain};

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Everybody, without a key.
    Public,
    /// Every key; what it sees depends on its department, role and scope.
    Key,
    /// Every key that may see the transfer; the rules decide whose act it is, [`role_for`] in which role.
    Act(Action),
}

/// Every route.
pub(crate) const ROUTES: &[(&str, &str, Access)] = &[
    ("GET", "/healthz", Access::Public),
    ("GET", "/readyz", Access::Public),
    ("GET", "/metrics", Access::Public),
    ("GET", "/openapi.json", Access::Public),
    ("POST", "/v1/clue-transfers", Access::Key),
    ("POST", "/v1/case-referrals", Access::Key),
    ("POST", "/v1/notices", Access::Key),
    ("POST", "/v1/supervision-tasks", Access::Key),
    ("POST", "/v1/assistance-requests", Access::Key),
    ("POST", "/v1/transfers/{id}/receipt", Access::Act(Action::Receipt)),
    ("POST", "/v1/transfers/{id}/acceptance", Access::Act(Action::Acceptance)),
    ("POST", "/v1/transfers/{id}/supplement-request", Access::Act(Action::SupplementRequest)),
    ("POST", "/v1/transfers/{id}/supplement", Access::Act(Action::Supplement)),
    ("POST", "/v1/transfers/{id}/objection", Access::Act(Action::Objection)),
    ("POST", "/v1/transfers/{id}/objection/answer", Access::Act(Action::ObjectionAnswer)),
    ("POST", "/v1/transfers/{id}/dispute/agreement", Access::Act(Action::DisputeAgreement)),
    ("POST", "/v1/transfers/{id}/dispute/submission", Access::Act(Action::DisputeSubmission)),
    ("POST", "/v1/transfers/{id}/designation", Access::Act(Action::Designation)),
    ("POST", "/v1/transfers/{id}/filing", Access::Act(Action::Filing)),
    ("POST", "/v1/transfers/{id}/decision", Access::Act(Action::Decision)),
    ("POST", "/v1/transfers/{id}/feedback", Access::Act(Action::Feedback)),
    ("POST", "/v1/transfers/{id}/feedback/{n}/confirmation", Access::Act(Action::FeedbackConfirmation)),
    ("POST", "/v1/transfers/{id}/feedback/{n}/contest", Access::Act(Action::FeedbackContest)),
    ("POST", "/v1/transfers/{id}/contest/ruling", Access::Act(Action::ContestRuling)),
    ("POST", "/v1/transfers/{id}/resending", Access::Act(Action::Resending)),
    ("POST", "/v1/transfers/{id}/keeping", Access::Act(Action::Keeping)),
    ("POST", "/v1/transfers/{id}/conversion", Access::Act(Action::Conversion)),
    ("POST", "/v1/transfers/{id}/withdrawal", Access::Act(Action::Withdrawal)),
    ("POST", "/v1/transfers/{id}/suspension", Access::Act(Action::Suspension)),
    ("POST", "/v1/transfers/{id}/resumption", Access::Act(Action::Resumption)),
    ("POST", "/v1/transfers/{id}/extension", Access::Act(Action::Extension)),
    ("POST", "/v1/transfers/{id}/extension/decision", Access::Act(Action::ExtensionDecision)),
    ("POST", "/v1/transfers/{id}/urge", Access::Act(Action::Urge)),
    ("POST", "/v1/transfers/{id}/urge/reply", Access::Act(Action::UrgeReply)),
    ("POST", "/v1/transfers/{id}/supervision", Access::Act(Action::Supervision)),
    ("POST", "/v1/transfers/{id}/escalation", Access::Act(Action::Escalation)),
    ("POST", "/v1/transfers/{id}/lateness-reason", Access::Act(Action::LatenessReason)),
    ("POST", "/v1/transfers/{id}/meeting-decision", Access::Act(Action::MeetingDecision)),
    ("POST", "/v1/transfers/{id}/failure-acknowledgement", Access::Act(Action::FailureAcknowledgement)),
    ("POST", "/v1/transfers/{id}/routing-confirmation", Access::Act(Action::RoutingConfirmation)),
    ("POST", "/v1/transfers/{id}/plan", Access::Act(Action::Plan)),
    ("POST", "/v1/transfers/{id}/progress", Access::Act(Action::Progress)),
    ("POST", "/v1/transfers/{id}/reopening", Access::Act(Action::Reopening)),
    ("POST", "/v1/transfers/{id}/joint-handling", Access::Act(Action::JointHandling)),
    ("POST", "/v1/transfers/{id}/internal-assignment", Access::Act(Action::InternalAssignment)),
    ("GET", "/v1/transfers", Access::Key),
    ("GET", "/v1/transfers/{id}", Access::Key),
    ("GET", "/v1/transfers/{id}/events", Access::Key),
    ("GET", "/v1/transfers/{id}/clocks/{code}", Access::Key),
    ("GET", "/v1/matters/{id}", Access::Key),
    ("GET", "/v1/supervision-tasks", Access::Key),
    ("GET", "/v1/supervision-tasks/{matter}", Access::Key),
    ("GET", "/v1/rule-packs", Access::Key),
    ("GET", "/v1/rule-packs/{id}", Access::Key),
    ("POST", "/v1/criminal-handoffs", Access::Key),
    ("GET", "/v1/criminal-handoffs", Access::Key),
    ("GET", "/v1/criminal-handoffs/{id}", Access::Key),
    ("GET", "/v1/criminal-handoffs/{id}/events", Access::Key),
    ("GET", "/v1/criminal-handoffs/{id}/clocks", Access::Key),
    ("GET", "/v1/criminal-handoffs/{id}/documents/{version}", Access::Key),
    ("GET", "/v1/transfer-standards", Access::Key),
    ("GET", "/v1/watch/handoffs", Access::Key),
    ("GET", "/v1/watch/untransferred", Access::Key),
    ("GET", "/v1/departments", Access::Key),
    ("GET", "/v1/departments/{id}/notification-settings", Access::Key),
    ("PUT", "/v1/departments/{id}/notification-settings", Access::Key),
    ("GET", "/v1/departments/{id}/contact", Access::Key),
    ("PUT", "/v1/departments/{id}/contact", Access::Key),
    ("GET", "/v1/departments/{id}/absences", Access::Key),
    ("POST", "/v1/departments/{id}/absences", Access::Key),
    ("GET", "/v1/digest", Access::Key),
    ("GET", "/v1/routing", Access::Key),
    ("GET", "/v1/watch/unacknowledged", Access::Key),
    ("GET", "/v1/watch/missing-feedback", Access::Key),
    ("GET", "/v1/watch/agenda", Access::Key),
    ("GET", "/v1/watch/assumed-routing", Access::Key),
    ("GET", "/v1/watch/scorecard", Access::Key),
    ("GET", "/v1/watch/summary", Access::Key),
    ("GET", "/v1/events", Access::Key),
    ("GET", "/v1/events/stream", Access::Key),
];

/// Who may use a route; `None` for one that the table does not have, which nobody may.
pub(crate) fn access(method: &Method, path: &str) -> Option<Access> {
    let method = if *method == Method::HEAD { "GET" } else { method.as_str() };
    let row = ROUTES.iter().find(|(row_method, row_path, _)| (*row_method, *row_path) == (method, path));
    let access = row.map(|(_, _, access)| *access).or_else(|| handoff_act(method, path));
    access.or_else(|| is_page(method, path).then_some(Access::Public))
}

/// An act on a criminal handoff: each has a route of its own, under its name.
fn handoff_act(method: &str, path: &str) -> Option<Access> {
    let name = path.strip_prefix("/v1/criminal-handoffs/{id}/").filter(|_| method == "POST")?;
    HandoffAct::from_name(name).filter(|act| !act.is_internal()).map(|_| Access::Key)
}

/// The role that an act on a handoff needs of the caller: the head decides whether a case is transferred (310号 art. 5).
pub(crate) fn check_handoff_role(act: HandoffAct, caller: &Caller) -> Result<(), Problem> {
    let is_heads = matches!(act, HandoffAct::Approval | HandoffAct::Refusal);
    if is_heads && caller.role != Role::Head {
        return Err(Problem::naming(ProblemCode::RoleForbidden, vec![("role", plain(Role::Head.name()))]));
    }
    Ok(())
}

/// The page of the API and its files.
fn is_page(method: &str, path: &str) -> bool {
    method == "GET" && (path == "/docs" || path.starts_with("/docs/"))
}

/// The role that an act needs of the caller; `None` when any role does. What an office or a superior decides over
/// others is left to its supervisors, and the first extension to the head of the department that asked.
pub(crate) fn role_for(action: Action, standing: &Standing, by: &DepartmentId) -> Option<Role> {
    let is_office = standing.office == *by;
    let is_superior = is_office || standing.holder.as_ref() == Some(by);
    // An office that sent the transfer itself also urges and confirms as its sender.
    let is_only_office = is_office && standing.from != *by;
    let decides_over_others = match action {
        Action::ExtensionDecision => {
            let pending = standing.facts.extension.as_ref().filter(|pending| pending.decided_by == *by);
            // Without one, the role of the one that may come: what waits a moment later is nobody else's either.
            let by_office = pending.map_or(is_office, |pending| pending.by_office);
            return Some(if by_office { Role::Supervisor } else { Role::Head });
        }
        Action::Designation | Action::ContestRuling => is_superior,
        Action::FeedbackConfirmation | Action::Urge => is_only_office,
        Action::Supervision
        | Action::Escalation
        | Action::MeetingDecision
        | Action::FailureAcknowledgement => is_office,
        // The receiver resumes what it suspended; the office, against it.
        Action::Resumption => is_office && standing.to != *by,
        // What no row may route went to the office, which is its receiver.
        Action::RoutingConfirmation => {
            is_office || (standing.routing == Routing::Office && standing.to == *by)
        }
        // Of a task that another body than its sender approves.
        Action::FeedbackContest | Action::Reopening => is_only_office && standing.approver == *by,
        Action::Receipt
        | Action::Acceptance
        | Action::SupplementRequest
        | Action::Supplement
        | Action::Objection
        | Action::ObjectionAnswer
        | Action::DisputeAgreement
        | Action::DisputeSubmission
        | Action::Filing
        | Action::Decision
        | Action::Feedback
        | Action::Resending
        | Action::Keeping
        | Action::Conversion
        | Action::Withdrawal
        | Action::Suspension
        | Action::Extension
        | Action::UrgeReply
        | Action::LatenessReason
        | Action::Plan
        | Action::Progress
        | Action::JointHandling
        | Action::InternalAssignment => false,
    };
    decides_over_others.then_some(Role::Supervisor)
}

/// Whether the role that an act needs may be another after the next event: it depends on who holds the transfer, or on
/// what waits for a decision. Such an act is decided on the version whose role was checked, or not at all.
pub(crate) const fn role_may_change(action: Action) -> bool {
    match action {
        Action::ExtensionDecision | Action::Designation | Action::ContestRuling => true,
        Action::FeedbackConfirmation
        | Action::Urge
        | Action::Supervision
        | Action::Escalation
        | Action::MeetingDecision
        | Action::FailureAcknowledgement
        | Action::RoutingConfirmation
        | Action::FeedbackContest
        | Action::Reopening
        | Action::Receipt
        | Action::Acceptance
        | Action::SupplementRequest
        | Action::Supplement
        | Action::Objection
        | Action::ObjectionAnswer
        | Action::DisputeAgreement
        | Action::DisputeSubmission
        | Action::Filing
        | Action::Decision
        | Action::Feedback
        | Action::Resending
        | Action::Keeping
        | Action::Conversion
        | Action::Withdrawal
        | Action::Suspension
        | Action::Resumption
        | Action::Extension
        | Action::UrgeReply
        | Action::LatenessReason
        | Action::Plan
        | Action::Progress
        | Action::JointHandling
        | Action::InternalAssignment => false,
    }
}

/// Refuses an act for which the caller has not the role.
pub(crate) fn check_role(action: Action, standing: &Standing, caller: &Caller) -> Result<(), Problem> {
    match role_for(action, standing, &caller.department) {
        Some(role) if role != caller.role => {
            Err(Problem::naming(ProblemCode::RoleForbidden, vec![("role", plain(role.name()))]))
        }
        Some(_) | None => Ok(()),
    }
}

/// The acts that the caller may do now.
pub(crate) fn allowed_actions(standing: &Standing, caller: &Caller) -> Vec<Action> {
    let by_rules = standing.allowed_actions(&caller.department);
    by_rules.into_iter().filter(|action| check_role(*action, standing, caller).is_ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::clock::ClockCode;
    use contract::event::{Facts, PendingExtension};
    use contract::kind::TransferKind;
    use contract::state::TransferState;

    fn department(id: &str) -> DepartmentId {
        DepartmentId::new(id).unwrap()
    }

    fn standing(from: &str, office: &str) -> Standing {
        Standing {
            kind: TransferKind::ClueTransfer,
            state: TransferState::Accepted,
            handling: None,
            from: department(from),
            to: department("320100-gaj"),
            office: department(office),
            approver: department(from),
            holder: Some(department("320100-gaj")),
            routing: Routing::Named,
            facts: Facts::default(),
            objection_allowed: true,
            objection_raised: false,
            contest_raised: false,
            converted: false,
            confirmation_missed: false,
            informs_of: None,
            version: 3,
            due_item: None,
        }
    }

    #[test]
    fn an_office_that_is_the_sender_too_decides_over_others_by_its_supervisors_only() {
        let (office, standing) = (department("320100-rmzf"), standing("320100-rmzf", "320100-rmzf"));
        for action in [
            Action::Supervision,
            Action::Escalation,
            Action::MeetingDecision,
            Action::FailureAcknowledgement,
            Action::RoutingConfirmation,
            Action::Designation,
            Action::ContestRuling,
        ] {
            assert_eq!(role_for(action, &standing, &office), Some(Role::Supervisor), "{action:?}");
        }
        for action in [Action::Urge, Action::FeedbackConfirmation, Action::Withdrawal] {
            assert_eq!(role_for(action, &standing, &office), None, "{action:?}");
        }
    }

    #[test]
    fn an_extension_is_never_decided_in_any_role() {
        let mut standing = standing("320100-ybj", "320100-lxb");
        let (receiver, office) = (department("320100-gaj"), department("320100-lxb"));
        let decides = |standing: &Standing, by| role_for(Action::ExtensionDecision, standing, by);
        assert_eq!(decides(&standing, &receiver), Some(Role::Head));
        assert_eq!(decides(&standing, &office), Some(Role::Supervisor));
        for (decided_by, by_office) in [(&receiver, false), (&office, true)] {
            let pending = PendingExtension {
                code: ClockCode::T07,
                run: 1,
                decided_by: decided_by.clone(),
                by_office,
                until: None,
            };
            standing.facts.extension = Some(pending);
            assert_eq!(decides(&standing, &receiver), Some(Role::Head));
            assert_eq!(decides(&standing, &office), Some(Role::Supervisor));
        }
    }

    #[test]
    fn an_act_whose_role_looks_at_what_changes_is_pinned() {
        let mut later = standing("320100-ybj", "320100-lxb");
        later.holder = Some(department("320100-rmzf"));
        let pending = |by_office| PendingExtension {
            code: ClockCode::T07,
            run: 1,
            decided_by: department("320100-rmzf"),
            by_office,
            until: None,
        };
        for by in ["320100-ybj", "320100-gaj", "320100-lxb", "320100-rmzf"].map(department) {
            for action in Action::ALL.iter().copied().filter(|action| !role_may_change(*action)) {
                let mut standing = standing("320100-ybj", "320100-lxb");
                let role = role_for(action, &standing, &by);
                assert_eq!(role_for(action, &later, &by), role, "{action:?}");
                standing.facts.extension = Some(pending(true));
                assert_eq!(role_for(action, &standing, &by), role, "{action:?}");
            }
        }
    }
}
