//! Urge the holder 催办: it owes a reply.

use crate::command::Act;
use crate::course::Decision;
use crate::refusal::Refusal;
use contract::action::Action;
use contract::event::{TransferEvent, Urged};

/// Urge the holder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Urge {
    /// What it is told.
    pub reason: String,
}

impl Urge {
    pub(crate) fn decide(&self, act: &Act<'_>) -> Result<Decision, Refusal> {
        let transfer = act.transfer;
        // Nobody urges itself; who holds the ball knows what is due.
        let holder = transfer.holder().filter(|holder| *holder != act.by);
        let department = holder.cloned().ok_or_else(|| Refusal::OutOfTurn {
            action: Action::Urge,
            state: transfer.state.name(),
            holder: transfer.holder().cloned(),
        })?;
        let urged = Urged { department, code: None, run: None, reason: Some(self.reason.clone()) };
        Ok(act.course()?.happen(TransferEvent::Urged(urged)).decided())
    }
}
