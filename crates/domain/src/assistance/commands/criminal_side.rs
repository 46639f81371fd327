//! A case waits for its criminal side: from the criminal handoff that its receiver opens, until the outcome arrives.

use crate::command::Act;
use crate::course::Decision;
use crate::refusal::Refusal;
use contract::event::{CriminalSide, TransferEvent};
use contract::ids::HandoffId;
use contract::state::TransferState;

/// The receiver opened a criminal handoff that grew from the transfer.
pub(crate) fn find_crime(act: &Act<'_>, handoff: HandoffId) -> Result<Decision, Refusal> {
    let is_its_own = act.transfer.reference.to == *act.by;
    let waits = act.transfer.facts.criminal_handoff.is_some();
    // A supplement that is awaited from the sender changes nothing in what was found.
    let is_handled = act.transfer.state.handling().is_some()
        && matches!(act.transfer.state.name(), TransferState::Accepted | TransferState::Supplementing);
    if !is_its_own || waits || !is_handled {
        return Err(Refusal::StepNotDue);
    }
    Ok(act.course()?.happen(TransferEvent::CrimeFound(CriminalSide { handoff })).decided())
}

/// The criminal side is over. That is told once, so it is taken in every state in which the transfer may go on.
pub(crate) fn receive_outcome(act: &Act<'_>, handoff: HandoffId) -> Result<Decision, Refusal> {
    let waits = act.transfer.facts.criminal_handoff == Some(handoff);
    if !waits || act.transfer.state.handling().is_none() {
        return Err(Refusal::StepNotDue);
    }
    Ok(act.course()?.happen(TransferEvent::CriminalOutcomeArrived(CriminalSide { handoff })).decided())
}
