//! Send a returned transfer anew to another department 重新移送: a linked transfer takes its place.

use crate::command::Act;
use crate::course::Decision;
use crate::refusal::Refusal;
use crate::transfer::commands::link;
use contract::event::{LinkReason, TransferEvent, TransferResent};
use contract::ids::{DepartmentId, TransferId};

/// Send a returned transfer anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResendTransfer {
    /// A fresh id for the linked transfer.
    pub id: TransferId,
    /// To whom.
    pub to: DepartmentId,
    /// The office between the sender and the new receiver.
    pub office: DepartmentId,
}

impl ResendTransfer {
    pub(crate) fn decide(&self, act: &Act<'_>) -> Result<Decision, Refusal> {
        let kind = act.transfer.reference.kind;
        // Back to the one that objected is no way out of its objection.
        if self.to == act.transfer.reference.to {
            return Err(Refusal::LeadNotPossible { department: self.to.clone() });
        }
        let linked = link(act, self.id, kind, self.to.clone(), self.office.clone(), LinkReason::Resent)?;
        let resent = TransferEvent::Resent(TransferResent { resent_as: self.id });
        Ok(act.course()?.happen(resent).decided_with(linked))
    }
}
