//! How a file becomes a pack: what it inherits, what it must say, and the test vectors that it must pass.

use super::criminal::{self, CriminalRulesError};
use super::{ClockRule, CopyRule, DayEndRule, ExtensionRule, RulePack, SourceStatus, Vector};
use crate::calendar::Calendar;
use crate::civil;
use crate::counting::Given;
use crate::period::{Period, Unit};
use crate::registry::DepartmentType;
use chrono::NaiveDate;
use contract::clock::ClockCode;
use contract::kind::Urgency;
use std::collections::{BTreeMap, BTreeSet};
use toml::{Table, Value};

/// The packs that ship with casebus, oldest first.
const SHIPPED: [&str; 2] =
    [include_str!("../../packs/cn-default-2026.1.toml"), include_str!("../../packs/cn-default-2026.2.toml")];

/// How the ids of the packs that ship with casebus begin: a later release brings more of them.
pub const SHIPPED_PREFIX: &str = "cn-default-";
/// By how many of its unit a clock may be extended each time.
pub const EXTENSION_LENGTH_MAX: u16 = 365;
/// How often a clock may be extended.
pub const EXTENSION_TIMES_MAX: u32 = 10;
/// How many working days a step of the ladder may take: a year.
pub const LADDER_STEP_MAX: u16 = 250;

/// A rule pack that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RulePackError {
    /// The file is not TOML.
    #[error("the rule pack is not a TOML file")]
    NotToml(#[source] toml::de::Error),
    /// The file is not of the expected form.
    #[error("the rule pack has a key or a value that is not of the expected form")]
    Unreadable(#[source] toml::de::Error),
    /// There is no id.
    #[error("the rule pack has no id")]
    NoId,
    /// The id does not fit into paths and tables.
    #[error(
        "the id {0:?} is not usable: 1 to 60 letters, digits, dots and hyphens, beginning with a letter or digit"
    )]
    IdMalformed(String),
    /// A text holds a control character.
    #[error("a text of rule pack {0} holds a control character")]
    ControlCharacter(String),
    /// Another pack of the jurisdiction begins on the same day.
    #[error(
        "rule pack {id} begins on {day} in {jurisdiction}, as {other} does: which one holds would be left open"
    )]
    SameDay {
        /// The pack.
        id: String,
        /// The pack that is known.
        other: String,
        /// Where both hold.
        jurisdiction: String,
        /// The day.
        day: NaiveDate,
    },
    /// A suspension that lasts no time, or for ever.
    #[error("rule pack {0}: suspension_days lies between 1 and 366")]
    SuspensionDays(String),
    /// Another pack has the id.
    #[error("a rule pack {0} is known already; a pack never changes, publish it under a new id")]
    IdTaken(String),
    /// The id is one of those that casebus keeps for its own packs.
    #[error("rule pack {0} needs another id: cn-default- begins the ids of the packs that ship with casebus")]
    ReservedId(String),
    /// The pack that it inherits from is not known.
    #[error("rule pack {0} inherits from {1}, which is not known: publish that one first")]
    ParentUnknown(String, String),
    /// The packs inherit from each other.
    #[error("rule pack {0} inherits from itself, by way of {1}")]
    Cycle(String, String),
    /// It ends before it begins.
    #[error("rule pack {id} ends on {to}, before it begins on {from}")]
    EndBeforeStart {
        /// The pack.
        id: String,
        /// Its first day.
        from: NaiveDate,
        /// Its last day.
        to: NaiveDate,
    },
    /// The jurisdiction is no division code.
    #[error("rule pack {0} needs a jurisdiction: cn, or a division code of 6 to 12 digits")]
    Jurisdiction(String),
    /// A clock stands twice.
    #[error("clock {0} stands twice in the rule pack")]
    ClockTwice(ClockCode),
    /// A clock has no length, or nothing starts or stops it.
    #[error("clock {0} needs a length, a start, a stop and a kind, and warn_percent lies between 1 and 99")]
    ClockIncomplete(ClockCode),
    /// A clock runs longer than ten years.
    #[error("clock {code} may run for {most} of its unit {unit} at most")]
    TooLong {
        /// The clock.
        code: ClockCode,
        /// The unit, as it stands in data.
        unit: &'static str,
        /// The longest period in that unit.
        most: u32,
    },
    /// A clock that the pack sets or changes cites nothing.
    #[error("clock {0} needs an article: the rule it comes from, or why there is none")]
    ArticleMissing(String),
    /// An extension that adds nothing, or more than one can mean.
    #[error(
        "the extension of clock {0} needs a length of 1 to {EXTENSION_LENGTH_MAX} in its unit (none where it counts \
         none) and 1 to {EXTENSION_TIMES_MAX} times"
    )]
    Extension(ClockCode),
    /// A clock ends when the offices close, and the pack does not say when.
    #[error("clock {0} ends when the offices close: say when, in office_closes")]
    OfficeCloses(ClockCode),
    /// A step of the ladder that comes at once, or never.
    #[error("rule pack {0}: each step of the ladder takes 1 to {LADDER_STEP_MAX} working days")]
    Ladder(String),
    /// A copy rule or material without name or article.
    #[error("a copy rule needs a type and an article, a material a name")]
    Lists,
    /// Copies for bodies of a type that the registry does not have.
    #[error("a copy rule names the type {0}, which the registry of departments does not have")]
    UnknownCopyType(String),
    /// No vector.
    #[error(
        "rule pack {0} has no test vector; it needs at least one, and one for each clock whose length it sets"
    )]
    NoVectors(String),
    /// The criminal part is not usable.
    #[error("rule pack {0}, under [criminal]: {1}")]
    Criminal(String, Box<CriminalRulesError>),
    /// A vector failed.
    #[error(
        "rule pack {id}: clock {clock} from {start} is due on {found}, not on {expected} as its vector says"
    )]
    VectorFailed {
        /// The pack.
        id: String,
        /// The clock.
        clock: ClockCode,
        /// The start.
        start: String,
        /// What the vector says.
        expected: NaiveDate,
        /// What the rules say.
        found: String,
    },
}

/// Packs by id, each with what it inherits; in the order in which they became known.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    written: BTreeMap<String, Table>,
    packs: Vec<RulePack>,
}

impl Catalogue {
    /// The packs that ship with casebus.
    pub fn shipped() -> Self {
        let mut catalogue = Self::default();
        for text in SHIPPED {
            catalogue.restore(text).expect("the shipped rule packs are read by a test");
        }
        catalogue
    }

    /// Every pack, in the order in which they became known.
    pub fn packs(&self) -> &[RulePack] {
        &self.packs
    }

    /// Reads a new pack, checks it, runs its vectors, and makes it known.
    pub fn add(&mut self, text: &str) -> Result<&RulePack, RulePackError> {
        let (id, written) = self.written_in(text)?;
        if id.starts_with(SHIPPED_PREFIX) {
            return Err(RulePackError::ReservedId(id));
        }
        if !is_usable(&id) {
            return Err(RulePackError::IdMalformed(id));
        }
        let pack = self.checked(&id, &written)?;
        let begins_too = |known: &&RulePack| {
            known.jurisdiction == pack.jurisdiction && known.effective_from == pack.effective_from
        };
        if let Some(known) = self.packs.iter().find(begins_too) {
            let (other, jurisdiction, day) = (known.id.clone(), pack.jurisdiction, pack.effective_from);
            return Err(RulePackError::SameDay { id, other, jurisdiction, day });
        }
        Ok(self.keep(id, written, pack))
    }

    /// Reads a pack that was published before, and makes it known. It was checked then, by what held then: transfers
    /// have begun under it, so what a later release or calendar says does not turn it away.
    pub fn restore(&mut self, text: &str) -> Result<&RulePack, RulePackError> {
        let (id, written) = self.written_in(text)?;
        let pack = self.read(&id, &written)?;
        Ok(self.keep(id, written, pack))
    }

    /// What a file says, under an id that is free.
    fn written_in(&self, text: &str) -> Result<(String, Table), RulePackError> {
        let written: Table = text.parse().map_err(RulePackError::NotToml)?;
        let id = written.get("id").and_then(Value::as_str).ok_or(RulePackError::NoId)?.to_owned();
        if self.written.contains_key(&id) { Err(RulePackError::IdTaken(id)) } else { Ok((id, written)) }
    }

    fn checked(&self, id: &str, written: &Table) -> Result<RulePack, RulePackError> {
        if written.values().any(holds_control_character) {
            return Err(RulePackError::ControlCharacter(id.to_owned()));
        }
        cites_its_changes(written)?;
        let criminal = |error| RulePackError::Criminal(id.to_owned(), Box::new(error));
        if let Some(changes) = written.get("criminal").and_then(Value::as_table) {
            criminal::shows_its_changes(changes).map_err(criminal)?;
        }
        let pack = self.read(id, written)?;
        check(&pack)?;
        pack.criminal.check().map_err(criminal)?;
        has_vectors_for_its_changes(&pack, written)?;
        pack.vectors.iter().try_for_each(|vector| try_vector(&pack, vector))?;
        Ok(pack)
    }

    fn read(&self, id: &str, written: &Table) -> Result<RulePack, RulePackError> {
        self.inherited(id, written)?.try_into().map_err(RulePackError::Unreadable)
    }

    fn keep(&mut self, id: String, written: Table, pack: RulePack) -> &RulePack {
        self.written.insert(id, written);
        self.packs.push(pack);
        &self.packs[self.packs.len() - 1]
    }

    /// What a known pack says together with what it inherits, as its file would say it.
    pub fn whole(&self, id: &str) -> Option<Table> {
        self.inherited(id, self.written.get(id)?).ok()
    }

    /// What a pack says together with what it inherits.
    fn inherited(&self, id: &str, written: &Table) -> Result<Table, RulePackError> {
        let mut chain = vec![written];
        let mut seen = BTreeSet::from([id.to_owned()]);
        let mut last = id.to_owned();
        while let Some(parent) = chain[chain.len() - 1].get("inherits").and_then(Value::as_str) {
            if !seen.insert(parent.to_owned()) {
                return Err(RulePackError::Cycle(id.to_owned(), last));
            }
            let table = self.written.get(parent);
            let table = table.ok_or_else(|| RulePackError::ParentUnknown(last.clone(), parent.to_owned()))?;
            parent.clone_into(&mut last);
            chain.push(table);
        }
        let mut whole = Table::from_iter([("criminal".to_owned(), Value::Table(criminal::statute()))]);
        for table in chain.into_iter().rev() {
            lay_over(&mut whole, table);
        }
        Ok(whole)
    }
}

/// Whether an id fits into paths, tables and sentences.
fn is_usable(id: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-';
    (1..=60).contains(&id.len())
        && id.bytes().all(fits)
        && id.bytes().next().is_some_and(|first| first.is_ascii_alphanumeric())
}

fn holds_control_character(value: &Value) -> bool {
    match value {
        Value::String(text) => text.chars().any(char::is_control),
        Value::Array(values) => values.iter().any(holds_control_character),
        Value::Table(table) => table.values().any(holds_control_character),
        Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) => false,
    }
}

/// Lays what a pack says over what it inherits: clocks by code and key by key, all else key by key. What is the
/// parent's own, its vectors and its last day, is not inherited.
fn lay_over(whole: &mut Table, table: &Table) {
    for own in ["vector", "effective_to", "inherits"] {
        whole.remove(own);
    }
    for (key, value) in table {
        match (key.as_str(), whole.get_mut(key), value) {
            ("clock", Some(Value::Array(clocks)), Value::Array(changes)) => {
                for change in changes {
                    lay_clock_over(clocks, change);
                }
            }
            ("criminal", Some(Value::Table(statute)), Value::Table(changes)) => {
                criminal::lay_over(statute, changes);
            }
            ("ladder", Some(Value::Table(ladder)), Value::Table(changes)) => ladder.extend(changes.clone()),
            _ => {
                whole.insert(key.clone(), value.clone());
            }
        }
    }
}

fn lay_clock_over(clocks: &mut Vec<Value>, change: &Value) {
    let code = |clock: &Value| clock.get("code").and_then(Value::as_str).map(str::to_owned);
    let same = clocks.iter_mut().find(|clock| code(clock).is_some() && code(clock) == code(change));
    match (same.and_then(Value::as_table_mut), change.as_table()) {
        (Some(inherited), Some(change)) => inherited.extend(change.clone()),
        (Some(_) | None, _) => clocks.push(change.clone()),
    }
}

fn clocks_of(written: &Table) -> impl Iterator<Item = &Value> {
    written.get("clock").and_then(Value::as_array).into_iter().flatten()
}

/// Every clock that a pack writes down cites its own article: an inherited one would cover a changed length.
fn cites_its_changes(written: &Table) -> Result<(), RulePackError> {
    let mut codes = BTreeSet::new();
    for clock in clocks_of(written) {
        let code = clock.get("code").and_then(Value::as_str).and_then(ClockCode::from_name);
        if let Some(code) = code.filter(|code| !codes.insert(*code)) {
            return Err(RulePackError::ClockTwice(code));
        }
        let article = clock.get("article").and_then(Value::as_str).unwrap_or_default();
        if article.trim().is_empty() {
            let code = clock.get("code").and_then(Value::as_str).unwrap_or("without a code");
            return Err(RulePackError::ArticleMissing(code.to_owned()));
        }
    }
    Ok(())
}

/// A vector for each clock whose length the pack itself sets; a task's own dates have none.
fn has_vectors_for_its_changes(pack: &RulePack, written: &Table) -> Result<(), RulePackError> {
    let missing = || RulePackError::NoVectors(pack.id.clone());
    if pack.vectors.is_empty() {
        return Err(missing());
    }
    if pack.inherits.is_none() {
        return Ok(());
    }
    for clock in clocks_of(written).filter(|clock| clock.get("period").is_some()) {
        let code = clock.get("code").and_then(Value::as_str).unwrap_or_default();
        let has_one = pack.vectors.iter().any(|vector| vector.clock.name() == code);
        let counts = pack.clocks.iter().any(|rule| rule.code.name() == code && rule.period.length > 0);
        if counts && !has_one {
            return Err(missing());
        }
    }
    Ok(())
}

fn check(pack: &RulePack) -> Result<(), RulePackError> {
    if let Some(to) = pack.effective_to.filter(|to| *to < pack.effective_from) {
        return Err(RulePackError::EndBeforeStart { id: pack.id.clone(), from: pack.effective_from, to });
    }
    let is_division = (6..=12).contains(&pack.jurisdiction.len())
        && pack.jurisdiction.bytes().all(|byte| byte.is_ascii_digit());
    if pack.jurisdiction != "cn" && !is_division {
        return Err(RulePackError::Jurisdiction(pack.id.clone()));
    }
    if !(1..=366).contains(&pack.suspension_days) {
        return Err(RulePackError::SuspensionDays(pack.id.clone()));
    }
    let blank = |text: &String| text.trim().is_empty();
    let is_bad = pack.copies.iter().any(|copy| blank(&copy.to_type) || blank(&copy.article))
        || pack.materials.iter().any(|material| blank(&material.name));
    if is_bad {
        return Err(RulePackError::Lists);
    }
    let is_unknown = |copy: &&CopyRule| DepartmentType::from_code(&copy.to_type).is_none();
    if let Some(copy) = pack.copies.iter().find(is_unknown) {
        return Err(RulePackError::UnknownCopyType(copy.to_type.clone()));
    }
    let ladder = pack.ladder;
    let steps = [ladder.urge_every, ladder.supervise_after, ladder.criticise_after];
    if !steps.iter().all(|step| (1..=LADDER_STEP_MAX).contains(step)) {
        return Err(RulePackError::Ladder(pack.id.clone()));
    }
    pack.clocks.iter().try_for_each(|clock| check_clock(clock, pack))?;
    let mut codes = BTreeSet::new();
    let twice = pack.clocks.iter().find(|clock| !codes.insert(clock.code));
    twice.map_or(Ok(()), |clock| Err(RulePackError::ClockTwice(clock.code)))
}

fn check_clock(clock: &ClockRule, pack: &RulePack) -> Result<(), RulePackError> {
    let is_complete = clock.period.is_sound()
        && clock.urgent.is_none_or(Period::is_sound)
        && !clock.starts_on.is_empty()
        && !clock.stops_on.is_empty()
        && !clock.kinds.is_empty()
        && clock.warn_percent.is_none_or(|percent| (1..=99).contains(&percent));
    if !is_complete {
        return Err(RulePackError::ClockIncomplete(clock.code));
    }
    let is_too_long = |period: &Period| u32::from(period.length) > period.unit.longest();
    if let Some(period) = [Some(clock.period), clock.urgent].into_iter().flatten().find(is_too_long) {
        let unit = period.unit;
        return Err(RulePackError::TooLong { code: clock.code, unit: unit.name(), most: unit.longest() });
    }
    let extends = |rule: ExtensionRule| {
        let has_length = match rule.length {
            Some(length) => {
                clock.period.unit != Unit::OwnDates && (1..=EXTENSION_LENGTH_MAX).contains(&length)
            }
            None => clock.period.unit == Unit::OwnDates,
        };
        has_length && (1..=EXTENSION_TIMES_MAX).contains(&rule.times)
    };
    if !clock.extension.is_none_or(extends) {
        return Err(RulePackError::Extension(clock.code));
    }
    if clock.day_end == DayEndRule::OfficeHours && pack.office_closes.is_none() {
        return Err(RulePackError::OfficeCloses(clock.code));
    }
    Ok(())
}

fn try_vector(pack: &RulePack, vector: &Vector) -> Result<(), RulePackError> {
    let start = vector.start.to_utc();
    let urgency = if vector.urgent { Urgency::Urgent } else { Urgency::Normal };
    let found = pack.clock(vector.clock).map(|rule| {
        let sum = pack.counting(rule, urgency).count(start, Given::default(), &Calendar::national());
        civil::last_day_before(sum.due.at)
    });
    if found == Some(vector.due_on) {
        return Ok(());
    }
    Err(RulePackError::VectorFailed {
        id: pack.id.clone(),
        clock: vector.clock,
        start: vector.start.to_string(),
        expected: vector.due_on,
        found: found
            .map_or_else(|| "no day, for the pack has no such clock".to_owned(), |day| day.to_string()),
    })
}

impl SourceStatus {
    /// The status as it stands in data.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Parameter => "parameter",
            Self::Verified => "verified",
            Self::Recalled => "recalled",
            Self::Variant => "variant",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_packs_pass_the_checks_of_new_ones() {
        let catalogue = Catalogue::shipped();
        for pack in catalogue.packs() {
            assert_eq!(catalogue.checked(&pack.id, &catalogue.written[&pack.id]).unwrap(), *pack);
        }
    }
}
