//! Designate the department that must handle it 指定管辖: binding, signed and accepted at once.

use crate::command::Act;
use crate::course::Decision;
use crate::refusal::Refusal;
use crate::transfer::commands::link;
use contract::event::{JurisdictionDesignated, LinkReason, ObjectionAgreed, TransferEvent};
use contract::ids::{DepartmentId, TransferId};

/// Designate the department that must handle it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DesignateJurisdiction {
    /// The department.
    pub department: DepartmentId,
    /// Why.
    pub reason: String,
    /// A fresh id for the linked transfer, should there be one.
    pub id: TransferId,
    /// The office between the first sender and that department.
    pub office: DepartmentId,
}

impl DesignateJurisdiction {
    pub(crate) fn decide(&self, act: &Act<'_>) -> Result<Decision, Refusal> {
        let reference = &act.transfer.reference;
        let stays = self.department == reference.to;
        let goes_back = self.department == reference.from;
        let designated = TransferEvent::JurisdictionDesignated(JurisdictionDesignated {
            department: self.department.clone(),
            reason: self.reason.clone(),
            rerouted_to: (!stays && !goes_back).then_some(self.id),
        });
        let course = act.course()?.happen(designated);
        if stays {
            return Ok(course.happen(TransferEvent::Accepted).decided());
        }
        if goes_back {
            let returned = TransferEvent::ObjectionAgreed(ObjectionAgreed { note: None });
            return Ok(course.happen(returned).decided());
        }
        let to = self.department.clone();
        let linked = link(act, self.id, reference.kind, to, self.office.clone(), LinkReason::Designated)?
            .happen(TransferEvent::Signed)
            .happen(TransferEvent::Accepted);
        Ok(course.decided_with(linked))
    }
}
