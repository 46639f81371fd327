//! What the acts are decided by: the rule packs and the calendar.

use crate::calendar::Calendar;
use crate::refusal::Refusal;
use crate::rule_pack::RulePack;

/// The rules in force.
#[derive(Clone, Debug)]
pub struct Rules {
    packs: Vec<RulePack>,
    calendar: Calendar,
}

impl Rules {
    /// The pack and the calendar that ship with casebus.
    pub fn national() -> Self {
        Self { packs: vec![RulePack::national()], calendar: Calendar::national() }
    }

    /// The calendar.
    pub fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// The pack under which a new transfer begins.
    pub fn current(&self) -> &RulePack {
        self.packs.last().expect("rules are built with at least one pack")
    }

    /// The pack that a transfer keeps.
    pub fn pack(&self, id: &str) -> Result<&RulePack, Refusal> {
        self.packs.iter().find(|pack| pack.id == id).ok_or_else(|| Refusal::UnknownRulePack(id.to_owned()))
    }
}
