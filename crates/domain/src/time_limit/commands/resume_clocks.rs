//! Let the clocks run on 恢复.

use super::end_suspension::ended_at;
use crate::command::Act;
use crate::course::Decision;
use crate::refusal::Refusal;
use contract::event::{Resumed, TransferEvent};

/// Let the clocks run on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResumeClocks {
    /// What came of it: the report, the minutes, the answer.
    pub evidence: String,
}

impl ResumeClocks {
    pub(crate) fn decide(&self, act: &Act<'_>) -> Result<Decision, Refusal> {
        let suspension = act.transfer.facts.suspension.ok_or(Refusal::NotSuspended)?;
        let resumed =
            Resumed { ended_at: ended_at(&suspension, act.now), evidence: Some(self.evidence.clone()) };
        Ok(act.course()?.happen(TransferEvent::Resumed(resumed)).decided())
    }
}
