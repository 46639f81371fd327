//! Rule on a contest 裁定: the feedback stands and the transfer closes, or the receiver must answer again.

use crate::command::Act;
use crate::course::Decision;
use crate::refusal::Refusal;
use crate::transfer::state::State;
use contract::action::Action;
use contract::event::{CloseReason, Closed, ContestRuled, Ruling, TransferEvent};

/// Rule on a contest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleContest {
    /// The ruling.
    pub ruling: Ruling,
    /// Why.
    pub reason: String,
}

impl RuleContest {
    pub(crate) fn decide(&self, act: &Act<'_>) -> Result<Decision, Refusal> {
        let State::Contested { feedback, .. } = act.transfer.state else {
            let (state, holder) = (act.transfer.state.name(), act.transfer.holder().cloned());
            return Err(Refusal::OutOfTurn { action: Action::ContestRuling, state, holder });
        };
        let ruled = ContestRuled { feedback, ruling: self.ruling, reason: self.reason.clone() };
        let course = act.course()?.happen(TransferEvent::ContestRuled(ruled));
        Ok(match self.ruling {
            Ruling::Upheld => {
                course.happen(TransferEvent::Closed(Closed { reason: CloseReason::Ruled })).decided()
            }
            Ruling::AnswerAgain => course.decided(),
        })
    }
}
