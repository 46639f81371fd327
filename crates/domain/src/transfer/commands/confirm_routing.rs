//! The office confirms the receiver that the matrix only assumed, or names the department that is responsible.

use crate::command::Act;
use crate::course::Decision;
use crate::refusal::Refusal;
use crate::transfer::commands::link;
use contract::event::{LinkReason, RoutingConfirmed, TransferEvent};
use contract::ids::{DepartmentId, TransferId};

/// Confirm the receiver, or name the department that is responsible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfirmRouting {
    /// The department that is responsible.
    pub department: DepartmentId,
    /// Why.
    pub reason: Option<String>,
    /// A fresh id for the linked transfer, should there be one.
    pub id: TransferId,
    /// The office between the sender and that department.
    pub office: DepartmentId,
}

impl ConfirmRouting {
    pub(crate) fn decide(&self, act: &Act<'_>) -> Result<Decision, Refusal> {
        let transfer = act.transfer;
        let (reference, department) = (&transfer.reference, self.department.clone());
        let stays = department == reference.to;
        // Who has accepted it keeps it: it goes elsewhere only by an objection, a designation or a meeting.
        let is_taken = transfer.state.handling().is_some();
        if department == reference.from || (!stays && is_taken) {
            return Err(Refusal::LeadNotPossible { department });
        }
        let rerouted_to = (!stays).then_some(self.id);
        let confirmed =
            RoutingConfirmed { department: department.clone(), reason: self.reason.clone(), rerouted_to };
        let course = act.course()?.happen(TransferEvent::RoutingConfirmed(confirmed));
        if stays {
            return Ok(course.decided());
        }
        let office = self.office.clone();
        let linked = link(act, self.id, reference.kind, department, office, LinkReason::Routed)?;
        Ok(course.decided_with(linked))
    }
}
