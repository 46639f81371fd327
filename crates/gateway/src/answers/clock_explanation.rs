//! The arithmetic of a clock in an answer: as data, and as a sentence in each language.

use super::clock_sentences::{Told, sentences};
use super::state_of;
use crate::civil_time::civil_text;
use chrono::NaiveDate;
use contract::clock::{ClockCode, ClockState, PauseReason};
use contract::event::ExtendedBy;
use contract::ids::DepartmentId;
use domain::counting::{DayEnd, DayNote, DayReason, EndRoll, Extension, Pause, StartRule};
use domain::registry::Registry;
use domain::rule_pack::{ExtensionRule, SourceStatus};
use domain::transfer::clocks::Explanation;
use serde::Serialize;
use utoipa::ToSchema;

/// A clock 时限 with everything that led to its due moment.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ClockExplanation)]
pub(crate) struct ClockExplanationAnswer {
    /// Which clock.
    code: ClockCode,
    /// Which run of it.
    run: u32,
    /// What the rule pack calls it.
    name: String,
    /// Who owes the duty.
    owner: DepartmentId,
    /// State, as recorded.
    state: ClockState,
    /// When it began.
    #[schema(format = DateTime)]
    started_at: String,
    /// How long it runs; 0 where it runs by the task's own dates.
    length: u16,
    /// Of what.
    #[schema(example = "working_day")]
    unit: &'static str,
    /// From when it counts: `next_day`, `same_day`, or for hours `moment`.
    #[schema(example = "next_day")]
    start_rule: &'static str,
    /// What if it ends on a day off: `next_working_day` or `none`.
    #[schema(example = "next_working_day")]
    end_roll: &'static str,
    /// When the last day is over, in Asia/Shanghai.
    #[schema(example = "24:00")]
    day_end: String,
    /// The task's own day, where the clock counts none.
    own_day: Option<NaiveDate>,
    /// What was granted, in order.
    extensions: Vec<ExtensionAnswer>,
    /// The pauses that are over, in order.
    pauses: Vec<PauseAnswer>,
    /// Days that were left out, and make-up working days that were counted, in order.
    days: Vec<DayAnswer>,
    /// The day that completes the count; `null` for hours.
    counted_to: Option<NaiveDate>,
    /// Days after it over which the end was rolled: days off, and from then on days on which the clock stood still.
    rolled: Vec<DayAnswer>,
    /// The last day on which the duty can be met in time; `null` for hours and while it is paused.
    last_day: Option<NaiveDate>,
    /// The first moment that is too late; `null` while it is paused.
    #[schema(format = DateTime)]
    due_at: Option<String>,
    /// The due moment lies beyond the last known holiday calendar and may move.
    provisional: bool,
    /// Since when it stands still; `null` while it runs.
    #[schema(format = DateTime)]
    paused_since: Option<String>,
    /// Why it stands still.
    pause_reason: Option<PauseReason>,
    /// When it warns for the first time.
    #[schema(format = DateTime)]
    warn_at: Option<String>,
    /// The article from which it comes, or which it resembles.
    article: String,
    /// How sure that is: `parameter`, `verified`, `recalled` or `variant`.
    #[schema(example = "parameter")]
    source_status: &'static str,
    /// The rule pack that the transfer keeps.
    rule_pack: String,
    /// The holiday calendar by which it was counted.
    calendar: String,
    /// For which reasons it may stand still.
    pauses_allowed: Vec<PauseReason>,
    /// How it may be extended; `null` where it may not.
    extension: Option<ExtensionRuleAnswer>,
    /// The same in words.
    explanation: SentencesAnswer,
}

/// The arithmetic in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ClockSentences)]
pub(crate) struct SentencesAnswer {
    /// In Simplified Chinese.
    #[serde(rename = "zh-CN")]
    pub(crate) zh_cn: String,
    /// In English.
    pub(crate) en: String,
}

/// More time that was granted.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ClockExtension)]
struct ExtensionAnswer {
    /// By how much: so many more of its own unit, or to the end of a day.
    by: ExtendedBy,
    /// Who approved it.
    approved_by: DepartmentId,
    /// When.
    #[schema(format = DateTime)]
    granted_at: String,
}

/// A stretch of time that does not count.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ClockPause)]
struct PauseAnswer {
    /// Why.
    reason: PauseReason,
    /// When it began.
    #[schema(format = DateTime)]
    from: String,
    /// When it ended.
    #[schema(format = DateTime)]
    to: String,
}

/// A day of the count that needs an explanation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ClockDay)]
pub(crate) struct DayAnswer {
    /// The day.
    day: NaiveDate,
    /// Whether it counts.
    counts: bool,
    /// Why: `weekend`, `holiday`, `paused` or `make_up`.
    #[schema(example = "holiday")]
    reason: &'static str,
    /// The holiday, of `holiday` and `make_up`.
    holiday: Option<String>,
    /// Why the clock stood still, of `paused`.
    pause_reason: Option<PauseReason>,
}

/// How a clock may be extended.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ClockExtensionRule)]
pub(crate) struct ExtensionRuleAnswer {
    /// By how many of its unit each time; `null` where a day is named instead.
    length: Option<u16>,
    /// How often at most: the first time by the head, then by the office.
    times: u32,
}

impl From<ExtensionRule> for ExtensionRuleAnswer {
    fn from(rule: ExtensionRule) -> Self {
        Self { length: rule.length, times: rule.times }
    }
}

impl ClockExplanationAnswer {
    /// An explanation as it is shown.
    pub(crate) fn of(explanation: &Explanation<'_>, registry: &Registry) -> Self {
        let Explanation { clock, rule, pack, arithmetic, paused } = explanation;
        let counting = arithmetic.counting;
        let is_paused = paused.is_some();
        Self {
            code: clock.code,
            run: clock.run,
            name: rule.name.clone(),
            owner: clock.owner.clone(),
            state: state_of(clock),
            started_at: civil_text(clock.started_at),
            length: counting.period.length,
            unit: counting.period.unit.name(),
            start_rule: start_rule(explanation),
            end_roll: end_roll(counting.end_roll),
            day_end: day_end(counting.day_end),
            own_day: arithmetic.own_day,
            extensions: arithmetic.extensions.iter().map(extension).collect(),
            pauses: arithmetic.pauses.iter().map(pause).collect(),
            days: arithmetic.days.iter().map(day).collect(),
            counted_to: arithmetic.counted_to,
            rolled: arithmetic.rolled.iter().map(day).collect(),
            last_day: arithmetic.last_day.filter(|_| !is_paused),
            due_at: (!is_paused).then(|| civil_text(arithmetic.due.at)),
            provisional: arithmetic.due.provisional,
            paused_since: paused.map(|(since, _)| civil_text(since)),
            pause_reason: paused.map(|(_, reason)| reason),
            warn_at: clock.warn_at.map(civil_text),
            article: rule.article.clone(),
            source_status: source_status(rule.status),
            rule_pack: pack.id.clone(),
            calendar: arithmetic.calendar.clone(),
            pauses_allowed: rule.pauses.clone(),
            extension: rule.extension.map(ExtensionRuleAnswer::from),
            explanation: sentences(&Told::from(explanation), registry),
        }
    }
}

fn start_rule(explanation: &Explanation<'_>) -> &'static str {
    use domain::period::Unit;
    let counting = explanation.arithmetic.counting;
    match (counting.period.unit, counting.start_rule) {
        (Unit::Hour, _) => "moment",
        (Unit::NaturalDay | Unit::WorkingDay | Unit::Month | Unit::OwnDates, StartRule::NextDay) => {
            "next_day"
        }
        (Unit::NaturalDay | Unit::WorkingDay | Unit::Month | Unit::OwnDates, StartRule::SameDay) => {
            "same_day"
        }
    }
}

pub(crate) const fn end_roll(rule: EndRoll) -> &'static str {
    match rule {
        EndRoll::NextWorkingDay => "next_working_day",
        EndRoll::None => "none",
    }
}

fn day_end(rule: DayEnd) -> String {
    match rule {
        DayEnd::Midnight => "24:00".to_owned(),
        DayEnd::OfficeCloses(at) => at.format("%H:%M").to_string(),
    }
}

/// How sure the article of a clock is, by its name in data.
pub(crate) const fn source_status(status: SourceStatus) -> &'static str {
    match status {
        SourceStatus::Parameter => "parameter",
        SourceStatus::Verified => "verified",
        SourceStatus::Recalled => "recalled",
        SourceStatus::Variant => "variant",
    }
}

fn extension(extension: &Extension) -> ExtensionAnswer {
    ExtensionAnswer {
        by: extension.by,
        approved_by: extension.approved_by.clone(),
        granted_at: civil_text(extension.granted_at),
    }
}

fn pause(pause: &Pause) -> PauseAnswer {
    PauseAnswer { reason: pause.reason, from: civil_text(pause.from), to: civil_text(pause.to) }
}

pub(crate) fn day(note: &DayNote) -> DayAnswer {
    let (reason, holiday, pause_reason) = match &note.reason {
        DayReason::Weekend => ("weekend", None, None),
        DayReason::Holiday(name) => ("holiday", Some(name.clone()), None),
        DayReason::MakeUp(name) => ("make_up", Some(name.clone()), None),
        DayReason::Paused(reason) => ("paused", None, Some(*reason)),
    };
    DayAnswer { day: note.day, counts: note.counts, reason, holiday, pause_reason }
}
