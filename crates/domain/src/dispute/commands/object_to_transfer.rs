//! Object to the jurisdiction 管辖异议, once, with a reason and a proposed department.

use crate::command::Act;
use crate::course::Decision;
use crate::refusal::Refusal;
use contract::event::{Objected, ObjectionGround, TransferEvent};

/// Object to the jurisdiction 管辖异议, once, with a reason and a proposed department.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectToTransfer {
    /// Why not.
    pub reason: String,
    /// Which department it is instead.
    pub proposed_department: contract::ids::DepartmentId,
    /// The reason in one word.
    pub ground: Option<ObjectionGround>,
}

impl ObjectToTransfer {
    pub(crate) fn decide(&self, act: &Act<'_>) -> Result<Decision, Refusal> {
        let objected = Objected {
            reason: self.reason.clone(),
            proposed_department: self.proposed_department.clone(),
            ground: self.ground,
        };
        Ok(act.course()?.happen(TransferEvent::Objected(objected)).decided())
    }
}
