//! A request for assistance ends with the case that it serves: nobody needs the answer any more.

use crate::command::Act;
use crate::course::Decision;
use crate::refusal::Refusal;
use contract::event::{CloseReason, Closed, TransferEvent};

pub(crate) fn decide(act: &Act<'_>) -> Result<Decision, Refusal> {
    let is_open = !act.transfer.state.name().is_ended();
    let has_case_ended = act.upstream.is_some_and(|case| case.state.name().is_ended());
    if !is_open || !has_case_ended {
        return Err(Refusal::StepNotDue);
    }
    let closed = TransferEvent::Closed(Closed { reason: CloseReason::CaseEnded });
    Ok(act.course()?.happen(closed).decided())
}
