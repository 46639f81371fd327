//! How a file becomes a pack: what it inherits, what it must say, and the test vectors that it must pass.

use super::{ClockRule, DayEndRule, ExtensionRule, RulePack, SourceStatus, Vector};
use crate::calendar::Calendar;
use crate::civil;
use crate::counting::Given;
use crate::period::{Period, Unit};
use chrono::NaiveDate;
use contract::clock::ClockCode;
use contract::kind::Urgency;
use std::collections::{BTreeMap, BTreeSet};
use toml::{Table, Value};

/// The packs that ship with casebus, oldest first.
const SHIPPED: [&str; 2] =
    [include_str!("../../packs/cn-default-2026.1.toml"), include_str!("../../packs/cn-default-2026.2.toml")];

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
    /// Another pack has the id.
    #[error("a rule pack {0} is known already; a pack never changes, publish it under a new id")]
    IdTaken(String),
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
    /// A clock that the pack sets or changes cites nothing.
    #[error("clock {0} needs an article: the rule it comes from, or why there is none")]
    ArticleMissing(String),
    /// An extension that adds nothing.
    #[error(
        "the extension of clock {0} needs a length in its unit (none where it counts none) and at least one time"
    )]
    Extension(ClockCode),
    /// A clock ends when the offices close, and the pack does not say when.
    #[error("clock {0} ends when the offices close: say when, in office_closes")]
    OfficeCloses(ClockCode),
    /// A step of the ladder that comes at once.
    #[error("rule pack {0}: each step of the ladder needs at least one working day")]
    Ladder(String),
    /// A copy rule or material without name or article.
    #[error("a copy rule needs a type and an article, a material a name")]
    Lists,
    /// No vector.
    #[error(
        "rule pack {0} has no test vector; it needs at least one, and one for each clock whose length it sets"
    )]
    NoVectors(String),
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
            catalogue.add(text).expect("the shipped rule packs are read by a test");
        }
        catalogue
    }

    /// Every pack, in the order in which they became known.
    pub fn packs(&self) -> &[RulePack] {
        &self.packs
    }

    /// Reads a pack, checks it, runs its vectors, and makes it known.
    pub fn add(&mut self, text: &str) -> Result<&RulePack, RulePackError> {
        let written: Table = text.parse().map_err(RulePackError::NotToml)?;
        let id = written.get("id").and_then(Value::as_str).ok_or(RulePackError::NoId)?.to_owned();
        if self.written.contains_key(&id) {
            return Err(RulePackError::IdTaken(id));
        }
        cites_its_changes(&written)?;
        let whole = self.inherited(&id, &written)?;
        let pack: RulePack = whole.try_into().map_err(RulePackError::Unreadable)?;
        check(&pack)?;
        has_vectors_for_its_changes(&pack, &written)?;
        for vector in &pack.vectors {
            try_vector(&pack, vector)?;
        }
        self.written.insert(id, written);
        self.packs.push(pack);
        Ok(&self.packs[self.packs.len() - 1])
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
        let mut whole = Table::new();
        for table in chain.into_iter().rev() {
            lay_over(&mut whole, table);
        }
        Ok(whole)
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
    for clock in clocks_of(written) {
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
    let blank = |text: &String| text.trim().is_empty();
    let is_bad = pack.copies.iter().any(|copy| blank(&copy.to_type) || blank(&copy.article))
        || pack.materials.iter().any(|material| blank(&material.name));
    if is_bad {
        return Err(RulePackError::Lists);
    }
    let ladder = pack.ladder;
    if [ladder.urge_every, ladder.supervise_after, ladder.criticise_after].contains(&0) {
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
    let extends = |rule: ExtensionRule| {
        let has_length = rule.length.is_some_and(|length| length > 0);
        rule.times > 0 && has_length == (clock.period.unit != Unit::OwnDates)
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
