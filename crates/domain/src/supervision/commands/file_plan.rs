//! File the plan of a supervision task 报送整改方案.

use crate::command::Act;
use crate::course::Decision;
use crate::refusal::Refusal;
use contract::event::{PlanFiled, TransferEvent};

/// File the plan of a supervision task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilePlan {
    /// The plan in short.
    pub text: String,
    /// Its measures.
    pub measures: Vec<String>,
}

impl FilePlan {
    pub(crate) fn decide(&self, act: &Act<'_>) -> Result<Decision, Refusal> {
        let filed = PlanFiled { text: self.text.clone(), measures: self.measures.clone() };
        Ok(act.course()?.happen(TransferEvent::PlanFiled(filed)).decided())
    }
}
