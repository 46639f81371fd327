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
    /// The transfer standard that the case touches.
    pub standard: Option<String>,
    /// The amount involved in fen.
    pub amount_fen: Option<i64>,
    /// Earlier penalties of the same kind.
    pub earlier_penalties: Option<u32>,
}

impl DecideCase {
    /// A decision that touches no transfer standard.
    pub const fn plain(outcome: OutcomeCode, summary: String) -> Self {
        Self { outcome, summary, standard: None, amount_fen: None, earlier_penalties: None }
    }

    pub(crate) fn decide(&self, act: &Act<'_>) -> Result<Decision, Refusal> {
        let pack = act.rules.pack(&act.transfer.sent.rule_pack)?;
        let standard = match self.standard.as_deref() {
            Some(id) => Some(pack.criminal.standard(id).ok_or(Refusal::StandardUnknown)?),
            None => None,
        };
        let decided = CaseDecided {
            outcome: self.outcome,
            summary: self.summary.clone(),
            standard: self.standard.clone(),
            amount_fen: self.amount_fen,
            earlier_penalties: self.earlier_penalties,
            meets_standard: standard
                .is_some_and(|standard| standard.is_met(self.amount_fen, self.earlier_penalties)),
        };
        Ok(act.course()?.happen(TransferEvent::CaseDecided(decided)).decided())
    }
}
