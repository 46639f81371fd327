//! Submit a dispute to the common superior 报请共同上级.

use crate::command::Act;
use crate::course::Decision;
use crate::refusal::Refusal;
use contract::event::{DisputeSubmitted, TransferEvent};
use contract::ids::DepartmentId;

/// Submit a dispute to the common superior.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubmitDispute {
    /// Who acts for the common superior, by the registry; `None` when there is none.
    pub superior: Option<DepartmentId>,
    /// What the superior should know.
    pub reason: String,
}

impl SubmitDispute {
    pub(crate) fn decide(&self, act: &Act<'_>) -> Result<Decision, Refusal> {
        let reference = &act.transfer.reference;
        let superior = self.superior.clone().ok_or_else(|| Refusal::NoCommonSuperior {
            from: reference.from.clone(),
            to: reference.to.clone(),
        })?;
        let submitted = DisputeSubmitted { superior, reason: self.reason.clone() };
        Ok(act.course()?.happen(TransferEvent::DisputeSubmitted(submitted)).decided())
    }
}
