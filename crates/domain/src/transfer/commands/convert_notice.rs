//! Make a clue of a notice 转为线索: from the same sender to the reader, already signed.

use crate::command::Act;
use crate::course::Decision;
use crate::refusal::Refusal;
use crate::transfer::commands::link;
use crate::transfer::state::State;
use contract::event::{CloseReason, Closed, LinkReason, NoticeConverted, TransferEvent};
use contract::ids::TransferId;
use contract::kind::TransferKind;

/// Make a clue of a notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConvertNotice {
    /// A fresh id for the clue.
    pub id: TransferId,
}

impl ConvertNotice {
    pub(crate) fn decide(&self, act: &Act<'_>) -> Result<Decision, Refusal> {
        let to = act.transfer.reference.to.clone();
        let office = act.transfer.sent.office.clone();
        let linked = link(act, self.id, TransferKind::ClueTransfer, to, office, LinkReason::Converted)?
            .happen(TransferEvent::Signed);
        let mut course = act.course()?;
        if act.transfer.state == State::Delivered {
            course = course
                .happen(TransferEvent::Read)
                .happen(TransferEvent::Closed(Closed { reason: CloseReason::Read }));
        }
        let converted = TransferEvent::Converted(NoticeConverted { converted_into: self.id });
        Ok(course.happen(converted).decided_with(linked))
    }
}
