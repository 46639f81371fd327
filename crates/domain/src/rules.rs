//! What the acts are decided by: the rule packs and the calendar.

use crate::calendar::Calendar;
use crate::civil;
use crate::refusal::Refusal;
use crate::rule_pack::RulePack;
use chrono::{DateTime, Utc};

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

    /// The pack under which a transfer begins that is sent now: the last one in force. Before the first one is in
    /// force, that one.
    pub fn current(&self, now: DateTime<Utc>) -> &RulePack {
        let today = civil::day_of(now);
        let in_force = self.packs.iter().filter(|pack| pack.effective_from <= today);
        let last = in_force.max_by_key(|pack| pack.effective_from);
        last.or(self.packs.first()).expect("rules are built with at least one pack")
    }

    /// The pack that a transfer keeps.
    pub fn pack(&self, id: &str) -> Result<&RulePack, Refusal> {
        self.packs.iter().find(|pack| pack.id == id).ok_or_else(|| Refusal::UnknownRulePack(id.to_owned()))
    }
}
