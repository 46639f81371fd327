//! A rule pack 规则包: the time limits of a jurisdiction as a versioned data file.

use crate::period::{Period, Unit};
use chrono::NaiveDate;
use contract::clock::ClockCode;
use contract::kind::{TransferKind, Urgency};
use serde::Deserialize;
use std::collections::BTreeSet;

/// The pack that ships with casebus.
const NATIONAL: &str = include_str!("../packs/national.toml");

/// A rule pack.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RulePack {
    /// Its name and version; a transfer keeps the pack it began under.
    pub id: String,
    /// From which day new transfers begin under it.
    pub effective_from: NaiveDate,
    /// Whether the receiver of a clue may send it onward.
    pub onward_clue: bool,
    /// Its clocks.
    #[serde(rename = "clock")]
    pub clocks: Vec<ClockRule>,
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
    /// Who owes the duty.
    pub owner: OwnerRole,
    /// In which kinds of transfer it runs.
    pub kinds: Vec<TransferKind>,
    /// Where it comes from.
    pub source: String,
}

/// Who owes the duty of a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OwnerRole {
    /// The sender.
    Sender,
    /// The receiver.
    Receiver,
    /// The common superior to whom the dispute was submitted.
    Superior,
    /// The coordination office.
    Office,
}

/// What starts and stops clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[expect(missing_docs, reason = "each signal is the event of its name")]
pub enum Signal {
    #[serde(rename = "transfer.delivered")]
    TransferDelivered,
    #[serde(rename = "notice.delivered")]
    NoticeDelivered,
    #[serde(rename = "transfer.signed")]
    TransferSigned,
    #[serde(rename = "notice.read")]
    NoticeRead,
    #[serde(rename = "transfer.accepted")]
    TransferAccepted,
    #[serde(rename = "supplement.requested")]
    SupplementRequested,
    #[serde(rename = "supplement.supplied")]
    SupplementSupplied,
    #[serde(rename = "transfer.objected")]
    TransferObjected,
    #[serde(rename = "objection.agreed")]
    ObjectionAgreed,
    #[serde(rename = "transfer.returned")]
    TransferReturned,
    #[serde(rename = "dispute.opened")]
    DisputeOpened,
    #[serde(rename = "dispute.agreed")]
    DisputeAgreed,
    #[serde(rename = "dispute.submitted")]
    DisputeSubmitted,
    #[serde(rename = "jurisdiction.designated")]
    JurisdictionDesignated,
    #[serde(rename = "case.filed")]
    CaseFiled,
    #[serde(rename = "case.not-filed")]
    CaseNotFiled,
    #[serde(rename = "case.decided")]
    CaseDecided,
    #[serde(rename = "feedback.interim")]
    FeedbackInterim,
    #[serde(rename = "feedback.final")]
    FeedbackFinal,
    #[serde(rename = "feedback.confirmed")]
    FeedbackConfirmed,
    #[serde(rename = "feedback.contested")]
    FeedbackContested,
    #[serde(rename = "contest.ruled")]
    ContestRuled,
    #[serde(rename = "contest.reopened")]
    ContestReopened,
    #[serde(rename = "transfer.resent")]
    TransferResent,
    #[serde(rename = "transfer.kept")]
    TransferKept,
}

/// A rule pack that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RulePackError {
    /// The file is not of the expected form.
    #[error("the rule pack cannot be read")]
    Unreadable(#[source] toml::de::Error),
    /// A clock stands twice.
    #[error("clock {0} stands twice in the rule pack")]
    ClockTwice(ClockCode),
    /// A clock has no length, or nothing starts or stops it, or it cites nothing.
    #[error("clock {0} needs a length, a start, a stop, a kind and a source")]
    ClockIncomplete(ClockCode),
}

impl RulePack {
    /// Reads a pack and checks it.
    pub fn from_toml(text: &str) -> Result<Self, RulePackError> {
        let pack: Self = toml::from_str(text).map_err(RulePackError::Unreadable)?;
        let mut codes = BTreeSet::new();
        for clock in &pack.clocks {
            if !codes.insert(clock.code) {
                return Err(RulePackError::ClockTwice(clock.code));
            }
            let lengths_are_set =
                clock.period.length > 0 && clock.urgent.is_none_or(|period| period.length > 0);
            let is_complete = lengths_are_set
                && !clock.starts_on.is_empty()
                && !clock.stops_on.is_empty()
                && !clock.kinds.is_empty()
                && !clock.source.trim().is_empty();
            if !is_complete {
                return Err(RulePackError::ClockIncomplete(clock.code));
            }
        }
        Ok(pack)
    }

    /// The pack that ships with casebus.
    pub fn national() -> Self {
        Self::from_toml(NATIONAL).expect("the shipped rule pack is read by a test")
    }

    /// The rule of a clock.
    pub fn clock(&self, code: ClockCode) -> Option<&ClockRule> {
        self.clocks.iter().find(|clock| clock.code == code)
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
}

impl Unit {
    /// The unit's name in data.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::NaturalDay => "natural_day",
            Self::WorkingDay => "working_day",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_pack_has_every_clock_once() {
        let pack = RulePack::national();
        for code in ClockCode::ALL {
            assert!(pack.clock(*code).is_some(), "{code}");
        }
        assert_eq!(pack.clocks.len(), ClockCode::ALL.len());
    }

    #[test]
    fn a_pack_with_an_unknown_key_a_doubled_clock_or_a_clock_without_a_source_is_refused() {
        let unknown = NATIONAL.replacen("onward_clue", "onwards_clue", 1);
        assert!(matches!(RulePack::from_toml(&unknown), Err(RulePackError::Unreadable(_))));
        let doubled = NATIONAL.replace("\"T03\"", "\"T02\"");
        assert!(matches!(RulePack::from_toml(&doubled), Err(RulePackError::ClockTwice(ClockCode::T02))));
        let sourceless = NATIONAL.replacen("source = \"parameter\"", "source = \" \"", 1);
        assert!(matches!(
            RulePack::from_toml(&sourceless),
            Err(RulePackError::ClockIncomplete(ClockCode::T02))
        ));
    }
}
