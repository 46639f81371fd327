//! Sign 签收. A notice is read and closes with that; a supervision task and a request for assistance are accepted with
//! it, for neither can be refused.

use crate::command::Act;
use crate::course::Decision;
use crate::refusal::Refusal;
use contract::event::{CloseReason, Closed, TransferEvent};
use contract::kind::TransferKind;

pub(crate) fn decide(act: &Act<'_>) -> Result<Decision, Refusal> {
    let course = act.course()?;
    let course = match act.transfer.reference.kind {
        TransferKind::Notice => course
            .happen(TransferEvent::Read)
            .happen(TransferEvent::Closed(Closed { reason: CloseReason::Read })),
        TransferKind::SupervisionTask | TransferKind::AssistanceRequest => {
            course.happen(TransferEvent::Signed).happen(TransferEvent::Accepted)
        }
        TransferKind::ClueTransfer | TransferKind::CaseReferral => course.happen(TransferEvent::Signed),
    };
    Ok(course.decided())
}
