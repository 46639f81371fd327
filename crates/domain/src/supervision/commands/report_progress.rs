//! Report how far a supervision task has come 报送进展, with evidence.

use crate::command::Act;
use crate::course::Decision;
use crate::refusal::Refusal;
use contract::event::{ProgressReported, TransferEvent};

/// Report how far a supervision task has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportProgress {
    /// How far it has come.
    pub text: String,
    /// What proves it.
    pub evidence: Vec<String>,
}

impl ReportProgress {
    pub(crate) fn decide(&self, act: &Act<'_>) -> Result<Decision, Refusal> {
        let reported = ProgressReported { text: self.text.clone(), evidence: self.evidence.clone() };
        Ok(act.course()?.happen(TransferEvent::ProgressReported(reported)).decided())
    }
}
