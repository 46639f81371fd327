//! Supply what was missing 补正, or explain why that cannot be; the receiver's clocks run on.

use crate::command::Act;
use crate::course::Decision;
use crate::refusal::Refusal;
use contract::event::{SupplementSupplied, TransferEvent};

/// Supply what was missing 补正, or explain why that cannot be; the receiver's clocks run on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SupplySupplement {
    /// What was supplied, or the explanation.
    pub note: String,
    /// Whether the materials came or an explanation.
    pub supplied: bool,
}

impl SupplySupplement {
    pub(crate) fn decide(&self, act: &Act<'_>) -> Result<Decision, Refusal> {
        let supplied = SupplementSupplied { note: self.note.clone(), supplied: self.supplied };
        Ok(act.course()?.happen(TransferEvent::SupplementSupplied(supplied)).decided())
    }
}
