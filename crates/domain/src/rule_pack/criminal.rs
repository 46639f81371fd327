//! What a rule pack says of criminal handoffs. Every pack begins with the statute, `cn-criminal-2026.1.toml`, and may
//! change it under `[criminal]`.

use super::SourceStatus;
use crate::calendar::Calendar;
use crate::counting::{Counting, DayEnd, EndRoll, Given, StartRule};
use crate::period::Period;
use chrono::{DateTime, FixedOffset};
use contract::handoff::HandoffClock;
use serde::Deserialize;
use std::collections::BTreeSet;
use toml::{Table, Value};

/// The statute.
const STATUTE: &str = include_str!("../../packs/cn-criminal-2026.1.toml");

/// The criminal part of a rule pack.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CriminalRules {
    /// Whether the legal review 法制审核 must be on record before the head approves.
    pub legal_review: bool,
    /// Whether an organ may fine anew while the criminal side of the same suspect is open.
    pub fine_while_open: bool,
    /// Whether asking for a supplement stops the filing clock.
    pub supplement_pauses_filing: bool,
    /// How many hours after its serving a notice counts as arrived where nobody confirms it.
    pub notice_deemed_hours: u16,
    /// Who gets copies from the dispatch on.
    #[serde(default, rename = "copy")]
    pub copies: Vec<HandoffCopyRule>,
    /// The clocks.
    #[serde(rename = "clock")]
    pub clocks: Vec<HandoffClockRule>,
    /// The library of transfer standards.
    #[serde(default, rename = "standard")]
    pub standards: Vec<TransferStandard>,
    /// Test vectors.
    #[serde(default, rename = "vector")]
    pub vectors: Vec<HandoffVector>,
}

/// Who gets a copy of a dispatch.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandoffCopyRule {
    /// Every body of this type (the code of the registry) under the government of the police.
    pub to_type: String,
    /// Where the duty comes from.
    pub article: String,
}

/// Who owes the duty of a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HandoffOwner {
    /// The agency that hands over.
    Agency,
    /// The police organ that has the case.
    Police,
    /// The procuratorate beside it.
    Procuratorate,
    /// The administrative organ of the lane: the addressee of its reverse handoff, else the agency.
    Administrative,
}

/// One statutory clock.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the pack")]
pub struct HandoffClockRule {
    /// Code.
    pub code: HandoffClock,
    /// What it is called, in both languages.
    pub name: String,
    /// What starts it, in words.
    pub starts_on: String,
    /// What stops it, in words.
    pub stops_on: String,
    /// How long it runs.
    pub period: Period,
    /// How long it runs in an expedited handoff 绿色通道, where that differs.
    #[serde(default)]
    pub expedited: Option<Period>,
    /// What if it ends on a day off.
    #[serde(default)]
    pub end_roll: EndRoll,
    /// Who owes the duty.
    pub owner: HandoffOwner,
    /// Whether it runs at all.
    #[serde(default = "yes")]
    pub on: bool,
    /// It bounds a right, whose expiry loses it, and not a duty.
    #[serde(default)]
    pub right: bool,
    /// It only prompts somebody else, and is never counted as missed.
    #[serde(default)]
    pub prompt: bool,
    /// It is a duty only where something is missing; nothing is missed by letting it run out.
    #[serde(default)]
    pub optional: bool,
    /// The article from which it comes.
    pub article: String,
    /// How sure that is.
    pub status: SourceStatus,
}

const fn yes() -> bool {
    true
}

impl HandoffClockRule {
    /// How it counts.
    pub fn counting(&self, expedited: bool) -> Counting {
        let period = if expedited { self.expedited.unwrap_or(self.period) } else { self.period };
        Counting {
            period,
            start_rule: StartRule::NextDay,
            end_roll: self.end_roll,
            day_end: DayEnd::Midnight,
        }
    }

    /// Whether its running out is recorded as a duty that was missed.
    pub const fn may_be_missed(&self) -> bool {
        !self.right && !self.prompt && !self.optional
    }
}

/// From when on a case must be transferred.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransferStandard {
    /// Its id.
    pub id: String,
    /// The offence.
    pub offence: String,
    /// The amount in fen from which it is met; 0 where any case meets it.
    #[serde(default)]
    pub amount_fen: Option<i64>,
    /// The number of earlier penalties of the same kind from which it is met.
    #[serde(default)]
    pub earlier_penalties: Option<u32>,
    /// A circumstance that a person must judge.
    #[serde(default)]
    pub circumstance: Option<String>,
    /// Where it comes from.
    pub article: String,
    /// How sure that is.
    pub status: SourceStatus,
}

impl TransferStandard {
    /// Whether a case of this amount and with so many earlier penalties meets it. What a person must judge is met by
    /// whoever says so: naming the standard is saying so.
    pub fn is_met(&self, amount_fen: Option<i64>, earlier_penalties: Option<u32>) -> bool {
        let by_amount = self.amount_fen.is_some_and(|from| amount_fen.unwrap_or(0) >= from);
        let by_penalties = self.earlier_penalties.is_some_and(|from| earlier_penalties.unwrap_or(0) >= from);
        let is_judged = self.amount_fen.is_none() && self.earlier_penalties.is_none();
        by_amount || by_penalties || is_judged
    }
}

/// A test vector: a clock that began then is due then.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandoffVector {
    /// Which clock.
    pub clock: HandoffClock,
    /// When it began.
    pub start: DateTime<FixedOffset>,
    /// Whether the handoff is expedited.
    #[serde(default)]
    pub expedited: bool,
    /// The first moment too late, by the shipped calendar.
    pub due: DateTime<FixedOffset>,
}

/// What is wrong with the criminal part of a pack.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CriminalRulesError {
    /// A clock or a standard that the pack changes cites nothing.
    #[error("{0} needs an article of its own: the rule it comes from")]
    ArticleMissing(String),
    /// A clock without length.
    #[error("clock {0} needs a length in hours, natural days, working days or months, of at most ten years")]
    Length(HandoffClock),
    /// The pack sets a length and no vector shows it.
    #[error("clock {0} needs a test vector, because the pack changes how long it runs")]
    NoVector(HandoffClock),
    /// A vector failed.
    #[error("clock {clock} from {start} is due at {found}, not at {expected} as its vector says")]
    VectorFailed {
        /// The clock.
        clock: HandoffClock,
        /// The start.
        start: String,
        /// What the vector says.
        expected: String,
        /// What the rules say.
        found: String,
    },
}

impl CriminalRules {
    /// The rule of a clock.
    pub fn clock(&self, code: HandoffClock) -> Option<&HandoffClockRule> {
        self.clocks.iter().find(|clock| clock.code == code)
    }

    /// The standard of that id.
    pub fn standard(&self, id: &str) -> Option<&TransferStandard> {
        self.standards.iter().find(|standard| standard.id == id)
    }

    /// Checks lengths, and runs the vectors.
    pub(super) fn check(&self) -> Result<(), CriminalRulesError> {
        let is_sound =
            |period: Period| period.is_sound() && u32::from(period.length) <= period.unit.longest();
        for rule in &self.clocks {
            if !is_sound(rule.period) || rule.expedited.is_some_and(|period| !is_sound(period)) {
                return Err(CriminalRulesError::Length(rule.code));
            }
        }
        self.vectors.iter().try_for_each(|vector| self.try_vector(vector))
    }

    fn try_vector(&self, vector: &HandoffVector) -> Result<(), CriminalRulesError> {
        let Some(rule) = self.clock(vector.clock) else { return Ok(()) };
        let start = vector.start.to_utc();
        let sum = rule.counting(vector.expedited).count(start, Given::default(), &Calendar::national());
        if sum.due.at == vector.due {
            return Ok(());
        }
        Err(CriminalRulesError::VectorFailed {
            clock: vector.clock,
            start: vector.start.to_rfc3339(),
            expected: vector.due.to_rfc3339(),
            found: sum.due.at.with_timezone(&crate::civil::offset()).to_rfc3339(),
        })
    }
}

/// The statute, as a pack would say it.
pub(super) fn statute() -> Table {
    STATUTE.parse().expect("the shipped statute is read by a test")
}

/// Lays what a pack says over what it begins with.
pub(super) fn lay_over(whole: &mut Table, changes: &Table) {
    whole.remove("vector");
    for (key, value) in changes {
        let id = match key.as_str() {
            "clock" => "code",
            "standard" => "id",
            _ => {
                whole.insert(key.clone(), value.clone());
                continue;
            }
        };
        match (whole.get_mut(key), value) {
            (Some(Value::Array(known)), Value::Array(changes)) => {
                for change in changes {
                    lay_row_over(known, change, id);
                }
            }
            _ => {
                whole.insert(key.clone(), value.clone());
            }
        }
    }
}

fn lay_row_over(known: &mut Vec<Value>, change: &Value, id: &str) {
    let name = |row: &Value| row.get(id).and_then(Value::as_str).map(str::to_owned);
    let same = known.iter_mut().find(|row| name(row).is_some() && name(row) == name(change));
    match (same.and_then(Value::as_table_mut), change.as_table()) {
        (Some(inherited), Some(change)) => inherited.extend(change.clone()),
        (Some(_) | None, _) => known.push(change.clone()),
    }
}

/// Every row that a pack writes down cites its own article, and every length that it sets has a vector.
pub(super) fn shows_its_changes(written: &Table) -> Result<(), CriminalRulesError> {
    let rows = |key: &str| written.get(key).and_then(Value::as_array).into_iter().flatten();
    let text = |row: &Value, key: &str| row.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    for row in rows("clock").chain(rows("standard")).chain(rows("copy")) {
        if text(row, "article").trim().is_empty() {
            let name =
                ["code", "id", "to_type"].into_iter().map(|key| text(row, key)).find(|name| !name.is_empty());
            return Err(CriminalRulesError::ArticleMissing(name.unwrap_or_else(|| "a row".to_owned())));
        }
    }
    let shown: BTreeSet<_> = rows("vector").map(|row| text(row, "clock")).collect();
    let sets = rows("clock").filter(|row| row.get("period").is_some() || row.get("expedited").is_some());
    let missing = sets.map(|row| text(row, "code")).find(|code| !shown.contains(code));
    match missing.and_then(|code| HandoffClock::from_name(&code)) {
        Some(code) => Err(CriminalRulesError::NoVector(code)),
        None => Ok(()),
    }
}
