//! Supervise the holder 督办: the office demands reasons and a date.

use crate::command::Act;
use crate::course::Decision;
use crate::refusal::Refusal;
use contract::event::{Supervised, TransferEvent};

/// Supervise the holder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Supervise {
    /// What the office says.
    pub reason: String,
}

impl Supervise {
    pub(crate) fn decide(&self, act: &Act<'_>) -> Result<Decision, Refusal> {
        let department = act.transfer.holder().unwrap_or(&act.transfer.reference.to).clone();
        let supervised = Supervised { department, code: None, run: None, reason: Some(self.reason.clone()) };
        Ok(act.course()?.happen(TransferEvent::Supervised(supervised)).decided())
    }
}
