//! Record the decision of the case 处理决定.

use crate::command::Act;
use crate::course::Decision;
use crate::refusal::Refusal;
use contract::event::{CaseDecided, OutcomeCode, TransferEvent};

/// Record the decision of the case 处理决定.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecideCase {
    /// What came out.
    pub outcome: OutcomeCode,
    /// The decision in short.
    pub summary: String,
}

impl DecideCase {
    pub(crate) fn decide(&self, act: &Act<'_>) -> Result<Decision, Refusal> {
        let decided = CaseDecided { outcome: self.outcome, summary: self.summary.clone() };
        Ok(act.course()?.happen(TransferEvent::CaseDecided(decided)).decided())
    }
}
