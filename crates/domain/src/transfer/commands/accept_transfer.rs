//! Accept 受理.

use crate::command::Act;
use crate::course::Decision;
use crate::refusal::Refusal;
use contract::event::TransferEvent;

pub(crate) fn decide(act: &Act<'_>) -> Result<Decision, Refusal> {
    Ok(act.course()?.happen(TransferEvent::Accepted).decided())
}
