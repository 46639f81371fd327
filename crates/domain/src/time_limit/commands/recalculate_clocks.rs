//! Another holiday calendar is in force: running clocks get the due moments that follow from it, as an event.

use crate::command::Act;
use crate::course::Decision;
use crate::refusal::Refusal;
use contract::event::{ClocksRecalculated, TransferEvent};

pub(crate) fn decide(act: &Act<'_>) -> Result<Decision, Refusal> {
    let calendar = act.rules.calendar().version().to_owned();
    let event = TransferEvent::ClocksRecalculated(ClocksRecalculated { calendar });
    let decision = act.course()?.happen(event).decided();
    let is_moved = decision.drafts.iter().any(|draft| !draft.body.after.clocks.is_empty());
    if is_moved { Ok(decision) } else { Err(Refusal::NothingToRecalculate) }
}
