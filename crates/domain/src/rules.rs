//! What the acts are decided by: the rule packs and the calendars.

use crate::calendar::Calendar;
use crate::civil;
use crate::refusal::Refusal;
use crate::rule_pack::{Catalogue, RulePack};
use chrono::{DateTime, Utc};
use contract::ids::DepartmentId;
use std::collections::BTreeMap;

/// The rules in force, and all earlier ones that a transfer may have begun under.
#[derive(Clone, Debug)]
pub struct Rules {
    catalogue: Catalogue,
    calendars: BTreeMap<String, Calendar>,
    calendar: String,
}

impl Rules {
    /// The packs and the calendar that ship with casebus.
    pub fn national() -> Self {
        let calendar = Calendar::national();
        let version = calendar.version().to_owned();
        Self {
            catalogue: Catalogue::shipped(),
            calendars: BTreeMap::from([(version.clone(), calendar)]),
            calendar: version,
        }
    }

    /// The shipped rules with further packs, and further calendars of which the last one is in force.
    #[must_use]
    pub fn with(mut self, catalogue: Catalogue, calendars: impl IntoIterator<Item = Calendar>) -> Self {
        self.catalogue = catalogue;
        for calendar in calendars {
            calendar.version().clone_into(&mut self.calendar);
            self.calendars.insert(calendar.version().to_owned(), calendar);
        }
        self
    }

    /// The calendar in force.
    pub fn calendar(&self) -> &Calendar {
        self.calendars.get(&self.calendar).expect("the calendar in force is one of those that are known")
    }

    /// The calendar of a version; the one in force where that version is not known.
    pub fn calendar_of(&self, version: &str) -> &Calendar {
        self.calendars.get(version).unwrap_or_else(|| self.calendar())
    }

    /// Every pack, in the order in which they became known.
    pub fn packs(&self) -> &[RulePack] {
        self.catalogue.packs()
    }

    /// The packs with what they were read from.
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// The pack under which a transfer begins that is sent now, between departments whose coordination office this
    /// is: of the nearest jurisdiction that has one in force, the last one that came into force. Before the first one
    /// is in force anywhere, the first one.
    pub fn current(&self, office: &DepartmentId, now: DateTime<Utc>) -> &RulePack {
        let today = civil::day_of(now);
        let in_force = |jurisdiction: &Jurisdiction<'_>| {
            let packs = self.packs().iter().filter(|pack| jurisdiction.is(&pack.jurisdiction));
            packs.filter(|pack| pack.is_in_force(today)).max_by_key(|pack| pack.effective_from)
        };
        let nearest = jurisdictions(office.division()).iter().find_map(in_force);
        nearest.or(self.packs().first()).expect("rules are built with at least one pack")
    }

    /// The pack that a transfer keeps.
    pub fn pack(&self, id: &str) -> Result<&RulePack, Refusal> {
        self.packs().iter().find(|pack| pack.id == id).ok_or_else(|| Refusal::UnknownRulePack(id.to_owned()))
    }
}

/// The beginning of a division's code, and what fills it up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Jurisdiction<'a>(&'a str, &'static str);

impl Jurisdiction<'_> {
    fn is(self, code: &str) -> bool {
        code.strip_prefix(self.0) == Some(self.1)
    }
}

/// The jurisdictions of a division, from the nearest up (GB/T 2260): itself, its county, its city, its province, `cn`.
fn jurisdictions(division: &str) -> [Jurisdiction<'_>; 5] {
    let of = |digits, zeros| Jurisdiction(division.get(..digits).unwrap_or(division), zeros);
    [Jurisdiction(division, ""), of(6, ""), of(4, "00"), of(2, "0000"), Jurisdiction("cn", "")]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_division_lies_in_its_county_its_city_its_province_and_the_country() {
        let codes =
            |division| jurisdictions(division).map(|Jurisdiction(begin, zeros)| format!("{begin}{zeros}"));
        assert_eq!(codes("120106001"), ["120106001", "120106", "120100", "120000", "cn"]);
        assert_eq!(codes("320100"), ["320100", "320100", "320100", "320000", "cn"]);
        assert!(jurisdictions("320100")[3].is("320000"));
        assert!(!jurisdictions("320100")[3].is("320500"));
    }

    #[test]
    fn the_nearest_jurisdiction_with_a_pack_in_force_decides_and_the_last_one_of_it() {
        let local = |id: &str, jurisdiction: &str, from: &str| {
            format!(
                "id = \"{id}\"\ninherits = \"cn-default-2026.2\"\njurisdiction = \"{jurisdiction}\"\n\
                 effective_from = \"{from}\"\n[[vector]]\nclock = \"T02\"\nstart = 2026-03-02T10:00:00+08:00\n\
                 due_on = \"2026-03-03\"\n"
            )
        };
        let mut catalogue = Catalogue::shipped();
        catalogue.add(&local("js-1", "320000", "2026-03-01")).unwrap();
        catalogue.add(&local("nj-1", "320100", "2026-05-01")).unwrap();
        catalogue.add(&local("nj-2", "320100", "2026-07-01")).unwrap();
        let rules = Rules::national().with(catalogue, []);
        let pack = |office: &str, day: &str| {
            let now = format!("{day}T12:00:00+08:00").parse().unwrap();
            rules.current(&DepartmentId::new(office).unwrap(), now).id.clone()
        };
        assert_eq!(pack("320100-lxb", "2026-02-01"), "cn-default-2026.2");
        assert_eq!(pack("320100-lxb", "2026-04-01"), "js-1");
        assert_eq!(pack("320100-lxb", "2026-06-01"), "nj-1");
        assert_eq!(pack("320100-lxb", "2026-08-01"), "nj-2");
        assert_eq!(pack("320200-lxb", "2026-08-01"), "js-1");
        assert_eq!(pack("110000-lxb", "2026-08-01"), "cn-default-2026.2");
        assert_eq!(pack("110000-lxb", "2025-08-01"), "cn-default-2026.1");
    }
}
