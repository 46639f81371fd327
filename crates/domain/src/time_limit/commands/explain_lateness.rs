//! Say why something was late 逾期原因; it stays late.

use crate::command::Act;
use crate::course::Decision;
use crate::refusal::Refusal;
use crate::transfer::clocks::Clock;
use contract::clock::{ClockCode, LatenessReason};
use contract::event::{LatenessExplained, TransferEvent};

/// Say why something was late.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainLateness {
    /// Which clock.
    pub code: ClockCode,
    /// Which run of it; the last late one where none is named.
    pub run: Option<u32>,
    /// Why.
    pub reason: LatenessReason,
    /// More about it.
    pub note: String,
}

impl ExplainLateness {
    pub(crate) fn decide(&self, act: &Act<'_>) -> Result<Decision, Refusal> {
        let is_it = |clock: &&Clock| {
            clock.code == self.code
                && self.run.is_none_or(|run| clock.run == run)
                && clock.owner == *act.by
                && clock.was_late()
                && clock.lateness.is_none()
        };
        let clock = act.transfer.clocks.iter().filter(is_it).max_by_key(|clock| clock.run);
        let clock = clock.ok_or(Refusal::NotLate { code: self.code })?;
        let explained = LatenessExplained {
            code: clock.code,
            run: clock.run,
            department: act.by.clone(),
            reason: self.reason,
            note: self.note.clone(),
        };
        Ok(act.course()?.happen(TransferEvent::LatenessExplained(explained)).decided())
    }
}
