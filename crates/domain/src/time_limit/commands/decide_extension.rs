//! Grant or refuse more time 审批延期: the head of the department, for a second time the office.

use crate::command::Act;
use crate::course::Decision;
use crate::refusal::Refusal;
use contract::action::Action;
use contract::event::{ExtendedBy, ExtensionGranted, ExtensionRefused, TransferEvent};

/// Grant or refuse more time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DecideExtension {
    /// 批准.
    Grant {
        /// What is said with it.
        note: Option<String>,
    },
    /// 不予批准.
    Refuse {
        /// Why not.
        reason: String,
    },
}

impl DecideExtension {
    pub(crate) fn decide(&self, act: &Act<'_>) -> Result<Decision, Refusal> {
        let transfer = act.transfer;
        let Some(pending) = &transfer.facts.extension else {
            let (action, state) = (Action::ExtensionDecision, transfer.state.name());
            return Err(Refusal::OutOfTurn { action, state, holder: transfer.holder().cloned() });
        };
        let (code, run) = (pending.code, pending.run);
        let note = match self {
            Self::Refuse { reason } => {
                let refused = ExtensionRefused { code, run, reason: reason.clone() };
                return Ok(act.course()?.happen(TransferEvent::ExtensionRefused(refused)).decided());
            }
            Self::Grant { note } => note.clone(),
        };
        let clock = transfer.open_clock(code).filter(|clock| clock.run == run);
        let clock = clock.ok_or(Refusal::ClockNotRunning { code })?;
        // What ran out meanwhile stays missed; more time then would undo what is on record.
        if let Some(due_at) = clock.last_due_at.filter(|_| clock.ran_out(act.now)) {
            return Err(Refusal::ExtensionAfterExpiry { code, due_at });
        }
        let rule = act.rules.pack(&transfer.sent.rule_pack)?.clock(code);
        let length = rule.and_then(|rule| rule.extension).and_then(|extension| extension.length);
        let by = match (pending.until, length) {
            (Some(until), _) => ExtendedBy::Until(until),
            (None, Some(length)) => ExtendedBy::Length(length),
            (None, None) => return Err(Refusal::NotExtendable { code }),
        };
        let granted = ExtensionGranted { code, run, by, approved_by: act.by.clone(), note };
        Ok(act.course()?.happen(TransferEvent::ExtensionGranted(granted)).decided())
    }
}
