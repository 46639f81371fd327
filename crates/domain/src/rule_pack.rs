//! A rule pack 规则包: the time limits, checklists and copy rules of a jurisdiction as a versioned data file.
//!
//! * [`RulePack`], [`ClockRule`]: what a pack says.
//! * [`criminal`]: what it says of criminal handoffs.
//! * [`read`]: how a file becomes a pack: inheritance, checks, and the test vectors that a pack must pass.
//! * [`signal`]: what starts and stops clocks.

pub mod criminal;
pub mod read;
pub mod signal;
#[cfg(test)]
mod tests;

pub use criminal::{CriminalRules, HandoffClockRule, HandoffOwner, TransferStandard};
pub use read::{Catalogue, RulePackError};
pub use signal::Signal;

use crate::counting::{Counting, DayEnd, EndRoll, StartRule};
use crate::period::Period;
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use contract::clock::{ClockCode, PauseReason};
use contract::kind::{TransferKind, Urgency};
use serde::Deserialize;

/// A rule pack.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RulePack {
    /// Its name and version; a transfer keeps the pack it began under.
    pub id: String,
    /// The pack whose rules hold where this one says nothing.
    #[serde(default)]
    pub inherits: Option<String>,
    /// Where it holds: a division code (GB/T 2260), or `cn`.
    #[serde(default = "everywhere")]
    pub jurisdiction: String,
    /// From which day new transfers begin under it.
    pub effective_from: NaiveDate,
    /// The last day on which new transfers begin under it.
    #[serde(default)]
    pub effective_to: Option<NaiveDate>,
    /// Whether the receiver of a clue may send it onward.
    pub onward_clue: bool,
    /// Whether a lead that is only assumed routes, and the office confirms it later; else the office is asked first.
    #[serde(default)]
    pub assumed_leads: AssumedLeads,
    /// When the offices close, for clocks that end then.
    #[serde(default)]
    pub office_closes: Option<NaiveTime>,
    /// How many days a suspension lasts at most.
    #[serde(default = "suspension_days")]
    pub suspension_days: u16,
    /// In which kinds a legal review 法制审核 must come before sending.
    #[serde(default)]
    pub legal_review: Vec<TransferKind>,
    /// Checklists of materials.
    #[serde(default, rename = "material")]
    pub materials: Vec<MaterialRule>,
    /// Who gets copies.
    #[serde(default, rename = "copy")]
    pub copies: Vec<CopyRule>,
    /// When the automatic steps of the ladder come, and how soon the office may go beyond them.
    #[serde(default)]
    pub ladder: LadderRule,
    /// Its clocks.
    #[serde(rename = "clock")]
    pub clocks: Vec<ClockRule>,
    /// What it says of criminal handoffs: the statute where it says nothing.
    pub criminal: CriminalRules,
    /// Its test vectors.
    #[serde(default, rename = "vector")]
    pub vectors: Vec<Vector>,
}

fn everywhere() -> String {
    "cn".to_owned()
}

const fn suspension_days() -> u16 {
    90
}

/// What becomes of a lead that the matrix names by assumption only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssumedLeads {
    /// It routes, and stands on the office's list to be confirmed.
    #[default]
    Route,
    /// It does not route; the office is asked.
    AskOffice,
}

/// When the steps of the ladder come, in working days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LadderRule {
    /// From one urging to the next; the first comes with the expiry.
    pub urge_every: u16,
    /// From the expiry to the supervision.
    pub supervise_after: u16,
    /// From the supervision to the first day on which the office may criticise.
    pub criticise_after: u16,
}

impl Default for LadderRule {
    fn default() -> Self {
        Self { urge_every: 3, supervise_after: 5, criticise_after: 10 }
    }
}

/// A material that a kind of transfer comes with.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MaterialRule {
    /// The kind.
    pub kind: TransferKind,
    /// Its name.
    pub name: String,
    /// Whether its absence needs a stated reason.
    pub required: bool,
}

/// Who gets a copy of a kind of transfer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CopyRule {
    /// The kind.
    pub kind: TransferKind,
    /// Every body of this type (the code of the registry) under the government of the receiver.
    pub to_type: String,
    /// Where the duty comes from.
    pub article: String,
}

/// One clock of a pack.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClockRule {
    /// Code.
    pub code: ClockCode,
    /// What it is called, in both languages.
    pub name: String,
    /// What starts it.
    pub starts_on: Vec<Signal>,
    /// What stops it.
    pub stops_on: Vec<Signal>,
    /// How long it runs.
    pub period: Period,
    /// How long it runs in an urgent transfer, when that differs.
    #[serde(default)]
    pub urgent: Option<Period>,
    /// From when it counts.
    #[serde(default)]
    pub start: StartRule,
    /// What if it ends on a day off.
    #[serde(default)]
    pub end_roll: EndRoll,
    /// When its last day is over.
    #[serde(default)]
    pub day_end: DayEndRule,
    /// Who owes the duty.
    pub owner: OwnerRole,
    /// In which kinds of transfer it runs.
    pub kinds: Vec<TransferKind>,
    /// For which reasons of the closed list it may stand still.
    #[serde(default)]
    pub pauses: Vec<PauseReason>,
    /// Whether and how it may be extended.
    #[serde(default)]
    pub extension: Option<ExtensionRule>,
    /// After which share of its time it warns, in percent; it does not warn where this is absent.
    #[serde(default)]
    pub warn_percent: Option<u8>,
    /// How serious it is when it runs out.
    #[serde(default)]
    pub severity: Severity,
    /// Whether it may run while another department holds the transfer: the named exception to the rule that only
    /// the holder's clocks run.
    #[serde(default)]
    pub beside_holder: bool,
    /// The article from which it comes, or which it resembles.
    pub article: String,
    /// How sure that is.
    #[serde(default)]
    pub status: SourceStatus,
}

/// When the last day of a clock is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Deserialize)]
pub enum DayEndRule {
    /// At 24:00.
    #[default]
    #[serde(rename = "24:00")]
    Midnight,
    /// When the offices close, by the pack.
    #[serde(rename = "office_hours")]
    OfficeHours,
}

/// How a clock may be extended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExtensionRule {
    /// By how many of its unit each time; absent where the clock counts none and a day is named instead.
    #[serde(default)]
    pub length: Option<u16>,
    /// How often at most: the first time by the head, then by the office.
    pub times: u32,
}

/// How serious it is when a clock runs out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// It is recorded, and that is all.
    Minor,
    /// It is urged and then supervised.
    #[default]
    Serious,
}

/// How sure the article of a clock is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceStatus {
    /// A parameter: no rule fixes it, the jurisdiction sets it.
    #[default]
    Parameter,
    /// Checked against the full text.
    Verified,
    /// Recalled and not checked: to be verified before it is relied on.
    Recalled,
    /// A rule of one sector or place.
    Variant,
}

/// Who owes the duty of a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OwnerRole {
    /// The sender.
    Sender,
    /// The receiver.
    Receiver,
    /// Who takes the final answer: the sender, or the approver of a task whose sender counts as its receiver.
    Approver,
    /// The common superior to whom the dispute was submitted.
    Superior,
    /// The coordination office.
    Office,
    /// Who decides on the extension: the head of the department that asked, or the office.
    ExtensionDecider,
    /// Whoever was urged.
    Urged,
}

/// A test vector: a clock that began then is due then.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vector {
    /// Which clock.
    pub clock: ClockCode,
    /// When it began.
    pub start: DateTime<chrono::FixedOffset>,
    /// Whether the transfer is urgent.
    #[serde(default)]
    pub urgent: bool,
    /// The last day on which it is met in time, by the shipped calendar.
    pub due_on: NaiveDate,
}

impl RulePack {
    /// The rule of a clock.
    pub fn clock(&self, code: ClockCode) -> Option<&ClockRule> {
        self.clocks.iter().find(|clock| clock.code == code)
    }

    /// How a clock counts in a transfer of this urgency.
    pub fn counting(&self, rule: &ClockRule, urgency: Urgency) -> Counting {
        let day_end = match (rule.day_end, self.office_closes) {
            (DayEndRule::OfficeHours, Some(closes)) => DayEnd::OfficeCloses(closes),
            (DayEndRule::OfficeHours | DayEndRule::Midnight, _) => DayEnd::Midnight,
        };
        Counting { period: rule.period(urgency), start_rule: rule.start, end_roll: rule.end_roll, day_end }
    }

    /// Whether it is in force on a day.
    pub fn is_in_force(&self, day: NaiveDate) -> bool {
        self.effective_from <= day && self.effective_to.is_none_or(|last| day <= last)
    }
}

impl ClockRule {
    /// How long the clock runs in a transfer of this urgency.
    pub fn period(&self, urgency: Urgency) -> Period {
        match urgency {
            Urgency::Normal => self.period,
            Urgency::Urgent => self.urgent.unwrap_or(self.period),
        }
    }

    /// When it warns first, running from a start to a due moment.
    pub fn warn_at(&self, start: DateTime<Utc>, due_at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let percent = i64::from(self.warn_percent?);
        let whole = (due_at - start).num_milliseconds().max(0);
        Some(start + TimeDelta::milliseconds(whole / 100 * percent))
    }
}
