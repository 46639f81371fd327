//! The arithmetic behind a due moment: what a clock was computed from, and how.

use super::{Clock, Phase, changes::own_day};
use crate::counting::{Arithmetic, Given};
use crate::refusal::Refusal;
use crate::rule_pack::{ClockRule, RulePack};
use crate::rules::Rules;
use crate::transfer::state::Transfer;
use chrono::{DateTime, Utc};
use contract::clock::{ClockCode, PauseReason};

/// A clock with everything that led to its due moment.
#[derive(Clone, Debug)]
pub struct Explanation<'a> {
    /// The clock.
    pub clock: &'a Clock,
    /// Its rule in the pack that the transfer keeps.
    pub rule: &'a ClockRule,
    /// That pack.
    pub pack: &'a RulePack,
    /// How the due moment was counted; without what a pause that goes on will add.
    pub arithmetic: Arithmetic,
    /// The pause that goes on.
    pub paused: Option<(DateTime<Utc>, PauseReason)>,
}

/// Explains a run of a clock; the last run where none is named. `None` where the transfer has no such clock.
pub fn explain<'a>(
    transfer: &'a Transfer,
    code: ClockCode,
    run: Option<u32>,
    rules: &'a Rules,
) -> Result<Option<Explanation<'a>>, Refusal> {
    let pack = rules.pack(&transfer.sent.rule_pack)?;
    let of_code = transfer.clocks.iter().filter(|clock| clock.code == code);
    let clock = of_code.filter(|clock| run.is_none_or(|run| clock.run == run)).max_by_key(|clock| clock.run);
    let (Some(clock), Some(rule)) = (clock, pack.clock(code)) else { return Ok(None) };
    let calendar = rules.calendar_of(clock.calendar.as_ref().unwrap_or(&transfer.sent.calendar));
    let given = Given {
        own_day: own_day(transfer, rule, clock.run),
        pauses: &clock.pauses,
        extensions: &clock.extensions,
    };
    let arithmetic = pack.counting(rule, transfer.sent.urgency).count(clock.started_at, given, calendar);
    let paused = match clock.phase {
        Phase::Paused { since, reason } => Some((since, reason)),
        Phase::Running | Phase::Stopped(_) | Phase::Cancelled(_) => None,
    };
    Ok(Some(Explanation { clock, rule, pack, arithmetic, paused }))
}
