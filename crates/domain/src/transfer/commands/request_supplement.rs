//! Ask the sender for what is missing 要求补正; the receiver's clocks pause.

use crate::command::Act;
use crate::course::Decision;
use crate::refusal::Refusal;
use contract::event::{SupplementRequested, TransferEvent};

/// Ask the sender for what is missing 要求补正; the receiver's clocks pause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestSupplement {
    /// Why.
    pub reason: String,
    /// What is missing, item by item.
    pub missing: Vec<String>,
}

impl RequestSupplement {
    pub(crate) fn decide(&self, act: &Act<'_>) -> Result<Decision, Refusal> {
        let requested = SupplementRequested { reason: self.reason.clone(), missing: self.missing.clone() };
        Ok(act.course()?.happen(TransferEvent::SupplementRequested(requested)).decided())
    }
}
