//! Name the department that one side would agree to; once both sides name the same, the dispute is over.

use crate::command::Act;
use crate::course::Decision;
use crate::refusal::Refusal;
use crate::transfer::commands::link;
use contract::event::{DisputeAgreed, DisputePosition, LinkReason, ObjectionAgreed, TransferEvent};
use contract::ids::{DepartmentId, TransferId};

/// Name the department that one's side would agree to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgreeInDispute {
    /// The department.
    pub department: DepartmentId,
    /// A fresh id for the linked transfer, should there be one.
    pub id: TransferId,
    /// The office between the first sender and that department.
    pub office: DepartmentId,
}

impl AgreeInDispute {
    pub(crate) fn decide(&self, act: &Act<'_>) -> Result<Decision, Refusal> {
        let reference = &act.transfer.reference;
        let position = DisputePosition { party: act.by.clone(), department: self.department.clone() };
        let course = act.course()?.happen(TransferEvent::DisputePositionTaken(position));
        let (sender, receiver) = act.transfer.positions();
        let other = if *act.by == reference.from { receiver } else { sender };
        if other.as_ref() != Some(&self.department) {
            return Ok(course.decided());
        }
        let agreed = |rerouted_to| {
            TransferEvent::DisputeAgreed(DisputeAgreed { department: self.department.clone(), rerouted_to })
        };
        if self.department == reference.to {
            return Ok(course.happen(agreed(None)).decided());
        }
        if self.department == reference.from {
            let returned = TransferEvent::ObjectionAgreed(ObjectionAgreed { note: None });
            return Ok(course.happen(returned).decided());
        }
        let to = self.department.clone();
        let linked = link(act, self.id, reference.kind, to, self.office.clone(), LinkReason::Agreed)?;
        Ok(course.happen(agreed(Some(self.id))).decided_with(linked))
    }
}
