//! Give it to a section or brigade inside the department 内部交办, with a day of its own inside the outer clock.

use crate::civil;
use crate::command::Act;
use crate::course::Decision;
use crate::refusal::Refusal;
use chrono::NaiveDate;
use contract::event::{AssignedInternally, TransferEvent};

/// Give it to a section or brigade.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssignInternally {
    /// The section or brigade.
    pub unit: String,
    /// By when.
    pub due_on: NaiveDate,
    /// What it shall do.
    pub note: Option<String>,
}

impl AssignInternally {
    pub(crate) fn decide(&self, act: &Act<'_>) -> Result<Decision, Refusal> {
        let own = act.transfer.clocks.iter().filter(|clock| clock.is_open() && clock.owner == *act.by);
        let outer = own.filter_map(|clock| clock.due_at).max().map(civil::last_day_before);
        if self.due_on < civil::day_of(act.now) || outer.is_some_and(|outer| self.due_on > outer) {
            return Err(Refusal::OutsideOuterClock { outer });
        }
        let assigned = AssignedInternally {
            department: act.by.clone(),
            unit: self.unit.clone(),
            due_on: self.due_on,
            note: self.note.clone(),
        };
        Ok(act.course()?.happen(TransferEvent::AssignedInternally(assigned)).decided())
    }
}
